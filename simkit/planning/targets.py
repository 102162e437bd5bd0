"""A target from past years: baseline, floating band, adjustment; each step with its formula.

The method is that of the source documents: growth of past years, a band as wide as the market is
volatile, and a rule for changing a target in mid-year.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from simkit.scenario.record import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation: what came out, by which formula, from which numbers."""

    name: Text
    value: float
    formula: Text
    inputs: Mapping[str, float] = field(default_factory=dict)
    """The numbers of the formula, by the names it uses."""


def growth_rates(years: Sequence[float]) -> list[float]:
    """Return the growth from each year to the next, as a share.

    Raises ValueError for fewer than two years, a negative one, or one of zero before another.
    """
    if len(years) < 2:
        raise ValueError(f"growth needs two years or more, there are {len(years)}")
    for number, sales in enumerate(years, 1):
        if not math.isfinite(sales) or sales < 0:
            raise ValueError(f"year {number}: sales must be 0 or more, are {sales}")
        if sales == 0 and number < len(years):
            raise ValueError(f"year {number}: no sales, so that growth from it cannot be said")
    return [later / earlier - 1.0 for earlier, later in pairwise(years)]


def baseline(years: Sequence[float], window: int = 3) -> Step:
    """Return next year's baseline: last year and the mean growth of the last `window` years.

    `years`: sales by year, the oldest first. With fewer years than the window the growth there is
    is used. Raises ValueError as `growth_rates`, and for a window below 1.
    """
    if window < 1:
        raise ValueError(f"the growth of at least one year is needed, not of {window}")
    rates = growth_rates(years)[-window:]
    mean = math.fsum(rates) / len(rates)
    return Step(
        Text(en="Baseline", zh="基线"),
        years[-1] * (1.0 + mean),
        Text(
            en="last year x (1 + mean growth of the last {years} years)",
            zh="上年实际 × (1 + 近 {years} 年平均增长率)",
        ),
        {"last_year": years[-1], "mean_growth": mean, "years": float(len(rates))},
    )


def volatility(weeks: Sequence[float], season: Sequence[float] | None = None) -> Step:
    """Return the volatility coefficient: how far weeks stray from what their season says.

    The standard deviation of week / expected week, where the expected week is the mean of all
    weeks times its season index. `season`: index by week of the year, mean 1; without it every
    week is expected to be alike.
    Raises ValueError for fewer than three weeks, negative ones, none with sales, or a season of 0.
    """
    if len(weeks) < 3:
        raise ValueError(f"volatility needs three weeks or more, there are {len(weeks)}")
    if any(not math.isfinite(week) or week < 0 for week in weeks):
        raise ValueError("sales of a week must be 0 or more")
    season = list(season) if season else [1.0]
    if any(not math.isfinite(index) or index <= 0 for index in season):
        raise ValueError("the season index of a week must be above 0")
    index = [season[i % len(season)] for i in range(len(weeks))]
    level = math.fsum(weeks) / math.fsum(index)
    if not level:
        raise ValueError("there are no sales in these weeks")
    ratios = [week / (level * i) for week, i in zip(weeks, index, strict=True)]
    mean = math.fsum(ratios) / len(ratios)
    spread = math.sqrt(math.fsum((r - mean) ** 2 for r in ratios) / (len(ratios) - 1))
    return Step(
        Text(en="Volatility coefficient", zh="波动系数"),
        spread,
        Text(
            en="standard deviation of week / (mean x season)",
            zh="各周实际 ÷（周均 × 季节指数）的标准差",
        ),
        {"weeks": float(len(weeks)), "mean_week": math.fsum(weeks) / len(weeks)},
    )


@dataclass(frozen=True, slots=True)
class Band:
    """A floating band around a baseline; inside it a target is not touched."""

    low: float
    middle: float
    high: float

    def light(self, value: float) -> str:
        """Return "green" inside the band, "amber" up to as far again outside, else "red"."""
        width = (self.middle - self.low) if value < self.middle else (self.high - self.middle)
        away = abs(value - self.middle)
        return "green" if away <= width else "amber" if away <= 2.0 * width else "red"


def floating_band(middle: float, coefficient: float, width_factor: float = 1.0) -> Band:
    """Return the band: `middle` x (1 -+ `width_factor` x volatility coefficient), never below 0.

    Raises ValueError for a negative or infinite number.
    """
    for name, value in (("baseline", middle), ("volatility", coefficient), ("width", width_factor)):
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name}: must be 0 or more, is {value}")
    reach = width_factor * coefficient
    return Band(middle * max(0.0, 1.0 - reach), middle, middle * (1.0 + reach))


def adjusted(target: float, outside_change: float, threshold: float, factor: float) -> Step:
    """Return the target after a jump outside, such as a competitor's growth beyond a limit.

    New target = old x `factor` where `outside_change` (a share, either way) passes `threshold`.
    Raises ValueError for a threshold or factor below 0.
    """
    if threshold < 0 or factor < 0:
        raise ValueError("threshold and factor must be 0 or more")
    fires = abs(outside_change) > threshold
    return Step(
        Text(en="Adjusted target", zh="校准后目标"),
        target * factor if fires else target,
        Text(
            en="old target x factor, when the change outside is beyond the threshold",
            zh="外部变化超过阈值时：新目标 = 原目标 × 系数",
        ),
        {"old": target, "change": outside_change, "threshold": threshold, "factor": factor},
    )


def two_weeks_under(actual: Sequence[float], lower: Sequence[float], weeks: int = 2) -> int | None:
    """Return the first week (0-based) that is the `weeks`-th in a row under its lower limit.

    None when that never happens. Raises ValueError when limits are not given for every week.
    """
    if len(actual) != len(lower):
        raise ValueError(f"{len(actual)} weeks and {len(lower)} limits: give one for each")
    run = 0
    for week, (value, limit) in enumerate(zip(actual, lower, strict=True)):
        run = run + 1 if value < limit else 0
        if run >= weeks:
            return week
    return None


def weeks_to_false_alarm(chance: float, weeks: int = 2) -> float:
    """Return the mean number of weeks to `weeks` in a row under the limit, for independent weeks.

    1/p + 1/p^2 + ... + 1/p^k = (1 - p^k) / ((1 - p) p^k) with p the chance that a week is under its
    limit and k the weeks; (1 + p) / p^2 for two (Feller 1968, An Introduction to Probability
    Theory, vol. 1, XIII.7, success runs). Raises ValueError outside 0 to 1, and below one week.
    """
    if not 0 < chance <= 1:
        raise ValueError(f"the chance must be above 0 and at most 1, is {chance}")
    if weeks < 1:
        raise ValueError(f"at least one week must be under its limit, not {weeks}")
    return math.fsum(chance**-k for k in range(1, weeks + 1))


# Appraisal


def appraisal(
    results: Mapping[str, float], weights: Mapping[str, float], behaviour: float
) -> tuple[float, float]:
    """Return the two dimensions of an appraisal, result and behaviour, each from 0 to 1.

    `results`: attainment by KPI, 1 is as agreed, more than 1.5 counts as 1.5 so that one KPI does
    not make up for all others; the result is their weighted mean / 1.5. Weights differ by stage
    of the market: a new one is about coverage, a mature one about margin.
    Raises ValueError for weights that are negative or all zero, KPIs without weight, or a
    behaviour outside 0 to 1.
    """
    if set(results) != set(weights):
        raise ValueError("every KPI needs a weight, and every weight a KPI")
    if any(w < 0 for w in weights.values()) or not any(weights.values()):
        raise ValueError("weights must be 0 or more, and not all zero")
    if not 0 <= behaviour <= 1:
        raise ValueError(f"behaviour must be from 0 to 1, is {behaviour}")
    capped = {name: min(1.5, max(0.0, value)) for name, value in results.items()}
    total = math.fsum(weights.values())
    return math.fsum(weights[n] * capped[n] for n in capped) / total / 1.5, behaviour
