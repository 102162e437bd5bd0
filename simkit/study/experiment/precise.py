"""As many worlds as an answer takes: until it is precise enough, or out of reach."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text, did_you_mean
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.stages import MOST, STAGE, first_worlds, joined
from simkit.study.experiment.worlds import Results, replicate
from simkit.study.statistics.means import deviation, worlds_needed
from simkit.study.statistics.sequential import Enough, running
from simkit.study.workers import Tell, Workers

if TYPE_CHECKING:
    from simkit.study.experiment.store import Store

Reason = Literal["precise", "most worlds", "out of reach", "undefined"]
HOPELESS = 2.0
"""Where the first worlds foretell more than this times the maximum, no more are played; the
variance of ten worlds is uncertain by about such a factor."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How precisely a figure is to be known; of two arms or more, its difference."""

    value: float
    """Half the width of the interval, in the unit of the figure; or a share."""
    relative: bool = False
    """Whether `value` is a share of the figure's mean under the control, the first arm."""
    kpi: str = "revenue"

    def __post_init__(self) -> None:
        """Raise ValueError for a precision that can't be meant."""
        Enough(self.value, self.relative)

    @classmethod
    def read(cls, text: str, kpi: str) -> "Precision":
        """Return "2%" or "5000" as a precision; raises ValueError for anything else."""
        plain = text.strip().replace("％", "%")
        relative = plain.endswith("%")
        try:
            value = float(plain.removesuffix("%").replace(",", ""))
        except ValueError:
            raise ValueError(f"'{text}' is no precision: write 2% or an amount") from None
        return cls(value / 100.0 if relative else value, relative, kpi)

    def wanted(self, mean: float) -> float:
        """Return the half width to be reached where the mean under the control is `mean`.

        A relative one of g is g / (1 + g) of it, for that mean is an estimate too (Law 2015, 9.4).
        """
        return self.value / (1.0 + self.value) * abs(mean) if self.relative else self.value


@dataclass(frozen=True)
class Replicated:
    """Results, and why no more worlds were played."""

    results: Results
    reason: Reason
    says: Text


def replicate_until(
    arms: Sequence[Arm],
    kpis: Sequence[Kpi],
    precision: Precision,
    confidence: float = 0.95,
    *,
    first: int = 10,
    most: int = MOST,
    seed: int = 1,
    workers: Workers = 2,
    store: "Store | None" = None,
    tell: Tell = lambda done, total: None,
) -> Replicated:
    """Play worlds until the precision is reached in all pairs with the first arm, or `most`.

    One arm alone: until its own mean is. Worlds are counted one by one, so that neither stages nor
    workers change where it ends, and the precision must last for some more worlds (see `Enough`).
    Stopping at a width is honest; stopping when a difference shows is not. Raises ValueError for a
    KPI that is not among `kpis`, or numbers that can't be meant.
    """
    if precision.kpi not in (names := [kpi.name for kpi in kpis]):
        raise ValueError(f"no KPI '{precision.kpi}' here{did_you_mean(precision.kpi, names)}")
    if not 2 <= first <= most:
        raise ValueError(f"play at least 2 worlds, and at most {first} or more, not {most}")
    found: Results | None = None
    planned = first
    while True:
        begun = 0 if found is None else len(found.worlds)

        def tell_all(done: int, _total: int, begun: int = begun, all_: int = planned) -> None:
            tell(begun * len(arms) + done, all_ * len(arms))

        stage = replicate(
            arms,
            range(begun, planned),
            kpis,
            seed=seed,
            workers=workers,
            store=store,
            tell=tell_all,
        )
        found = joined(found, stage)
        if enough := first_enough(found, precision, confidence, first):
            return _ended(first_worlds(found, enough), "precise", precision, most, None)
        needed = _foretold(found, precision, confidence)
        if reason := _reason_to_stop(needed, len(found.worlds), most):
            return _ended(found, reason, precision, most, needed)
        planned = _next(len(found.worlds), needed, most)


def first_enough(
    results: Results, precision: Precision, confidence: float = 0.95, first: int = 10
) -> int:
    """Return the number of worlds, the first ones, after which the precision was reached, or 0."""
    series = _series(results, precision.kpi)
    sure = 1.0 - (1.0 - confidence) / len(series)
    fine = [_precise(*one, precision, sure, first) for one in series]
    rule = Enough(1.0, confidence=sure, first=first)
    since = 0
    for n, all_fine in enumerate(map(all, zip(*fine, strict=True)), 1):
        since = (since or n) if all_fine else 0
        if since and n - since >= rule.ahead(since):
            return n
    return 0


Series = tuple[list[float], list[float]]
"""What is to be known, world by world, and the figure under the control."""


def _series(results: Results, kpi: str) -> list[Series]:
    """Return the differences of each arm from the first; of a single arm its own values."""
    control, *others = (results.values(arm.name, kpi) for arm in results.arms)
    if not others:
        return [(control, control)]
    return [([b - a for a, b in zip(control, arm, strict=True)], control) for arm in others]


def _precise(
    values: list[float], control: list[float], precision: Precision, sure: float, first: int
) -> Iterator[bool]:
    """Yield after each world whether the mean of `values` is known precisely enough."""
    known: list[tuple[float, float]] = []
    precise = False
    ends = _running(values), _running(control)
    for value, (n, mean, sd), (_, base, _) in zip(values, *ends, strict=True):
        if math.isfinite(value):
            known.append((value, mean))
            rule = Enough(max(precision.wanted(base), 1e-300), False, sure, first)
            precise = n >= first and rule.precise(n, mean, sd)
        yield precise


def _running(values: list[float]) -> Iterator[tuple[int, float, float]]:
    """Yield number, mean and deviation after each value; an undefined one changes nothing."""
    found = running([value for value in values if math.isfinite(value)])
    now = (0, math.nan, math.nan)
    for value in values:
        now = next(found) if math.isfinite(value) else now
        yield now


def _foretold(results: Results, precision: Precision, confidence: float) -> int | None:
    """Return about how many worlds it will take; None where too few say anything."""
    series = _series(results, precision.kpi)
    sure = 1.0 - (1.0 - confidence) / len(series)
    found = []
    for values, control in series:
        known = [v for v in values if math.isfinite(v)]
        base = [v for v in control if math.isfinite(v)]
        if len(known) < 2:
            return None
        wanted = precision.wanted(math.fsum(base) / len(base))
        if wanted == 0.0 and deviation(known) > 0.0:
            return None
        share = len(known) / len(values)
        needed = worlds_needed(known, wanted, sure) if wanted else 2
        found.append(math.ceil(needed / share))
    return max(found)


def _reason_to_stop(needed: int | None, played: int, most: int) -> Reason | None:
    if needed is None:
        return "undefined"
    if needed > HOPELESS * most:
        return "out of reach"
    return "most worlds" if played >= most else None


def _next(played: int, needed: int | None, most: int) -> int:
    """Return how many worlds to have after the next stage: not all that are foretold at once."""
    ahead = max(STAGE, min((needed or 0) - played + STAGE, played))
    return min(most, played + ahead)


def _ended(
    results: Results, reason: Reason, precision: Precision, most: int, needed: int | None
) -> Replicated:
    n, about = len(results.worlds), f"{needed or 0:,}"
    words = {
        "precise": (
            f"The precision asked for was reached after {n} worlds.",
            f"{n} 个世界后达到所要求的精度。",
        ),
        "most worlds": (
            f"Not precise enough yet: stopped at the maximum, {n} worlds; about {about} would do.",
            f"精度还不够：已到上限 {n} 个世界，大约需要 {about} 个。",
        ),
        "out of reach": (
            f"Out of reach: about {about} worlds would be needed, at most {most:,} are allowed; "
            f"stopped after {n}. Ask for less precision, or allow more worlds.",
            f"达不到：大约需要 {about} 个世界，上限是 {most:,} 个，运行 {n} 个后停止。"
            "请放宽精度，或提高上限。",
        ),
        "undefined": (
            f"{precision.kpi} cannot be said in enough of the {n} worlds to know its precision; "
            "choose another KPI, or an amount instead of a share.",
            f"{n} 个世界中能算出 {precision.kpi} 的太少，无法判断精度；请换一个指标，"
            "或改用绝对数额。",
        ),
    }
    en, zh = words[reason]
    return Replicated(results, reason, Text(en=en, zh=zh))
