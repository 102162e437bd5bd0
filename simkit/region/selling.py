"""The reps' working days: visits to accounts, answers to leads, training. One process per rep."""

import math
from collections import deque
from collections.abc import Generator, Iterator
from functools import lru_cache

import numpy as np

from simkit.region.demand import Accounts
from simkit.region.draws import entity_number, lognormal, sigma_of
from simkit.region.pipeline import Pipeline
from simkit.region.state import CLASSES, Customer, Lead, Rep, World

VISITS_PER_BLOCK = 128
SHORTEST_VISIT_DAYS = 0.005
"""About two minutes: without a limit, shocks on top of each other could stop the clock."""
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
        self._luck = world.draws.table("visits")
        self._paces = _paces(world.scenario.selling.visit_cv)
        self._travel = {t.id: t.travel for t in world.scenario.territories}
        for rep in world.reps.values():
            world.env.process(self._work(rep))

    def week(self) -> None:
        """Let the reps read the levers at the start of a week."""
        world, selling = self.world, self.world.scenario.selling
        for rep in world.reps.values():
            levers, place = world.levers[rep.territory], rep.territory
            split = world.decision.call_split_of.get(rep.id, levers.call_split)
            leads = levers.prospecting_share if world.scenario.funnel.on else 0.0
            rep.pattern = call_pattern(split.key, split.regular, split.tail, leads)
            days = 5.0 / selling.calls_per_week * self._travel[place]
            days *= world.conditions.of("visit_time", place)
            rep.visit_days = max(SHORTEST_VISIT_DAYS, days)
            rep.away_days = world.decision.training_days.get(rep.id, 0.0)

    def _work(self, rep: Rep) -> Generator:
        """A rep's life: the next visit, over and over. One timeout a visit, kept short."""
        env, log, customers = self.world.env, self.world.log, self.world.customers
        timeout, last_visit, visited = env.timeout, self.accounts.last_visit, rep.visited
        turn, pace = 0, self._pace(rep)
        while True:
            if rep.away_days:
                yield from self._train(rep)
            klass = rep.pattern[turn]
            turn = turn + 1 if turn < PATTERN - 1 else 0
            queue = rep.accounts.get(klass)
            if not queue:
                if klass == "lead" and (lead := self.pipeline.best_lead(rep)):
                    yield from self._answer(rep, lead, rep.visit_days * next(pace))
                    continue
                klass = next((name for name in CLASSES if rep.accounts[name]), "")
                if not klass:
                    yield from self._idle(rep)
                    continue
                queue = rep.accounts[klass]
            place, territory, days = queue[0], rep.territory, rep.visit_days * next(pace)
            queue.rotate(-1)
            yield timeout(days)
            last_visit[place] = now = env.now
            visited.append(place)
            log.append((now, "visit", territory, rep.id, customers[place].id, "", days, klass))

    def _pace(self, rep: Rep) -> Iterator[float]:
        """The luck of a rep's visits: relative lengths with mean 1."""
        number, block = entity_number(rep.id), 0
        while True:
            u = self._luck.row(number, block, VISITS_PER_BLOCK)
            yield from self._paces[(u * len(self._paces)).astype(int)].tolist()
            block += 1

    def _idle(self, rep: Rep) -> Iterator:
        yield self.world.env.timeout(1.0)
        self.world.say("idle", rep.territory, rep.id, amount=1.0)

    def _train(self, rep: Rep) -> Iterator:
        days, rep.away_days = rep.away_days, 0.0
        yield self.world.env.timeout(days)
        self.world.say("training", rep.territory, rep.id, amount=days)

    def _answer(self, rep: Rep, lead: Lead, days: float) -> Iterator:
        """Answer a lead: how fresh it is counts from when the rep turns to it."""
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


def _paces(cv: float) -> np.ndarray:
    """Return equally likely relative lengths of a visit: a lognormal in 1,000 steps, mean 1."""
    sigma = sigma_of(cv)
    values = [lognormal((i + 0.5) / 1000, sigma) for i in range(1000)]
    mean = math.fsum(values) / len(values)
    return np.array([value / mean for value in values])


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
