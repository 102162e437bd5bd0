"""The command `simkit bench`: speed and memory, as ratios within one run."""

from typing import Annotated, Any

import typer

from simkit.commands.shared import AsJson, or_bad, print_json, progress_bar


def bench(
    as_json: AsJson = False,
    quick: Annotated[bool, typer.Option(help="Fewer rounds.")] = False,
    national: Annotated[
        bool, typer.Option("--national", help="Instead: a year of the whole country.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=256, help="With --national: processes.")] = 2,
    cluster: Annotated[
        str | None, typer.Option(help="With --national: a Dask cluster, tcp://host:8786.")
    ] = None,
) -> None:
    """Measure speed and memory as ratios within one run."""
    with progress_bar("measurements") as progress:
        if national:
            figures, bounds = or_bad("bench", lambda: _country(cluster or workers, progress))
        else:
            figures, bounds = _usual(3 if quick else 7, progress)
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        print(f"{name:28} {value:12.4g}   {bounds.get(name, '')}".rstrip())


Figures = tuple[dict[str, float], dict[str, str]]
"""The figures, and what is asked of some, in words."""


def _usual(rounds: int, progress: Any) -> Figures:
    from simkit.study.bench import BOUNDS, measure
    from simkit.study.bench_workers import AT_LEAST, measure_speedup
    from simkit.training.objections.bench import BOUNDS as OF_ANSWERS
    from simkit.training.objections.bench import measure_answers

    figures = measure(rounds, progress) | measure_answers(rounds) | measure_speedup(rounds)
    return figures, _at_most({**BOUNDS, **OF_ANSWERS}) | {
        name: f"at least {bound:g}" for name, bound in AT_LEAST.items()
    }


def _country(workers: Any, progress: Any) -> Figures:
    from simkit.study.scale import BOUNDS, measure_country

    return measure_country(workers, progress), _at_most(BOUNDS)


def _at_most(bounds: dict[str, float]) -> dict[str, str]:
    return {name: f"at most {bound:g}" for name, bound in bounds.items()}
