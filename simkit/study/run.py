"""One run as data: a scenario, a seed and a list of decisions; its manifest; its replay."""

import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from simkit.region.decision import Decision, Policy
from simkit.region.policies import find_policy
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.record import Problem, ScenarioError
from simkit.scenario.records import Scenario

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "simkit-manifest-1"
LIBRARIES = ("regional-simkit", "simpy", "numpy", "scipy", "pandas", "pydantic")
Progress = Callable[[int, int], None]
"""Called with the weeks played and the weeks in all."""


@dataclass(frozen=True)
class Run:
    """A run that was made."""

    scenario: Scenario
    policy: str
    seed: int
    simulation: Simulation

    @cached_property
    def events(self) -> "pd.DataFrame":
        """The event table."""
        return self.simulation.events()

    @cached_property
    def digest(self) -> str:
        """The digest of the event log at ten significant digits."""
        return self.simulation.digest()

    @classmethod
    def play(
        cls,
        scenario: Scenario,
        policy: str | Policy = "keep_course",
        seed: int = 1,
        progress: Progress | None = None,
    ) -> Self:
        """Play all weeks of `scenario` under a policy (a name of the catalogue, or a function)."""
        decide = find_policy(policy) if isinstance(policy, str) else policy
        name = policy if isinstance(policy, str) else getattr(policy, "__name__", "own policy")
        simulation = Simulation(scenario, seed)
        while not simulation.done:
            simulation.step(decide(simulation.report()))
            if progress:
                progress(simulation.week, scenario.weeks)
        return cls(scenario, name, seed, simulation)

    def manifest(self) -> dict[str, Any]:
        """Return everything needed to make the same run again, and what it was made with."""
        scenario = self.scenario.model_dump(mode="json")
        return {
            "scenario": scenario,
            "scenario_sha256": sha256(canonical(scenario).encode()).hexdigest(),
            "policy": self.policy,
            "seed": self.seed,
            "weeks": self.scenario.weeks,
            "decisions": list(changes_by_week(self.simulation.decisions)),
            "digest": self.digest,
            "digest_digits": 10,
            "versions": versions(),
            "python": platform.python_version(),
            "platform": platform.platform(),
            "machine": platform.machine(),
            "byte_order": sys.byteorder,
        }


def canonical(data: Any) -> str:
    """Return `data` as JSON text that is the same for the same content."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def versions() -> dict[str, str]:
    """Return the versions of simkit and of what its results depend on."""
    return {name: _version(name) for name in LIBRARIES}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # run from an unpacked folder
        return "not installed"


def changes_by_week(decisions: list[Decision]) -> Iterator[dict[str, Any]]:
    """The decision of each week, as the levers that differ from the week before."""
    before: dict[str, Any] = {}
    for week, decision in enumerate(decisions):
        levers = decision.model_dump(mode="json")
        changed = {name: v for name, v in levers.items() if week == 0 or before[name] != v}
        if changed:
            yield {"week": week, "levers": changed}
        before = levers


def recorded(changes: list[dict[str, Any]]) -> Policy:
    """Return the policy that repeats the decisions of a manifest."""
    weeks = {change["week"]: change["levers"] for change in changes}

    def repeat(report: WeekReport) -> Decision:
        levers = report.decision.model_dump(mode="json")
        return Decision.model_validate({**levers, **weeks.get(report.week, {})})

    return repeat


def load_manifest(path: str | Path) -> list[dict[str, Any]]:
    """Return the manifests in a file: one for each region; scenarios are checked and unchanged.

    Raises ScenarioError when the file cannot be read, is no manifest, or was edited.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "manifest.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _refused(file, "is not a manifest, nor a game: it is not JSON text") from error
    found = data.get("runs") if isinstance(data, dict) else None
    if not isinstance(found, list) or data.get("format") != FORMAT or not found:
        raise _refused(
            file,
            "is not a manifest of simkit, nor a game: make one with 'simkit run ... --out DIR'",
        )
    for manifest in found:
        _check_manifest(file, manifest)
    return found


def _check_manifest(file: Path, manifest: Any) -> None:
    needed = {"scenario", "scenario_sha256", "seed", "decisions", "digest"}
    missing = needed - manifest.keys() if isinstance(manifest, dict) else needed
    if missing:
        raise _refused(file, f"the manifest lacks {', '.join(sorted(missing))}")
    found = sha256(canonical(manifest["scenario"]).encode()).hexdigest()
    if found != manifest["scenario_sha256"]:
        raise _refused(file, "the scenario in the manifest was changed after the run")


def replay(
    manifest: dict[str, Any], policy: str | None = None, progress: Progress | None = None
) -> Run:
    """Make the run of a manifest again, with its decisions or under another policy.

    Raises ScenarioError when scenario or decisions do not fit this version of simkit.
    """
    scenario = _scenario_of(manifest)
    try:
        decide = recorded(manifest["decisions"]) if policy is None else find_policy(policy)
        run = Run.play(scenario, decide, int(manifest["seed"]), progress)
    except (ValueError, KeyError, TypeError) as error:
        raise _misfit(error) from error
    return Run(scenario, policy or str(manifest.get("policy", "")), run.seed, run.simulation)


def _scenario_of(manifest: dict[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(manifest["scenario"])
    except ValueError as error:
        raise _misfit(error) from error


def _misfit(error: Exception) -> ScenarioError:
    message = f"the recorded run does not fit this version of simkit: {error}"
    return _refused("manifest", message)


def replay_all(
    manifests: list[dict[str, Any]], policy: str | None, progress: Progress
) -> tuple[str, str]:
    """Replay the runs of a file; return the digest now and the recorded one."""
    total = sum(_scenario_of(manifest).weeks for manifest in manifests)
    digests, before = [], 0
    for manifest in manifests:
        run = replay(manifest, policy, lambda week, _, b=before: progress(b + week, total))  # type: ignore[misc]
        digests.append(run.digest)
        before += run.scenario.weeks
    return joined_digest(digests), joined_digest([str(m["digest"]) for m in manifests])


def joined_digest(digests: list[str]) -> str:
    """Return one digest for the digests of several regions."""
    return digests[0] if len(digests) == 1 else sha256("\n".join(digests).encode()).hexdigest()


def _refused(path: str | Path, message: str) -> ScenarioError:
    return ScenarioError([Problem(str(path), None, None, message)])
