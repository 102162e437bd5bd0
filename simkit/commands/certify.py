"""The command `simkit certify`: whether a scenario is good practice."""

from typing import Annotated, Any, Literal

import typer

from simkit.commands.shared import FAILED, AsJson, bad, or_bad, print_json, progress_bar
from simkit.scenario.library import load_scenario
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import LevelName


def certify(
    scenario: Annotated[str, typer.Argument(help="A file, or a name: see 'simkit check'.")],
    players: Annotated[
        str | None, typer.Option(help="Policies to compare, with commas between them.")
    ] = None,
    worlds: Annotated[int, typer.Option(max=100_000, help="Worlds that every player meets.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Luck of the first world.")] = 1,
    level: Annotated[
        LevelName | None, typer.Option(help="Difficulty of a drill; normal without it.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 2,
    lang: Annotated[Literal["en", "zh"], typer.Option("--lang", help="Language.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Let computer players show whether skill counts, one lever dominates, and how long it takes.

    Ends with exit code 1 when a criterion is not met.
    """
    from simkit.study.certify import PLAYERS
    from simkit.study.certify import certify as measure

    names = PLAYERS if players is None else tuple(name.strip() for name in players.split(","))
    chosen, seconds = _drill(load_scenario(scenario), level)
    with progress_bar("worlds") as tell:
        found = or_bad(
            "certify", lambda: measure(chosen, names, worlds, workers, seed, seconds, tell)
        )
    if as_json:
        print_json({"scenario": scenario, "level": level, "seed": seed, **found.as_dict()})
    else:
        from simkit.screens.certificate_table import show_certificate

        show_certificate(found, chosen, lang)
    raise typer.Exit(0 if found.passed else FAILED)


def _drill(scenario: Scenario, level: LevelName | None) -> tuple[Scenario, Any]:
    """The scenario at a level of difficulty, and the seconds that a week may take."""
    if scenario.drill is None:
        if level is not None:
            raise bad("--level", "this scenario is no drill, it has no levels: leave --level out")
        return scenario, 0
    from simkit.training.drill import variant

    level = level or "normal"
    return variant(scenario, level), scenario.drill.level(level).round_seconds
