"""What the commands share: exit codes, options, progress, JSON."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer

from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import LevelName

BAD_INPUT, FAILED = 2, 1
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Lang = Literal["en", "zh"]
Weeks = Annotated[int | None, typer.Option(min=1, max=1040)]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="key=value, any number of times.")
]
Region = Annotated[str | None, typer.Option(help="One region of a national file.")]
Level = Annotated[LevelName, typer.Option(help="How hard a drill is.")]
Number = Annotated[int, typer.Option(min=0, help="Which drill of its family; 0 is as written.")]
Processes = Annotated[int, typer.Option(min=1, max=256, help="Processes of this machine.")]
Cluster = Annotated[
    str | None, typer.Option(help="Address of a Dask cluster instead: tcp://host:8786.")
]


def or_bad(option: str, find: Callable[[], Any]) -> Any:
    """Return what `find` finds; raises ScenarioError on its ValueError."""
    try:
        return find()
    except ScenarioError:  # says its place itself
        raise
    except ValueError as error:
        raise bad(option, str(error)) from error


def bad(option: str, message: str) -> ScenarioError:
    """Return the error of an option that makes no sense."""
    return ScenarioError([Problem(option, None, None, message)])


def as_drill(scenario: Scenario, level: LevelName = "normal", number: int = 0) -> Scenario:
    """Return a drill at a level and as a member of its family; another scenario as it is.

    Raises ScenarioError when a level or number is asked for and the scenario is no drill, or has
    no shock.
    """
    calm = scenario.drill is None or not scenario.shocks
    if calm and (level, number) == ("normal", 0):
        return scenario
    from simkit.training.drill import variant

    return variant(scenario, level, number)


def must_be_a_region(name: str, scenario: Scenario) -> None:
    """Raise ScenarioError unless a scenario has an independent region of that name."""
    known = [region.id for region in scenario.regions]
    if name not in known:
        hint = did_you_mean(name, known) or "; it has no regions, leave --region out"
        raise bad("--region", f"no region '{name}' in this scenario{hint}")


@contextmanager
def progress_bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error after a second, and only to a person."""
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", delay=1, leave=False, disable=None) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield tell


def print_json(data: Any) -> None:
    """Print one object in ASCII: a pipe takes it whatever its encoding."""
    print(json.dumps(_plain(data)))


def _plain(data: Any) -> Any:
    """JSON has no NaN: what cannot be said is null."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
