"""M7: leads and opportunities: qualify, quote, negotiate, contract review, won or lost."""

from bisect import insort
from collections.abc import Callable
from functools import partial

from simkit.region.countdown import Countdowns
from simkit.region.desks import Desk, desk_sets, review_factor
from simkit.region.draws import Clock, Stream, duration, entity_number, exponential, lognormal
from simkit.region.response import freshness, price_response, saturating
from simkit.region.state import Customer, Lead, Opportunity, Rep, World

LEADS_PER_BLOCK, LUCK = 32, 22
# The columns of a lead's luck, drawn at its birth.
SCORE, QUALIFIES, WHOSE, VALUE, HAGGLE, UNDECIDED, NEWCOMER = range(7)
PASSES = {"qualify": 7, "quote": 8, "negotiate": 9, "contract": 10}
THINKS = {"qualify": 11, "quote": 12, "negotiate": 13, "contract": 14}
SERVICES = {"quote": 15, "legal": 16, "delivery": 17}
PATIENCES = {"quote": 18, "legal": 19, "delivery": 20}
COMPLAINS = 21


class Pipeline:
    """Leads in the inboxes of reps, and opportunities between the desks and the customers."""

    def __init__(
        self,
        world: World,
        newcomer: Callable[[Opportunity], None],
        experience: Callable[[Customer, bool, float], None],
        countdowns: Countdowns,
    ) -> None:
        """Tell `newcomer` of a won deal that brings a customer, `experience` of its delivery."""
        self.world, self.newcomer, self.experience = world, newcomer, experience
        self.settings, self.countdowns = world.scenario.funnel, countdowns
        self.open: dict[str, Opportunity] = {}
        self.desks: dict[str, dict[str, Desk]] = desk_sets(world)
        self._rows = world.draws.table("leads")
        gaps = world.draws.table("lead gaps")
        self._practised = world.scenario.practice.reps if world.scenario.practice else {}
        self._clocks = {name: Clock(Stream(gaps, name)) for name in world.territories}
        self._counts = dict.fromkeys(world.territories, 0)
        self._blocks: dict[str, list[float]] = {}
        self._teams: dict[str, list[Rep]] = {}
        self._nobodys: dict[str, list[Lead]] = {name: [] for name in world.territories}
        """Leads of territories where nobody works."""

    # Leads

    def week(self) -> None:
        """Note at the start of a week who works where; leads nobody had go to those who came."""
        for name in self.world.territories:
            team = self._teams[name] = self.world.reps_in(name)
            while team and self._nobodys[name]:
                lead = self._nobodys[name].pop(0)
                insort(team[int(lead.luck[WHOSE] * len(team))].inbox, lead, key=_age)

    def leads_of_day(self) -> None:
        """Let a day pass: new leads arrive, old ones expire."""
        if not self.settings.on:
            return
        now = self.world.env.now
        oldest = now - self.settings.lead_life_days
        for rep in self.world.reps.values():
            if rep.inbox and rep.inbox[0].arrived < oldest:
                self._forget_old(rep.inbox, rep.id, oldest)
        for territory in self.world.scenario.territories:
            name = territory.id
            self._forget_old(self._nobodys[name], "", oldest)
            intensity = territory.leads_per_week / 5.0 * self._lead_rate(name)
            for share in self._clocks[name].run(intensity):
                self._arrive(self._next_lead(name, now + share), self._teams[name])

    def _lead_rate(self, territory: str) -> float:
        world = self.world
        return world.conditions.of("lead_rate", territory) * world.interest[territory]

    def _next_lead(self, territory: str, instant: float) -> Lead:
        index = self._counts[territory]
        self._counts[territory] += 1
        block, row = divmod(index, LEADS_PER_BLOCK)
        if row == 0:
            drawn = self._rows.row(entity_number(territory), block, LEADS_PER_BLOCK * LUCK)
            self._blocks[territory] = drawn.tolist()
        luck = self._blocks[territory][row * LUCK : (row + 1) * LUCK]
        return Lead(f"{territory}-L{index + 1}", territory, instant, luck, luck[SCORE])

    def _arrive(self, lead: Lead, team: list[Rep]) -> None:
        rep = team[int(lead.luck[WHOSE] * len(team))] if team else None
        name = rep.id if rep else ""
        log = self.world.log
        log.append((lead.arrived, "lead", lead.territory, name, "", lead.id, 1.0, ""))
        if not self.settings.needs_rep:
            wait = lead.arrived - self.world.env.now
            self.world.after(wait, lambda: self._qualify(lead, rep, 1.0))
        else:
            (rep.inbox if rep else self._nobodys[lead.territory]).append(lead)

    def _forget_old(self, inbox: list[Lead], rep: str, oldest: float) -> None:
        while inbox and inbox[0].arrived < oldest:  # leads wait in the order they came
            lead = inbox.pop(0)
            self.world.say("lead_expired", lead.territory, rep, opportunity=lead.id)

    def best_lead(self, rep: Rep) -> Lead | None:
        """Take the most promising lead out of a rep's inbox: score x freshness."""
        now = self.world.env.now
        best, worth = None, -1.0
        for lead in rep.inbox:
            # The score alone is the most it can be worth: most leads need no second look.
            if lead.score > worth and lead.arrived <= now:
                value = lead.score * self._fresh(lead, now)
                if value > worth:
                    best, worth = lead, value
        if best is not None:
            rep.inbox.remove(best)
        return best

    def hand_over(self, rep: Rep) -> None:
        """Give leads and opportunities of a rep who left to colleagues of the territory."""
        for lead in rep.inbox:
            team = self._teams[lead.territory] = self.world.reps_in(lead.territory)
            heir = team[int(lead.luck[WHOSE] * len(team))] if team else None
            insort(heir.inbox if heir else self._nobodys[lead.territory], lead, key=_age)
        rep.inbox = []
        for opp in self.open.values():
            if opp.rep is rep:
                team = self.world.reps_in(opp.territory)
                opp.rep = team[int(opp.luck[WHOSE] * len(team))] if team else None
                self._say("deal_moved", opp, opp.value, rep.id)

    def _fresh(self, lead: Lead, when: float) -> float:
        settings, age = self.settings, when - lead.arrived
        return freshness(age, settings.fresh_day_factor, settings.fresh_later_factor)

    def answer(self, lead: Lead, rep: Rep, begun: float) -> None:
        """Let `rep` finish an answer that he or she began at `begun`."""
        hours = 8.0 * (begun - lead.arrived)
        owner = rep if rep.employed else None
        good = self._qualify(lead, owner, self._fresh(lead, begun) * rep.skill)
        how = "qualified" if good else "not_qualified"
        self.world.say(
            "lead_touched", lead.territory, rep.id, opportunity=lead.id, amount=hours, detail=how
        )

    def _qualify(self, lead: Lead, rep: Rep | None, factor: float) -> bool:
        chance = self.settings.best_qualified_share * lead.score * factor
        chance *= self.world.conditions.of("lead_quality", lead.territory)
        if lead.luck[QUALIFIES] >= chance:
            return False
        self._begin(lead, rep)
        return True

    # Opportunities

    def _begin(self, lead: Lead, rep: Rep | None) -> None:
        value = self.settings.deal_value * lognormal(lead.luck[VALUE], self.settings.deal_sigma)
        value *= self.world.conditions.of("deal_value", lead.territory)
        opp = Opportunity(lead.id, lead.territory, rep, value, lead.luck, born=self.world.env.now)
        self.open[opp.id] = opp
        self._say("opportunity", opp, value)
        self._enter(opp, "qualify")

    def large_deal(self, name: str, territory: str, value: float) -> None:
        """Let a customer want a deal of `value` at once: it goes straight to contract review."""
        luck = self._rows.row(entity_number(name), 0, LUCK).tolist()
        team = self.world.reps_in(territory)
        rep = team[int(luck[WHOSE] * len(team))] if team else None
        opp = Opportunity(name, territory, rep, value, luck, born=self.world.env.now)
        opp.stage, opp.since = "negotiate", opp.born
        self.open[name] = opp
        self._say("opportunity", opp, value)
        self._approve(opp)

    def _say(self, kind: str, opp: Opportunity, amount: float, detail: str = "") -> None:
        rep = opp.rep.id if opp.rep else ""
        self.world.say(kind, opp.territory, rep, opportunity=opp.id, amount=amount, detail=detail)

    def _enter(self, opp: Opportunity, stage: str) -> None:
        """Let the customer think in `stage`; a negotiation may end without a decision."""
        settings, world = self.settings, self.world
        opp.stage, opp.since = stage, world.env.now
        self._say("stage", opp, opp.value, stage)
        law, cv = settings.think_law, settings.think_cv
        days = getattr(settings.stages, stage).think_days
        days *= duration(opp.luck[THINKS[stage]], law, cv)
        rate = settings.no_decision_per_week / 5.0 if stage == "negotiate" else 0.0
        patience = exponential(opp.luck[UNDECIDED]) / rate if rate else days + 1.0
        if stage == "negotiate" and world.scenario.effort.on:
            self._negotiate(opp, days, patience)
        elif patience < days:
            world.after(patience, partial(self._end, opp, "no_decision"))
        elif days > 0:
            world.after(days, partial(self._decide, opp))
        else:
            self._decide(opp)

    def _negotiate(self, opp: Opportunity, days: float, patience: float) -> None:
        """A keen rep brings the customer to a decision sooner; an indifferent one later."""

        def give_up() -> None:
            if self.countdowns.drop(opp.id):
                self._end(opp, "no_decision")

        def pace() -> float:
            return opp.rep.effort if opp.rep else 1.0

        self.countdowns.add(opp.id, days, pace, lambda: self._decide(opp))
        if self.settings.no_decision_per_week > 0:
            self.world.after(patience, give_up)

    def _decide(self, opp: Opportunity) -> None:
        stage = opp.stage
        chance = getattr(self.settings.stages, stage).pass_share
        if stage == "negotiate":
            chance *= self._persuasion(opp)
        if opp.rep and opp.rep.id in self._practised and self.world.env.now >= 0:
            chance *= getattr(self._practised[opp.rep.id], stage)
        if opp.luck[PASSES[stage]] >= chance:
            self._end(opp, "lost")
        elif stage == "qualify":
            self._to_desk(opp, "quote", "quote")
        elif stage == "quote":
            self._enter(opp, "negotiate")
        elif stage == "negotiate":
            self._approve(opp)
        else:
            self._win(opp)

    def _persuasion(self, opp: Opportunity) -> float:
        """What win rate, price and the discount asked for do to the chance of agreement.

        The average discount at the scenario's own limit is already in the pass share, so that its
        factor is 1.
        """
        settings, world = self.settings, self.world
        levers, used = world.levers[opp.territory], settings.discount_used_share
        limit, pull = levers.discount_limit_share, world.scenario.effort.discount_pull
        if pull and opp.rep:
            # A rep with a bonus in reach goes nearer to the limit to close in time.
            used += (1.0 - used) * saturating(pull * opp.rep.pressure, 1.0)
        opp.discount = limit * (opp.luck[HAGGLE] ** (1.0 / used - 1.0) if used > 0 else 0.0)
        usual = 1.0 - settings.discount_limit_share * used
        price = world.price_in(opp.territory) * (1.0 - opp.discount) / usual
        elasticity = world.scenario.market.price_elasticity if world.scenario.market.on else 0.0
        factor = price_response(price, elasticity)
        return factor * world.conditions.of("win_rate", opp.territory)

    def _approve(self, opp: Opportunity) -> None:
        """Large deals wait for headquarters' approval before the legal desk sees them."""
        days = self.world.scenario.desks.approval_days
        if opp.value > self.world.decision.approval_limit and days > 0:
            self.world.after(days, lambda: self._to_desk(opp, "legal", "contract"))
        else:
            self._to_desk(opp, "legal", "contract")

    def _to_desk(self, opp: Opportunity, name: str, then: str) -> None:
        factor = review_factor(self.world, name)
        self._work(opp, name, factor, partial(self._enter, stage=then))

    def _work(
        self, opp: Opportunity, name: str, factor: float, done: Callable[[Opportunity], None]
    ) -> None:
        luck = (opp.luck[SERVICES[name]], opp.luck[PATIENCES[name]])
        desk = self.desks[opp.territory][name]
        desk.enter(opp, luck, factor, done, lambda opp: self._end(opp, "lost"))

    def _end(self, opp: Opportunity, how: str) -> None:
        if self.open.pop(opp.id, None) is not None:
            self._say(how, opp, opp.value, opp.stage)

    def _win(self, opp: Opportunity) -> None:
        world = self.world
        del self.open[opp.id]
        paid = opp.value * world.price_in(opp.territory) * (1.0 - opp.discount)
        self._say("won", opp, paid, f"{opp.discount:.4f}")
        if opp.rep is not None and opp.rep.employed:
            world.sales[opp.rep.id] = world.sales.get(opp.rep.id, 0.0) + paid
        self._say("discount", opp, opp.value - paid)
        self._say("cost", opp, opp.value * (1 - world.scenario.demand.margin_share), "goods")
        desks = world.scenario.desks
        if desks.approval_limit < opp.value <= world.decision.approval_limit:
            self._say("cost", opp, opp.value * desks.unreviewed_loss_share, "unreviewed")
        opp.since = world.env.now
        self._work(opp, "delivery", 1.0, self._delivered)
        if opp.luck[NEWCOMER] < self.settings.new_customer_share:
            self.newcomer(opp)

    def _delivered(self, opp: Opportunity) -> None:
        days = self.world.env.now - opp.since
        self._say("project_delivered", opp, days)
        if opp.customer is not None:
            on_time = days <= self.world.scenario.desks.project_late_after_days
            self.experience(opp.customer, on_time, opp.luck[COMPLAINS])


def _age(lead: Lead) -> float:
    return lead.arrived
