"""The what-if lab at work: how long it will take, and the worlds played stage by stage."""

import time
from collections.abc import Callable
from pathlib import Path

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.screens.job import Job
from simkit.screens.lab_question import Question, store_name
from simkit.screens.texts import translator
from simkit.study.experiment.precise import first_enough
from simkit.study.experiment.stages import joined
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import Results, replicate

STAGE_SECONDS = 1.5
"""About how long a stage takes: the live view is drawn after each."""
MOST_SECONDS = 3.0
"""After so long a trial world is not played to its end, but its weeks are counted."""
FIRST_STAGE = 2
"""Worlds of the first stage, so that there is news soon."""
Live = Callable[[Results], None]


def seconds_per_world(scenario: Scenario, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return about how long one world takes on one core here, its figures included.

    Plays a trial world; where that takes long, only its first weeks.
    """
    began = clock()
    simulation = Simulation(scenario, 1)
    warm = clock()
    while not simulation.done and clock() - began < MOST_SECONDS:
        simulation.step(simulation.report().decision)
    weeks = (clock() - warm) * scenario.weeks / max(1, simulation.week)
    return (warm - began + weeks) * FIGURES


FIGURES = 1.6
"""A world with its figures over one without: measured 1.4 to 2.0 on short and long worlds."""


def expected_seconds(question: Question, per_world: float) -> float:
    """Return about how long all worlds of a question take; for a precision the longest it may."""
    workers = question.workers if isinstance(question.workers, int) else 1
    return per_world * len(question.policies) * question.worlds / workers


class Play:
    """The worlds of a question, stage by stage; what is finished is kept in a folder.

    Parameters
    ----------
    question : Question
    folder : Path
        Where the worlds of all regions are kept.
    live : callable
        Gets the results so far after each stage.
    lang : {"en", "zh"}

    Attributes
    ----------
    done, total : int
        Plays (a world under one policy) finished, and planned at most.
    reached : int
        Worlds after which the precision asked for was reached; 0 where it was not.
    """

    def __init__(self, question: Question, folder: Path, live: Live, lang: str) -> None:
        self.question, self.arms = question, question.arms()
        self.done, self.total = 0, question.worlds * len(self.arms)
        self.reached = 0
        self._live, self._t, self._folder = live, translator(lang), folder
        self._began = 0.0

    def run(self, job: Job) -> Results:
        """Play until there are enough; raises CancelledError, ValueError."""
        self._began = time.monotonic()
        scenario = self.arms[0].scenario
        found: Results | None = None
        store = Store(self._folder / store_name(scenario), about_of(scenario))
        size = FIRST_STAGE
        while (played := len(found.worlds) if found else 0) < self.question.worlds:
            began = time.monotonic()
            worlds = range(played, min(played + size, self.question.worlds))
            found = joined(found, self._stage(job, store, worlds))
            if enough := self._enough(found):
                return first_worlds(found, enough)
            self._live(found)
            size = _next_size(size, time.monotonic() - began)
        assert found is not None
        return found

    def _stage(self, job: Job, store: Store, worlds: range) -> Results:
        before = self.done

        def tell(done: int, _total: int) -> None:
            self.done = before + done
            job.tell(self.done, self.total, self._note())

        asked = self.question
        return replicate(
            self.arms,
            worlds,
            asked.figures(),
            seed=asked.seed,
            workers=asked.workers,
            tell=tell,
            store=store,
        )

    def _note(self) -> str:
        """Say how far it is: worlds, time gone, time to go."""
        t, gone = self._t, time.monotonic() - self._began
        worlds = self.done // len(self.arms)
        said = t("{done} of {total} worlds, {gone} gone").format(
            done=f"{worlds:,}", total=f"{self.question.worlds:,}", gone=time_text(gone, t)
        )
        if not self.done or self.done >= self.total:
            return said
        left = gone * (self.total - self.done) / self.done
        return t("{said}, about {left} to go").format(said=said, left=time_text(left, t))

    def _enough(self, found: Results) -> int:
        """Return the first number of worlds that gives the precision asked for, or 0.

        Looked for world by world, so that a faster machine, with longer stages, stops at the same.
        """
        asked = self.question
        if asked.precision is None:
            return 0
        self.reached = first_enough(found, asked.precision, asked.confidence)
        return self.reached


def _next_size(size: int, seconds: float) -> int:
    """Return how many worlds the next stage plays: at most twice as many, one at least."""
    return max(1, min(2 * size, round(size * STAGE_SECONDS / max(seconds, 1e-3))))


def about_of(scenario: Scenario) -> dict[str, str]:
    """Return what a folder of worlds says of itself."""
    return {"scenario": store_name(scenario), "name": scenario.name.en}


def first_worlds(results: Results, number: int) -> Results:
    """Return the results of the first worlds alone."""
    from dataclasses import replace

    worlds = results.worlds[:number]
    kept = {key: each for key, each in results.summaries.items() if key[1] in worlds}
    return replace(results, worlds=worlds, summaries=kept)


def time_text(seconds: float, t: Callable[[str], str]) -> str:
    """Return a time in few words."""
    if seconds < 90:
        return t("{number} s").format(number=max(1, round(seconds)))
    if seconds < 5400:
        return t("{number} min").format(number=round(seconds / 60))
    return t("{number} h").format(number=f"{seconds / 3600:.1f}")
