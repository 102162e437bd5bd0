"""All that a comparison needs to be made again, in one file; and its replay."""

import json
import platform
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from simkit.kpi.catalogue import Kpi
from simkit.region.decision import Decision, Policy
from simkit.region.policies import POLICIES
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.tables import decision_groups
from simkit.study.experiment.weekly import Weekly, set_in
from simkit.study.experiment.worlds import Results, play_each
from simkit.study.run import canonical, recorded, versions
from simkit.study.settings import with_levers
from simkit.study.workers import Tell, Workers

if TYPE_CHECKING:
    from simkit.study.experiment.compare import Comparison

FORMAT = "simkit-comparison-1"
INPUTS = ("policies", "seed", "worlds", "kpis")
"""What is played, besides the scenarios; sealed, so that no edited file agrees by accident."""
NEEDED = ("scenarios", "digest", "inputs_sha256", *INPUTS)
REPEATED = "recorded:"
FEW = 24
"""Worlds that are played sooner than processes start."""


class Replay(NamedTuple):
    """What came out of a replay."""

    digest: str
    recorded: str
    """The digest in the manifest."""
    repeated: tuple[str, ...]
    """Policies that could not be rebuilt, so that their recorded decisions were repeated."""

    @property
    def agrees(self) -> bool:
        """Whether the replay is the comparison."""
        return self.digest == self.recorded


# What is written


def manifest(results: Results, comparison: "Comparison | None" = None) -> dict[str, Any]:
    """Return everything that makes the same comparison again, and what it was made with.

    A policy that is known by what it does (of the catalogue, of a file, of a game, with levers) is
    kept as that. What a function of a notebook decided is kept world by world.
    """
    scenarios = [_scenario_data(arm) for arm in results.arms]
    data: dict[str, Any] = {
        "format": FORMAT,
        "scenarios": {digest_of(data): data for data in scenarios},
        "policies": [
            _policy(results, arm, digest_of(data))
            for arm, data in zip(results.arms, scenarios, strict=True)
        ],
        "seed": results.seed,
        "worlds": list(results.worlds),
        "kpis": [kpi.name for kpi in results.kpis],
    }
    return {
        **data,
        "inputs_sha256": _seal(data),
        "digest": results.digest,
        "digest_digits": 10,
        "digest_exact": exact_digest(results),
        "compared": _compared(comparison),
        "versions": versions(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "byte_order": sys.byteorder,
    }


def _scenario_data(arm: Arm) -> dict[str, Any]:
    data: dict[str, Any] = arm.scenario.model_dump(mode="json")
    return data


def digest_of(data: Any) -> str:
    """Return the SHA-256 of plain data, the same for the same content."""
    return sha256(canonical(data).encode()).hexdigest()


def exact_digest(results: Results) -> str:
    """Return a digest of all values to the last bit; it may differ between machines."""
    rows = [
        [arm, world, *(f"{k}={v!r}" for k, v in sorted(summary.values.items()))]
        for (arm, world), summary in sorted(results.summaries.items())
    ]
    return digest_of(rows)


def _policy(results: Results, arm: Arm, scenario: str) -> dict[str, Any]:
    found = {
        "name": arm.name,
        "title": arm.title.model_dump(),
        "scenario": scenario,
        "player": arm.player.name,
        "key": arm.player.key,
    }
    if policy_of(arm.player.key) is not None:
        return found
    groups = decision_groups(results, arm.name)
    return {**found, "decided": [{"worlds": w, "decisions": d} for w, d in groups]}


def _compared(comparison: "Comparison | None") -> dict[str, Any] | None:
    if comparison is None:
        return None
    pairs = dict.fromkeys((row.a, row.b) for row in comparison.rows)
    return {"confidence": comparison.confidence, "pairs": [list(pair) for pair in pairs]}


def _seal(data: dict[str, Any]) -> str:
    return digest_of([data[name] for name in INPUTS])


def policy_of(key: str) -> Policy | None:
    """Return the policy that the key of a player describes, or None where it only names one."""
    if key in POLICIES:
        return POLICIES[key]
    try:
        if key.startswith(REPEATED):
            return recorded(json.loads(key.removeprefix(REPEATED)))
        data = json.loads(key)
        base = policy_of(data["policy"])
        if base is None:
            return None
        if "start" in data:
            return with_levers(base, data["start"])
        return Weekly(
            base, tuple((week, set_in(Decision(**set_to))) for week, set_to in data["weeks"])
        )
    except (ValueError, KeyError, TypeError):
        return None


# What is read


def is_comparison(path: str | Path) -> bool:
    """Return whether a file, or the manifest in a folder, is that of a comparison."""
    try:
        return bool(_read(Path(path)).get("format") == FORMAT)
    except (OSError, ValueError, RecursionError, AttributeError):
        return False


def _read(path: Path) -> Any:
    return json.loads(_file(path).read_text(encoding="utf-8"))


def _file(path: Path) -> Path:
    return path / "manifest.json" if path.is_dir() else path


def load_comparison(path: str | Path) -> dict[str, Any]:
    """Return the manifest of a comparison, checked.

    Raises ScenarioError when the file cannot be read, is none, or was edited.
    """
    file = _file(Path(path))
    try:
        data = _read(file)
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(file, "is not the manifest of a comparison") from error
    missing = [name for name in NEEDED if name not in data] if isinstance(data, dict) else NEEDED
    if missing:
        raise _refused(file, f"the manifest lacks {', '.join(missing)}")
    for problem in _edited(data):
        raise _refused(file, problem)
    return data  # type: ignore[no-any-return]


def _edited(data: dict[str, Any]) -> Iterator[str]:
    """Yield what was changed after the comparison."""
    remedy = "compare again with 'simkit compare' to try something else"
    scenarios = data["scenarios"]
    whole = isinstance(scenarios, dict) and all(digest_of(s) == k for k, s in scenarios.items())
    if not whole:
        yield f"a scenario in the manifest was changed after the comparison; {remedy}"
    if _seal(data) != data["inputs_sha256"]:
        yield (
            "the policies, the seed, the worlds or the KPIs in the manifest were changed after the "
            f"comparison; {remedy}"
        )


def replay(
    data: dict[str, Any], workers: Workers = 2, tell: Tell = lambda done, total: None
) -> Replay:
    """Play all worlds of a loaded manifest again.

    Raises ScenarioError when it does not fit this version of simkit, or has a KPI that this
    process does not know.
    """
    kpis, seed = _kpis(data["kpis"]), data["seed"]
    try:
        wholes = [whole for policy in data["policies"] for whole in _wholes(data, policy)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"the recorded comparison does not fit this version of simkit: {error}"
        raise _refused("manifest", message) from error
    alone = len(wholes) * len(wholes[0][0].scenario.regions or "1") <= FEW if wholes else True
    found = play_each(wholes, kpis, seed=seed, workers=1 if alone else workers, tell=tell)
    arms = {arm.name: arm for arm, _ in wholes}
    again = Results(tuple(arms.values()), kpis, seed, tuple(data["worlds"]), found)
    repeated = tuple(policy["name"] for policy in data["policies"] if "decided" in policy)
    return Replay(again.digest, str(data["digest"]), repeated)


def _kpis(names: list[str]) -> tuple[Kpi, ...]:
    try:
        return find_figures(names)
    except ValueError as error:
        message = (
            f"{error}; a KPI of a notebook is known only there: run its cell, then "
            "simkit.study.experiment.manifest.replay(load_comparison(...))"
        )
        raise _refused("manifest", message) from error


def _wholes(data: dict[str, Any], policy: dict[str, Any]) -> Iterator[tuple[Arm, int]]:
    """All worlds of one policy, each with who decides in it."""
    scenario = Scenario.model_validate(data["scenarios"][policy["scenario"]])
    title = Text.model_validate(policy["title"])
    for decide, worlds in _who(policy, data["worlds"]):
        player = Player(str(policy["player"]), title, decide, str(policy["key"]))
        arm = Arm(str(policy["name"]), title, scenario, player)
        yield from ((arm, int(world)) for world in worlds)


def _who(policy: dict[str, Any], worlds: list[int]) -> Iterator[tuple[Policy, list[int]]]:
    """Who decides in which worlds."""
    if "decided" in policy:
        for group in policy["decided"]:
            yield _repeated(group["decisions"]), group["worlds"]
        return
    decide = policy_of(policy["key"])
    if decide is None:
        raise ValueError(f"there is no policy '{policy['player']}'")
    yield decide, worlds


def _repeated(decisions: list[dict[str, Any]]) -> Policy:
    """The policy that repeats decisions; in a country, those of each of its regions."""
    names = {name for change in decisions for name in change["levers"]} - {*Decision.model_fields}
    regions = {name.partition(".")[0] for name in names}
    repeats = {region: recorded(_of_region(decisions, region)) for region in regions}
    elsewhere = recorded(_of_region(decisions, ""))
    return lambda report: repeats.get(report.scenario.key, elsewhere)(report)


def _of_region(decisions: list[dict[str, Any]], region: str) -> list[dict[str, Any]]:
    """What was changed everywhere, and in one region of a country."""
    found = []
    for change in decisions:
        levers = {k: v for k, v in change["levers"].items() if k in Decision.model_fields}
        own = {k: v for k, v in change["levers"].items() if k.startswith(f"{region}.")}
        levers |= {k.removeprefix(f"{region}."): v for k, v in own.items()}
        found.append({"week": change["week"], "levers": levers})
    return found


def _refused(path: str | Path, message: str) -> ScenarioError:
    return ScenarioError([Problem(str(path), None, None, message)])
