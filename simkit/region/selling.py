"""The reps' working days: visits to accounts, answers to leads, training. One process per rep."""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from simkit.region.demand import Accounts
from simkit.region.draws import Table, entity_number, lognormal, sigma_of
from simkit.region.pipeline import Pipeline
from simkit.region.state import CLASSES, Customer, Rep, World

PACES = 128
PATTERN = 200


@lru_cache(maxsize=4096)
def call_pattern(key: float, regular: float, tail: float, leads: float) -> tuple[str, ...]:
    """Return a round of calls that spends the shares evenly: class names and "lead".

    Smooth weighted round robin: each call goes to what is furthest behind its share.
    """
    rest = 1.0 - leads
    wanted = {"lead": leads, "key": key * rest, "regular": regular * rest, "tail": tail * rest}
    behind = dict.fromkeys(wanted, 0.0)
    pattern = []
    for _ in range(PATTERN):
        for name, share in wanted.items():
            behind[name] += share
        chosen = max(behind, key=behind.__getitem__)
        behind[chosen] -= 1.0
        pattern.append(chosen)
    return tuple(pattern)


class Selling:
    """Lets every rep work."""

    def __init__(self, world: World, accounts: Accounts, pipeline: Pipeline) -> None:
        self.world, self.accounts, self.pipeline = world, accounts, pipeline
        self._paces = world.draws.table("visits")
        self._visit_days: dict[str, float] = {}
        self._patterns: dict[str, tuple[str, ...]] = {}
        self._travel = {t.id: t.travel for t in world.scenario.territories}
        for rep in world.reps.values():
            world.env.process(self._work(rep))

    def week(self) -> None:
        """Read the levers at the start of a week."""
        world, selling = self.world, self.world.scenario.selling
        for name in world.territories:
            days = 5.0 / selling.calls_per_week * self._travel[name]
            self._visit_days[name] = days * world.conditions.of("visit_time", name)
        for rep in world.reps.values():
            levers = world.levers[rep.territory]
            split = world.decision.call_split_of.get(rep.id, levers.call_split)
            leads = levers.prospecting_share if world.scenario.funnel.on else 0.0
            self._patterns[rep.id] = call_pattern(split.key, split.regular, split.tail, leads)
            rep.away_days = world.decision.training_days.get(rep.id, 0.0)

    def _work(self, rep: Rep) -> Iterator:
        """A rep's life: the next visit, over and over."""
        timeout, log, env = self.world.env.timeout, self.world.log, self.world.env
        visit_days, pace = self._visit_days, _paces(self._paces, rep, self.world)
        customers, last_visit = self.world.customers, self.accounts.last_visit
        while True:
            if rep.away_days:
                yield from self._train(rep)
            klass = self._next(rep)
            territory, days = rep.territory, visit_days[rep.territory] * next(pace)
            if klass == "lead":
                yield from self._answer(rep, days)
            elif klass:
                queue = rep.accounts[klass]
                place = queue[0]
                queue.rotate(-1)
                yield timeout(days)
                last_visit[place] = now = env.now
                rep.visited.append(place)
                name = customers[place].id
                log.append((now, "visit", territory, rep.id, name, "", days, klass))
            else:
                yield timeout(1.0)
                self.world.say("idle", rep.territory, rep.id, amount=1.0)

    def _next(self, rep: Rep) -> str:
        """What the rep does next: the class of account to visit, "lead", or "" for nothing."""
        pattern, accounts = self._patterns[rep.id], rep.accounts
        klass = pattern[rep.turn % PATTERN]
        rep.turn += 1
        if klass == "lead":
            if any(lead.arrived <= self.world.env.now for lead in rep.inbox):
                return klass
        elif accounts[klass]:
            return klass
        return next((name for name in CLASSES if accounts[name]), "")

    def _train(self, rep: Rep) -> Iterator:
        days, rep.away_days = rep.away_days, 0.0
        yield self.world.env.timeout(days)
        self.world.say("training", rep.territory, rep.id, amount=days)

    def _answer(self, rep: Rep, days: float) -> Iterator:
        """Answer the most promising lead: it counts from when the rep turns to it."""
        lead = self.pipeline.best_lead(rep)
        if lead is None:
            return
        begun, territory = self.world.env.now, rep.territory
        yield self.world.env.timeout(days)
        self.world.say("visit", territory, rep.id, opportunity=lead.id, amount=days, detail="lead")
        self.pipeline.answer(lead, rep, begun)

    def count_calls(self) -> None:
        """Count the calls of the week, weighted by the skill of who made them."""
        calls = self.accounts.calls
        for rep in self.world.reps.values():
            for place in rep.visited:
                calls[place] += rep.skill
            rep.visited.clear()


def _paces(table: Table, rep: Rep, world: World) -> Iterator[float]:
    """The luck of a rep's visits: relative lengths with mean 1."""
    sigma, number, block = sigma_of(world.scenario.selling.visit_cv), entity_number(rep.id), 0
    while True:
        yield from [lognormal(u, sigma) for u in table.row(number, block, PACES).tolist()]
        block += 1


def give_account(customer: Customer, rep: Rep | None) -> None:
    """Put a customer on a rep's list (at its end), taking it off the former one's."""
    if customer.rep is not None:
        remove_account(customer)
    customer.rep = rep
    if rep is not None:
        rep.accounts[customer.klass].append(customer.place)


def remove_account(customer: Customer) -> None:
    """Take a customer off its rep's list."""
    queue: deque[int] = customer.rep.accounts[customer.klass] if customer.rep else deque()
    if customer.place in queue:
        queue.remove(customer.place)
