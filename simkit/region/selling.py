"""The reps' working days: visits to accounts, answers to leads, training. One process per rep."""

import math
from collections import deque
from collections.abc import Generator, Iterator
from functools import lru_cache
from itertools import chain, count

import numpy as np

from simkit.region.demand import Accounts
from simkit.region.draws import entity_number, lognormal, sigma_of
from simkit.region.pipeline import Pipeline
from simkit.region.roads import Roads
from simkit.region.state import CLASSES, Lead, Rep, World

VISITS_PER_BLOCK = 128
SHORTEST_VISIT_DAYS = 0.005
"""About two minutes: without a limit, shocks on top of each other could stop the clock."""
PATTERN = 200


@lru_cache(maxsize=4096)
def call_pattern(
    key: float, regular: float, tail: float, leads: float, cover: float = 0.0
) -> tuple[str, ...]:
    """Return a round of calls that spends the shares evenly: class names, "lead" and "cover".

    Smooth weighted round robin: each call goes to what is furthest behind its share.
    """
    rest = 1.0 - leads - cover
    wanted = {"lead": leads, "key": key * rest, "regular": regular * rest, "tail": tail * rest}
    if cover > 0:
        wanted["cover"] = cover
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
        self._roads = Roads(world.scenario) if world.scenario.geography else None
        for rep in world.reps.values():
            world.env.process(self._work(rep))

    def begin(self, rep: Rep) -> None:
        """Let a newcomer work from now on."""
        self._plan(rep)
        self.world.env.process(self._work(rep))

    def week(self) -> None:
        """Let the reps read the levers at the start of a week."""
        for rep in self.world.reps.values():
            self._plan(rep)
            rep.away_days = self.world.decision.training_days.get(rep.id, 0.0)

    def _plan(self, rep: Rep) -> None:
        world, place = self.world, rep.territory
        levers = world.levers[place]
        split = world.decision.call_split_of.get(rep.id, levers.call_split)
        leads = levers.prospecting_share if world.scenario.funnel.on else 0.0
        cover = rep.cover_share
        rep.pattern = call_pattern(split.key, split.regular, split.tail, leads, cover)
        days = 5.0 / world.scenario.selling.calls_per_week * self._travel[place]
        days *= world.conditions.of("visit_time", place) / rep.effort
        if self._roads:
            days *= self._roads.factor(rep, split, world.customers)
        rep.visit_days = max(SHORTEST_VISIT_DAYS, days)

    def _work(self, rep: Rep) -> Generator:
        """A rep's life: the next visit, over and over. One timeout a visit, kept short."""
        env, log, customers = self.world.env, self.world.log, self.world.customers
        timeout, last_visit, visited = env.timeout, self.accounts.last_visit, rep.visited
        turn, pace = 0, self._pace(rep)
        while rep.employed:
            if rep.away_days:
                yield from self._train(rep)
            klass = rep.pattern[turn]
            turn = turn + 1 if turn < PATTERN - 1 else 0
            queue = rep.accounts.get(klass)
            if not queue:
                if klass == "lead" and (lead := self.pipeline.best_lead(rep)):
                    yield from self._answer(rep, lead, rep.visit_days * next(pace))
                    continue
                queue = self._instead(rep, klass)
                if not queue:
                    yield from self._idle(rep)
                    continue
            place, territory, days = queue[0], rep.territory, rep.visit_days * next(pace)
            queue.rotate(-1)
            yield timeout(days)
            last_visit[place] = now = env.now
            visited.append(place)
            seen = customers[place]
            log.append((now, "visit", territory, rep.id, seen.id, "", days, seen.klass))

    def _instead(self, rep: Rep, klass: str) -> deque[int] | None:
        """Return whom a rep sees who has nobody of `klass`: first the accounts of vacant posts."""
        if klass == "cover" and self.world.waiting[rep.territory]:
            return self.world.waiting[rep.territory]
        return next((rep.accounts[name] for name in CLASSES if rep.accounts[name]), None)

    def _pace(self, rep: Rep) -> Iterator[float]:
        """The luck of a rep's visits: relative lengths with mean 1."""
        number = entity_number(rep.id)

        def block(index: int) -> list[float]:
            u = self._luck.row(number, index, VISITS_PER_BLOCK)
            lengths: list[float] = self._paces[(u * len(self._paces)).astype(int)].tolist()
            return lengths

        return chain.from_iterable(map(block, count()))

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


def _paces(cv: float) -> np.ndarray:
    """Return equally likely relative lengths of a visit: a lognormal in 1,000 steps, mean 1."""
    sigma = sigma_of(cv)
    values = [lognormal((i + 0.5) / 1000, sigma) for i in range(1000)]
    mean = math.fsum(values) / len(values)
    return np.array([value / mean for value in values])
