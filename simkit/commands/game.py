"""The command `simkit replay`: a saved game, a recorded run or comparison, made again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simkit.commands.shared import FAILED, AsJson, bad, or_bad, print_json, progress_bar

if TYPE_CHECKING:
    from simkit.study.run import Progress


class Replayed(NamedTuple):
    """What came out: the digest now, whether it agrees (None: another manager), of what."""

    digest: str
    agrees: bool | None
    what: str


def replay(
    file: Annotated[
        Path, typer.Argument(help="A saved game, a manifest, or the folder a manifest is in.")
    ],
    with_policy: Annotated[str | None, typer.Option(help="Another manager.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a saved game, a run or a comparison again and say whether it comes out the same."""
    from simkit.region.policies import find_policy
    from simkit.study.experiment.manifest import is_comparison
    from simkit.study.game import is_game

    if with_policy is not None:
        or_bad("--with-policy", lambda: find_policy(with_policy))
    game, compared = is_game(file), is_comparison(file)
    with progress_bar("worlds" if compared else "weeks") as progress:
        again = _game if game else _comparison if compared else _runs
        digest, agrees, what = again(file, with_policy, progress)
    if as_json:
        print_json({"digest": digest, "agrees": agrees})
    elif agrees is None:
        print(f"Digest under {with_policy}: {digest}")
    else:
        verdict = "agrees with" if agrees else "DIFFERS from"
        print(f"Digest {digest}: {verdict} {what}.")
    raise typer.Exit(FAILED if agrees is False else 0)


def _runs(file: Path, policy: str | None, progress: "Progress") -> Replayed:
    from simkit.study.run import load_manifest, replay_all

    digest, recorded = replay_all(load_manifest(file), policy, progress)
    return Replayed(digest, None if policy else digest == recorded, "the recorded run")


def _comparison(file: Path, policy: str | None, progress: "Progress") -> Replayed:
    from simkit.study.experiment.manifest import load_comparison, replay

    if policy is not None:
        message = (
            "a comparison has its own policies and is replayed as it was; to try another one: "
            f"simkit compare SCENARIO --policy {policy} --policy ..."
        )
        raise bad("--with-policy", message)
    found = replay(load_comparison(file), tell=progress)
    for name in found.repeated:
        print(
            f"{file}: '{name}' was a function; what it decided in each world was repeated, "
            "the function itself was not run",
            file=sys.stderr,
        )
    return Replayed(found.digest, found.agrees, "the recorded comparison")


def _game(file: Path, policy: str | None, progress: "Progress") -> Replayed:
    """Replay what was played of a game, or all weeks under a policy."""
    from simkit.study.game import Game
    from simkit.study.run import Run

    game = Game.open(file, look_only=True)
    for warning in game.warnings:
        print(f"{file}: {warning}", file=sys.stderr)
    if policy:
        run = Run.play(game.scenario, policy, game.seed, progress)
        return Replayed(run.digest, None, "")
    played = f"the recorded game, {game.week} of {game.scenario.weeks} weeks"
    return Replayed(game.simulation.digest(), game.agrees, played)
