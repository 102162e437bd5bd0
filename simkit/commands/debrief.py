"""The command `simkit debrief`: a game looked back upon, with the worth of each decision."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from simkit.commands.shared import AsJson, bad, or_bad, print_json, progress_bar


def debrief(
    file: Annotated[Path, typer.Argument(help="The file of a game.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the report and its tables.")] = None,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of the report.")] = "en",
    worlds: Annotated[
        int, typer.Option(min=2, max=10_000, help="Other worlds, to tell luck from decision.")
    ] = 100,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 2,
    scorecard: Annotated[
        str | None, typer.Option(help="Another scorecard than the drill names: a file or a name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look back upon a game: what was seen, what each decision was worth, and what was luck."""
    from simkit.study.output import must_be_writable
    from simkit.training.debrief.debrief import conduct_from

    if out is None and not as_json:
        raise bad("--out", "say in which folder to write the report, or give --json")
    if out is not None:
        must_be_writable(out)
    conduct = or_bad(str(file), lambda: conduct_from(file))
    scenario = conduct.scenario
    ways = _of_drift if scenario.watch else _of_targets if scenario.targets else _of_decisions
    look_back, write = ways()
    with progress_bar("thousandths") as progress:
        found = or_bad(str(file), lambda: look_back(conduct, worlds, workers, progress, scorecard))
    if out is not None:
        write()(found, out, lang)
    if as_json:
        print_json(found.as_dict())
    else:
        print(f"Written to {out}")


Ways = tuple[Callable[..., Any], Callable[[], Callable[..., None]]]
"""How a game is looked back upon, and what gives the function that writes the report."""


def _of_decisions() -> Ways:
    from simkit.training.debrief import debrief

    def write() -> Callable[..., None]:
        from simkit.screens.debrief_report import write_debrief

        return write_debrief

    return debrief, write


def _of_drift() -> Ways:
    """A drift drill: what was seen when, what it was, and what acting was worth."""
    from simkit.training.drift_debrief import drift_debrief

    def look_back(conduct: Any, worlds: int, workers: int, tell: Any, scorecard: Any) -> Any:
        return drift_debrief(conduct, worlds, tell, workers, scorecard, reference_worlds=worlds)

    def write() -> Callable[..., None]:
        from simkit.screens.drift_end import write_drift_debrief

        return write_drift_debrief

    return look_back, write


def _of_targets() -> Ways:
    """A target workshop: a plan, and the quarter that was played under it."""
    from simkit.training.target_debrief import target_debrief

    def write() -> Callable[..., None]:
        from simkit.screens.target_end import write_target_debrief

        return write_target_debrief

    return target_debrief, write
