"""The command `simkit certify`: whether a scenario is good practice."""

from typing import Annotated, Literal

import typer

from simkit.commands.shared import FAILED, AsJson, as_drill, or_bad, print_json, progress_bar
from simkit.scenario.library import load_scenario
from simkit.scenario.shocks import LevelName


def certify(
    scenario: Annotated[str, typer.Argument(help="A file, or a name: see 'simkit check'.")],
    players: Annotated[
        str | None, typer.Option(help="Policies to compare, with commas between them.")
    ] = None,
    worlds: Annotated[
        int, typer.Option(max=100_000, help="Worlds that every player meets, 10 or more.")
    ] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Luck of the first world.")] = 1,
    level: Annotated[LevelName, typer.Option(help="How hard a drill is.")] = "normal",
    number: Annotated[
        int, typer.Option(min=0, help="Which drill of its family; 0 is as written.")
    ] = 0,
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
    chosen = as_drill(load_scenario(scenario), level, number)
    seconds = chosen.drill.level(level).round_seconds if chosen.drill else 0
    with progress_bar("worlds") as tell:
        found = or_bad(
            "certify", lambda: measure(chosen, names, worlds, workers, seed, seconds, tell)
        )
    if as_json:
        asked = {"scenario": scenario, "level": level, "number": number, "seed": seed}
        print_json({**asked, **found.as_dict()})
    else:
        from simkit.screens.certificate_table import show_certificate

        show_certificate(found, chosen, lang)
    raise typer.Exit(0 if found.passed else FAILED)
