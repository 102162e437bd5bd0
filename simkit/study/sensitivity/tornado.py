"""One factor at a time: from the scenario as it is to the ends of each factor, same worlds."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.intervals import Difference, judged_difference, paired_difference
from simkit.study.sensitivity.designs import idle
from simkit.study.sensitivity.evaluate import Worlds, evaluate, playing
from simkit.study.sensitivity.factors import Factor, as_it_is
from simkit.study.workers import Tell


@dataclass(frozen=True)
class TornadoRow:
    """What one factor does alone; differences are against the scenario as it is."""

    factor: Factor
    at_low: Difference
    at_high: Difference
    base: float | None
    """Its value in the scenario; None where it has none."""

    @property
    def swing(self) -> float:
        """How far its ends, and the scenario as it is, lie apart at most."""
        known = [0.0, *(d.mean for d in (self.at_low, self.at_high) if not math.isnan(d.mean))]
        return max(known) - min(known)

    @property
    def idle(self) -> bool:
        """Whether nothing was different at either end, in any world."""
        return all(d.pairs and d.low == d.high == 0.0 for d in (self.at_low, self.at_high))

    @property
    def detected(self) -> bool:
        """Whether an end differs from the scenario as it is by more than luck can explain."""
        return any(d.verdict in ("more", "less") for d in (self.at_low, self.at_high))


@dataclass(frozen=True)
class Tornado:
    """The factors, the one that matters most first."""

    kpi: Kpi
    rows: tuple[TornadoRow, ...]
    middle: Difference
    """The figure of the scenario as it is: mean and interval over the worlds."""
    worlds: int
    confidence: float
    """All intervals of the rows hold together with this."""
    notes: tuple[Text, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data, an undefined number as None."""
        rows = [
            {
                "factor": row.factor.name,
                "low": row.factor.low,
                "high": row.factor.high,
                "base": row.base,
                "at_low": _plain(row.at_low),
                "at_high": _plain(row.at_high),
                "swing": row.swing,
                "detected": row.detected,
                "idle": row.idle,
            }
            for row in self.rows
        ]
        head = {"kpi": self.kpi.name, "worlds": self.worlds, "confidence": self.confidence}
        notes = [note.en for note in self.notes]
        return {**head, "middle": _plain(self.middle), "rows": rows, "notes": notes}


def _plain(found: Difference) -> dict[str, Any]:
    numbers = {k: None if math.isnan(v) else v for k, v in asdict(found).items()}
    return {**numbers, "verdict": found.verdict}


def tornado(
    scenario: Scenario,
    player: Player,
    factors: Sequence[Factor],
    kpi: str | Kpi,
    worlds: Worlds = 20,
    *,
    seed: int = 1,
    confidence: float = 0.95,
    tell: Tell = lambda done, total: None,
    **options: Any,
) -> Tornado:
    """Play every factor at both its ends, the others as they are; `options`: workers, store.

    Raises ScenarioError that names the factor, before anything is played.
    """
    plan = playing(scenario, player, factors, kpi, worlds, seed=seed, together=False, **options)
    base = [as_it_is(scenario, factor) for factor in factors]
    return tornado_of(
        plan.kpi, factors, evaluate(plan, tornado_design(factors), tell), base, confidence
    )


def tornado_design(factors: Sequence[Factor]) -> np.ndarray:
    """Return the points: the scenario as it is, then each factor at its low and its high end."""
    design = np.full((1 + 2 * len(factors), len(factors)), math.nan)
    for k, factor in enumerate(factors):
        design[1 + 2 * k, k], design[2 + 2 * k, k] = factor.low, factor.high
    return design


def tornado_of(
    kpi: Kpi,
    factors: Sequence[Factor],
    values: np.ndarray,
    base: Sequence[float | None],
    confidence: float = 0.95,
) -> Tornado:
    """Return the tornado of played values (points of `tornado_design` by worlds).

    Each interval is Student's t at 1 - (1 - confidence) / number of intervals (Bonferroni), so
    that all hold together. Worlds in which the figure is undefined are left out of a difference.
    """
    each = 1 - (1 - confidence) / (2 * len(factors))
    ends = [judged_difference((point - values[0]).tolist(), each) for point in values[1:]]
    rows = [
        TornadoRow(factor, ends[2 * k], ends[2 * k + 1], base[k])
        for k, factor in enumerate(factors)
    ]
    rows.sort(key=lambda row: -row.swing)
    middle = paired_difference(values[0].tolist(), confidence)
    still = [row.factor for row in rows if row.idle]
    notes = (*_undefined(values), *_outside(rows), *idle(still))
    return Tornado(kpi, tuple(rows), middle, values.shape[1], confidence, notes)


def _undefined(values: np.ndarray) -> list[Text]:
    number = int(np.isnan(values).sum())
    if not number:
        return []
    en = f"The figure is undefined in {number} of {values.size} worlds played; they were left out."
    zh = f"共运行 {values.size} 次，其中 {number} 次算不出该指标，已予剔除。"
    return [Text(en=en, zh=zh)]


def _outside(rows: Sequence[TornadoRow]) -> list[Text]:
    found = []
    for row in rows:
        low, high, base = row.factor.low, row.factor.high, row.base
        if base is not None and not low <= base <= high:
            words = row.factor.words
            en = f"{words.en}: the scenario has {base:g}, outside {low:g} to {high:g}."
            zh = f"{words.zh}：情景中的取值为 {base:g}，不在 {low:g} 至 {high:g} 之间。"
            found.append(Text(en=en, zh=zh))
    return found
