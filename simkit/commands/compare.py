"""The command `simkit compare`: policies in the same worlds, with intervals and plain verdicts."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simkit.commands.shared import (
    AsJson,
    Cluster,
    Lang,
    Level,
    Number,
    Processes,
    Region,
    Settings,
    Weeks,
    as_drill,
    bad,
    must_be_a_region,
    or_bad,
    print_json,
    progress_bar,
)
from simkit.scenario.library import DEFAULT, load_scenario

if TYPE_CHECKING:
    from simkit.kpi.catalogue import Kpi
    from simkit.scenario.record import Text
    from simkit.study.experiment.arms import Arm
    from simkit.study.experiment.store import Store
    from simkit.study.experiment.worlds import Results
    from simkit.study.workers import Tell

USUAL_KPIS = ("revenue", "contribution")
USUAL_WORLDS = 30
RESULTS = "results"
"""Folder inside that of `--out` in which finished worlds are kept."""
STOPPED = 130


def compare(
    scenario: Annotated[
        str, typer.Argument(help="A file, or a name: see 'simkit check'.")
    ] = DEFAULT,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="Who decides, twice or more; the first is compared with. A name, a policy file, "
            'a game, or "NAME+price=0.95".'
        ),
    ] = None,
    kpi: Annotated[
        list[str] | None, typer.Option(help="What is compared; the first one matters most.")
    ] = None,
    settings: Settings = None,
    reps: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Worlds; 30 when nothing is said.")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(help="Worlds until the difference is known to 2%, or to 5000, each way."),
    ] = None,
    select: Annotated[
        bool, typer.Option("--select", help="Worlds until the best is known.")
    ] = False,
    delta: Annotated[
        float | None, typer.Option(help="With --select: a difference that does not matter.")
    ] = None,
    most: Annotated[
        int, typer.Option(min=10, max=100_000, help="Most worlds with --precision or --select.")
    ] = 1000,
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="Each with each, not all with the first.")
    ] = False,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Which luck the worlds begin with.")] = 1,
    weeks: Weeks = None,
    region: Region = None,
    level: Level = "normal",
    number: Number = 0,
    workers: Processes = 2,
    cluster: Cluster = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the report and results.")] = None,
    lang: Annotated[Lang, typer.Option("--lang", help="Language.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Compare policies in the same simulated worlds, with intervals and a plain verdict.

    What is finished is kept in DIR/results: after an interruption the same command goes on.
    """
    from simkit.study.experiment.compare import compare as judge
    from simkit.study.experiment.policies import arms_of
    from simkit.study.output import must_be_writable

    if out is not None:
        must_be_writable(out)
    chosen = as_drill(load_scenario(scenario), level, number)
    chosen = chosen if weeks is None else chosen.but(weeks=weeks)
    if region is not None:
        must_be_a_region(region, chosen)
        chosen = chosen.region(region)
    arms = or_bad("--policy", lambda: arms_of(chosen, _policies(policy), settings or []))
    figures = or_bad("--kpi", lambda: _figures(kpi))
    asked = Asked(arms, figures, reps, precision, select, delta, most, confidence, seed)
    play = asked.way()
    kept = _store(out, arms)
    crew: Any = cluster or workers
    with _interruptible(out), progress_bar("worlds") as tell:
        found = or_bad("compare", lambda: play(tell, crew, kept))
    pairs: Any = "all" if all_pairs else "control"
    comparison = judge(found.results, confidence=confidence, pairs=pairs)
    comparison = replace(comparison, notes=(*found.notes, *comparison.notes))
    for note in kept.notes if kept else ():
        print(note.in_(lang), file=sys.stderr)
    if out is not None:
        from simkit.screens.lab_report import write_comparison

        write_comparison(out, found.results, comparison, lang)
    if as_json:
        facts = {"scenario": scenario, "weeks": arms[0].scenario.weeks, "seed": seed}
        digest = {"digest": found.results.digest}
        print_json({**facts, **comparison.as_dict(), **found.more, **digest})
        return
    from simkit.screens.compare_table import show_comparison

    show_comparison(found.results, comparison, lang)
    if out is not None:
        print(f"Written to {out}")


@dataclass(frozen=True)
class Found:
    """What was played, and what is to be said about how much of it there is."""

    results: "Results"
    notes: "tuple[Text, ...]"
    more: dict[str, Any]


Play = Callable[["Tell", Any, "Store | None"], Found]


@dataclass(frozen=True)
class Asked:
    """What is played, and how much of it: a number of worlds, a precision, or a race."""

    arms: "list[Arm]"
    figures: "tuple[Kpi, ...]"
    reps: int | None
    precision: str | None
    select: bool
    delta: float | None
    most: int
    confidence: float
    seed: int

    def way(self) -> Play:
        """Return what plays the worlds; raises ScenarioError for options that make no sense."""
        given = {
            "--reps": self.reps is not None,
            "--precision": self.precision is not None,
            "--select": self.select,
        }
        together = [name for name, is_given in given.items() if is_given]
        if len(together) > 1:
            raise bad(" and ".join(together), "do not go together: give one of them")
        if not 0.0 < self.confidence < 1.0:
            raise bad("--confidence", f"is above 0 and below 1, like 0.95, not {self.confidence:g}")
        if self.delta is not None and not self.select:
            raise bad("--delta", "goes with --select")
        if self.delta is not None and not (math.isfinite(self.delta) and self.delta > 0):
            raise bad("--delta", f"must be an amount above 0, it is {self.delta:g}")
        if self.select:
            from simkit.study.experiment.stages import direction

            or_bad("--kpi", lambda: direction(self.figures[0]))
        if self.precision is not None:
            return self._until_precise(self.precision)
        return self._until_best if self.select else self._so_many

    def _so_many(self, tell: "Tell", workers: Any, store: "Store | None") -> Found:
        from simkit.study.experiment.worlds import replicate

        worlds = range(USUAL_WORLDS if self.reps is None else self.reps)
        common = {"seed": self.seed, "workers": workers, "store": store, "tell": tell}
        return Found(replicate(self.arms, worlds, self.figures, **common), (), {})

    def _until_precise(self, text: str) -> Play:
        from simkit.study.experiment.precise import Precision, replicate_until

        wanted = or_bad("--precision", lambda: Precision.read(text, self.figures[0].name))

        def play(tell: "Tell", workers: Any, store: "Store | None") -> Found:
            common = {"seed": self.seed, "workers": workers, "store": store, "tell": tell}
            sure, most = self.confidence, self.most
            found = replicate_until(self.arms, self.figures, wanted, sure, most=most, **common)
            stopped = {"reason": found.reason, "says": found.says.model_dump()}
            return Found(found.results, (found.says,), {"stopped": stopped})

        return play

    def _until_best(self, tell: "Tell", workers: Any, store: "Store | None") -> Found:
        from simkit.study.experiment.best import select_best, usual_delta
        from simkit.study.experiment.worlds import replicate

        common = {"seed": self.seed, "workers": workers, "store": store, "tell": tell}
        main, delta = self.figures[0], self.delta
        if delta is None:
            first = replicate(self.arms[:1], range(10), self.figures, **common)
            delta = usual_delta(first, main.name)
        alpha = 1.0 - self.confidence
        found = select_best(
            self.arms, main, delta, alpha, kpis=self.figures, most=self.most, **common
        )
        notes = (found.says, found.about_results)
        return Found(found.results, notes, {"selection": found.as_dict()})


def _policies(given: list[str] | None) -> list[str]:
    if len(given or []) < 2:
        raise ValueError("name at least two: --policy keep_course --policy all_rounder")
    return given or []


def _figures(names: list[str] | None) -> "tuple[Kpi, ...]":
    from simkit.study.experiment.figures import find_figures

    return find_figures(dict.fromkeys(names or USUAL_KPIS))


def _store(out: Path | None, arms: "list[Arm]") -> "Store | None":
    """Return where finished worlds are kept; raises ScenarioError for results of another region."""
    if out is None:
        return None
    from simkit.study.experiment.store import Store
    from simkit.study.run import canonical

    scenario = arms[0].scenario
    content = sha256(canonical(scenario.model_dump(mode="json")).encode()).hexdigest()[:12]
    about = {"scenario": scenario.name.en, "weeks": scenario.weeks, "sha256": content}
    return Store.open(out / RESULTS, about)


@contextmanager
def _interruptible(out: Path | None) -> Iterator[None]:
    """Say after Ctrl-C where what is finished is, and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        if out is None:
            said = "nothing is kept without --out DIR"
        elif not (out / RESULTS).is_dir():
            said = "no world was finished yet"
        else:
            said = f"what is finished is in {out / RESULTS}; the same command goes on"
        print(f"Stopped; {said}.", file=sys.stderr)
        raise typer.Exit(STOPPED) from None
