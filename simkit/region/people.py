"""M4: skill of reps, training and coaching; who works where and who looks after whom."""

from simkit.region.demand import Accounts
from simkit.region.draws import Draws, entity_number
from simkit.region.response import skill, training_level
from simkit.region.selling import give_account
from simkit.region.state import Customer, Rep, World


class People:
    """Renews the reps' skill every week and carries out moves of reps and accounts."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self.world, self.accounts = world, accounts
        # Who gets whom is a matter of the region, not of the luck of a replication.
        self._whose = Draws(world.scenario.population_seed).table("handover")
        self._done: dict[str, str] = {}

    def week(self) -> None:
        """Let a week of experience, training and coaching pass; carry out new moves."""
        world = self.world
        for rep in world.reps.values():
            self._learn(rep)
            wanted = world.decision.assignment.get(rep.id, rep.territory)
            if wanted != rep.territory:
                self._move(rep, wanted)
        for name, rep_id in world.decision.account_moves.items():
            customer = world.by_id.get(name)
            if customer is not None and customer.alive and self._done.get(name) != rep_id:
                self._hand_over(customer, world.reps[rep_id])
                self._done[name] = rep_id

    def _learn(self, rep: Rep) -> None:
        world, settings = self.world, self.world.scenario.skill
        rep.tenure_weeks += 1.0
        if not settings.on:
            rep.skill = 1.0
            return
        days = world.decision.training_days.get(rep.id, 0.0)
        rep.training = training_level(
            rep.training, days, settings.training_days_constant, settings.training_fade_per_week
        )
        hours = world.decision.coaching_hours
        rep.skill = skill(rep.ability, rep.tenure_weeks, settings.start_share, settings.ramp_weeks)
        rep.skill *= 1.0 + settings.training_gain_share * rep.training
        rep.skill *= 1.0 + settings.coaching_gain_share * hours / (1.0 + hours)

    def _move(self, rep: Rep, territory: str) -> None:
        """Move a rep: colleagues take over the old accounts, part of the new ones come along."""
        here = [c for c in self.world.customers if c.alive and c.territory == rep.territory]
        there = [c for c in self.world.customers if c.alive and c.territory == territory]
        rep.territory = territory
        for customer in here:
            if customer.rep is rep:
                self._hand_over(customer, self._someone(customer, customer.territory))
        for customer in there:
            if self._someone(customer, territory) is rep:
                self._hand_over(customer, rep)

    def _someone(self, customer: Customer, territory: str) -> Rep | None:
        """The rep of the territory who draws this customer: the highest number gets it.

        Every rep has a number for every customer, so a rep who comes takes a fair share and nobody
        else's accounts change hands (rendezvous hashing, Thaler and Ravishankar 1998).
        """
        team = self.world.reps_in(territory)
        return max(
            team,
            key=lambda rep: self._whose.one(entity_number(f"{rep.id}/{customer.id}")),
            default=None,
        )

    def _hand_over(self, customer: Customer, rep: Rep | None) -> None:
        if customer.rep is rep:
            return
        former = customer.rep.id if customer.rep else ""
        give_account(customer, rep)
        self.accounts.relationship[customer.place] = 0.0
        self.world.say(
            "account_moved",
            customer.territory,
            rep.id if rep else "",
            customer.id,
            detail=former,
        )

    def welcome(self, customer: Customer, rep: Rep | None) -> None:
        """Give a new customer to `rep`, or to one of the territory's team."""
        give_account(customer, rep or self._someone(customer, customer.territory))
