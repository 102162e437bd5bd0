"""Arms compared in the same worlds: differences with intervals that hold together, and verdicts.

All arms met the same worlds (common random numbers), so what is judged are paired differences,
world by world, with Student's t. Where several pairs of one figure are looked at, each gets its
share of the error (Bonferroni), because common worlds make the arms dependent on each other and
spoil the shorter methods (Nelson and Matejcik 1995, Management Science 41). Worlds in which a
figure cannot be said under one of two arms are left out of that pair, and counted.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from statistics import variance
from typing import Any, Literal

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text, did_you_mean
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.says import notes_on, says
from simkit.study.experiment.worlds import Results
from simkit.study.intervals import Difference, jackknife, judged_difference
from simkit.study.statistics.means import worlds_needed

Verdict = Literal[
    "b better",
    "b worse",
    "b higher",
    "b lower",
    "no detectable difference",
    "no difference at all",
    "too few worlds",
    "undefined",
]
Pairs = Literal["control", "all"]
TO_SEE = 0.02
"""The difference whose price in worlds is told, as a share of the first arm's mean."""
NINE_IN_TEN = 0.6
"""Half width over difference at which the difference is found in about nine of ten experiments:
1.96 / (1.96 + 1.28), the quantiles of the normal distribution at 0.975 and 0.9."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure under two arms; `difference` is b less a, in the unit of the figure."""

    kpi: str
    a: str
    b: str
    mean_a: float
    mean_b: float
    """Means over the worlds compared."""
    difference: float
    low: float
    high: float
    """Ends of the interval of the mean difference; nan where there are too few worlds."""
    n: int
    """Worlds compared."""
    undefined: int
    """Worlds left out because the figure cannot be said there under one of the two."""
    pairs: int
    """Pairs of this figure for which the intervals hold at once."""
    verdict: Verdict
    says: Text
    needed: int | None
    """Worlds in which a difference of 2 % would be found in nine of ten experiments."""
    saving: float | None
    """How many times as many worlds that takes where each arm has luck of its own."""

    @property
    def relative(self) -> float:
        """The difference as a share of the mean of a; nan where that is 0."""
        return self.difference / abs(self.mean_a) if self.mean_a else math.nan

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name; nan where something cannot be said."""
        return {**asdict(self), "relative": self.relative, "says": self.says.model_dump()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison says, and what should be known about it."""

    rows: tuple[Row, ...]
    arms: tuple[Arm, ...]
    worlds: int
    confidence: float
    notes: tuple[Text, ...]

    def row(self, kpi: str, a: str, b: str) -> Row:
        """Return the row of one figure and pair; raises KeyError."""
        found = [row for row in self.rows if (row.kpi, row.a, row.b) == (kpi, a, b)]
        if not found:
            raise KeyError(f"{kpi} of {a} and {b} was not compared")
        return found[0]

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name; nan where something cannot be said."""
        return {
            "policies": [arm.name for arm in self.arms],
            "replications": self.worlds,
            "confidence": self.confidence,
            "results": [row.as_dict() for row in self.rows],
            "notes": [note.model_dump() for note in self.notes],
        }


def compare(
    results: Results,
    kpis: Iterable[str] | None = None,
    control: str | None = None,
    confidence: float = 0.95,
    pairs: Pairs = "control",
) -> Comparison:
    """Return every arm against the control (the first, or the one named), or all pairs of them.

    With chance `confidence` all intervals of one figure hold the true mean differences. Plays
    nothing. Raises ValueError for fewer than two arms, an unknown name, or no such confidence.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence is above 0 and below 1, like 0.95; it is {confidence:g}")
    chosen, which = _kpis(results, kpis), _pairs(results, control, pairs)
    rows = tuple(
        _row(results, kpi, *pair, confidence, len(which)) for kpi in chosen for pair in which
    )
    notes = tuple(notes_on(results, rows, which, confidence))
    return Comparison(rows, results.arms, len(results.worlds), confidence, notes)


def _kpis(results: Results, names: Iterable[str] | None) -> list[Kpi]:
    known = {kpi.name: kpi for kpi in results.kpis}
    wanted = list(known) if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            raise ValueError(f"no KPI '{name}' in these results{did_you_mean(name, known)}")
    return [known[name] for name in wanted]


def _pairs(results: Results, control: str | None, pairs: Pairs) -> list[tuple[Arm, Arm]]:
    arms = {arm.name: arm for arm in results.arms}
    if len(arms) < 2:
        raise ValueError("a comparison takes two policies or more")
    if pairs == "all":
        return list(combinations(results.arms, 2))
    first = results.arms[0].name if control is None else control
    if first not in arms:
        raise ValueError(f"no policy '{first}' in these results{did_you_mean(first, arms)}")
    return [(arms[first], arm) for arm in results.arms if arm.name != first]


def _row(results: Results, kpi: Kpi, a: Arm, b: Arm, confidence: float, pairs: int) -> Row:
    both = paired(results.values(a.name, kpi.name), results.values(b.name, kpi.name))
    differences = [y - x for x, y in both]
    found = judged_difference(differences, 1.0 - (1.0 - confidence) / pairs)
    mean_a, mean_b = (_mean([pair[i] for pair in both]) for i in (0, 1))
    verdict = _verdict(kpi, found, differences, same_behaviour(a, b))
    told = verdict not in ("no difference at all", "too few worlds", "undefined")
    row = Row(
        kpi.name,
        a.name,
        b.name,
        mean_a,
        mean_b,
        found.mean,
        found.low,
        found.high,
        len(both),
        len(results.worlds) - len(both),
        pairs,
        verdict,
        Text(en="-", zh="-"),
        _needed(differences, mean_a, confidence, pairs) if told else None,
        saving(both) if told else None,
    )
    return replace(row, says=says(row, results, kpi, a, b))


def paired(a: Sequence[float], b: Sequence[float]) -> list[tuple[float, float]]:
    """Return the values of both arms in the worlds where both can be said."""
    pairs = zip(a, b, strict=True)
    return [(x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


def same_behaviour(a: Arm, b: Arm) -> bool:
    """Return whether two arms are bound to do the same in every world."""
    return a.player.key == b.player.key and a.scenario == b.scenario


def saving(both: Sequence[tuple[float, float]]) -> float | None:
    """Return how many times fewer worlds take paired values than values with luck of their own.

    (var a + var b) / var(b - a): for the same width of the interval the worlds go with the
    variance. None where the difference is the same in every world, or there are fewer than two.
    """
    apart = [x for x, _ in both], [y for _, y in both]
    together = [y - x for x, y in both]
    if len(both) < 2 or variance(together) == 0.0:
        return None
    return sum(map(variance, apart)) / variance(together)


def saving_interval(both: Sequence[tuple[float, float]]) -> Difference:
    """Return `saving` with its 95 % interval, by the jackknife on its logarithm."""

    def log_saving(kept: Sequence[int]) -> float:
        found = saving([both[i] for i in kept])
        return math.nan if not found else math.log(found)

    log = jackknife(log_saving, len(both))
    ends = (math.exp(log.mean), math.exp(log.low), math.exp(log.high))
    return Difference(*ends, len(both))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def _verdict(kpi: Kpi, found: Difference, differences: Sequence[float], same: bool) -> Verdict:
    if not differences:
        return "undefined"
    if not any(differences) and (same or len(differences) > 1):
        return "no difference at all"
    if math.isnan(found.low):
        return "too few worlds"
    if found.low <= 0.0 <= found.high:
        return "no detectable difference"
    more = found.low > 0.0
    if kpi.better == "in_band":
        return "b higher" if more else "b lower"
    return "b better" if more == (kpi.better == "higher") else "b worse"


def _needed(differences: Sequence[float], mean: float, confidence: float, pairs: int) -> int | None:
    if mean == 0.0:
        return None
    reach = NINE_IN_TEN * TO_SEE * abs(mean)
    return worlds_needed(differences, reach, 1.0 - (1.0 - confidence) / pairs)
