"""The command `simkit validate`: the evidence that the model is true, and where it is not."""

import time
from typing import Annotated

import typer

from simkit.commands.shared import FAILED, AsJson, bad, print_json, progress_bar
from simkit.study.evidence.row import Part


def validate(
    slow: Annotated[bool, typer.Option("--slow", help="The long cases too.")] = False,
    case: Annotated[
        list[str] | None,
        typer.Option(help='Only this case, e.g. "mmc(arrival=4, servers=5)"; any number of times.'),
    ] = None,
    part: Annotated[Part | None, typer.Option(help="Only this part of the table.")] = None,
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Processes; 0: one for each processor.")
    ] = 0,
    knock_out: Annotated[
        bool,
        typer.Option("--knock-out", help="Which fact needs which mechanism; takes some minutes."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the engine with exact theory, published facts and real data: one table."""
    if knock_out:
        if case or part:
            raise bad("--knock-out", "goes with neither --case nor --part: it takes all facts")
        _knock_out(slow, workers, as_json)
        return
    from simkit.study.evidence import validate as evidence

    begun = time.perf_counter()
    parts = (part,) if part else evidence.PARTS
    tasks = evidence.tasks_of_cases(case) if case else evidence.tasks_of(parts, slow)
    with progress_bar("measurements") as progress:
        rows = evidence.validate(tasks, workers, progress)
    seconds = time.perf_counter() - begun
    if as_json:
        print_json(evidence.as_dict(rows, seconds))
    else:
        from simkit.screens.evidence_table import show_evidence

        show_evidence(rows, seconds)
    raise typer.Exit(FAILED if evidence.counts(rows)["failed"] else 0)


def _knock_out(slow: bool, workers: int, as_json: bool) -> None:
    """Show which facts no longer hold without each mechanism."""
    from simkit.study.evidence.knock_out import knock_out

    begun = time.perf_counter()
    with progress_bar("measurements") as progress:
        found = knock_out(workers=workers, progress=progress, slow=slow)
    seconds = time.perf_counter() - begun
    if as_json:
        print_json({**found.as_dict(), "seconds": round(seconds, 3)})
    else:
        from simkit.screens.evidence_table import show_knock_out

        show_knock_out(found, seconds)
