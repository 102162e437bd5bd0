"""Agreement of raters, and how well a score tells two groups apart, each with its interval."""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from simkit.scenario.record import Text

CONFIDENCE = 0.95
Z = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""
DUST = 1e-12
"""What rounding leaves of nought."""
KAPPA_WORDS = (
    (0.0, Text(en="poor", zh="差")),
    (0.2, Text(en="slight", zh="极低")),
    (0.4, Text(en="fair", zh="一般")),
    (0.6, Text(en="moderate", zh="中等")),
    (0.8, Text(en="substantial", zh="较高")),
    (1.0, Text(en="almost perfect", zh="几乎完全一致")),
)
"""Words for a kappa up to the value before them (Landis & Koch 1977)."""
ICC_WORDS = (
    (0.5, Text(en="poor", zh="差")),
    (0.75, Text(en="moderate", zh="中等")),
    (0.9, Text(en="good", zh="良好")),
    (math.inf, Text(en="excellent", zh="优秀")),
)
"""Words for an ICC below the value before them (Koo & Li 2016)."""
UNKNOWN = Text(en="cannot be said", zh="无法判断")


class Interval(NamedTuple):
    """A figure with its 95 % interval, from `n` rated things; NaN where it cannot be said."""

    value: float
    low: float
    high: float
    n: int

    @property
    def known(self) -> bool:
        """Whether there is a figure, and an interval to judge it by."""
        return all(map(math.isfinite, self[:3]))


def weighted_kappa(
    a: Sequence[int],
    b: Sequence[int],
    levels: int = 3,
    weights: Literal["quadratic", "linear"] = "quadratic",
) -> Interval:
    """Return Cohen's weighted kappa of two raters who gave 0 .. levels - 1 to the same things.

    Interval: large-sample normal (Fleiss, Cohen & Everitt 1969). Raters who never disagree leave
    no spread to judge by: then the low end holds the share of neighbouring grades that n
    agreements in a row still allow (1 - 0.025^(1/n)). Unknown when both gave one grade throughout;
    without an interval where nothing varies by which to judge it, as when one rater always did.

    Raises ValueError with lists of different lengths or a grade outside the levels.
    """
    if len(a) != len(b):
        raise ValueError(f"two raters of {len(a)} and {len(b)} things cannot be compared")
    if any(grade not in range(levels) for grade in (*a, *b)):
        raise ValueError(f"a grade must be one of 0 to {levels - 1}")
    n = len(a)
    table = np.zeros((levels, levels))
    np.add.at(table, (np.asarray(a, int), np.asarray(b, int)), 1.0)
    rows, columns = table.sum(1) / max(n, 1), table.sum(0) / max(n, 1)
    apart = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels))) / (levels - 1)
    weight = 1 - (apart**2 if weights == "quadratic" else apart)
    seen, chance = float((weight * table).sum() / max(n, 1)), float(rows @ weight @ columns)
    if n == 0 or chance >= 1:
        return Interval(math.nan, math.nan, math.nan, n)
    kappa = (seen - chance) / (1 - chance)
    if seen >= 1:
        nearest = (1 - 0.025 ** (1 / n)) * (1 - weight[0, 1])
        return Interval(kappa, max(-1.0, 1 - nearest / (1 - chance)), 1.0, n)
    mean = np.add.outer(weight @ columns, rows @ weight)
    inner = (weight - mean * (1 - kappa)) ** 2
    variance = float((table / n * inner).sum()) - (kappa - chance * (1 - kappa)) ** 2
    if variance <= DUST:
        return Interval(kappa, math.nan, math.nan, n)
    half = Z * math.sqrt(variance / n) / (1 - chance)
    return Interval(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), n)


def icc_2_1(table: Sequence[Sequence[float]]) -> Interval:
    """Return the intraclass correlation of single ratings, absolute agreement, random raters.

    `table`: a row per rated thing, a column per rater. ICC(2,1) of Shrout & Fleiss 1979; interval
    of McGraw & Wong 1996, table 7, ICC(A,1). Unknown with fewer than two rows or columns, or when
    neither things nor raters differ; without an interval where raters differ by a constant that
    is all there is. Raises ValueError when rows differ in length.
    """
    if len({len(row) for row in table}) > 1:
        raise ValueError("every rated thing needs a rating by every rater")
    ratings = np.asarray(table, float).reshape(len(table), len(table[0]) if len(table) else 0)
    n, k = ratings.shape
    if n < 2 or k < 2 or np.ptp(ratings) == 0:
        return Interval(math.nan, math.nan, math.nan, n)
    grand = ratings.mean()
    of_rows = k * float(((ratings.mean(1) - grand) ** 2).sum()) / (n - 1)
    of_raters = n * float(((ratings.mean(0) - grand) ** 2).sum()) / (k - 1)
    rest = ratings - ratings.mean(1, keepdims=True) - ratings.mean(0, keepdims=True) + grand
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    whole = of_rows + (k - 1) * error + k * (of_raters - error) / n
    if whole <= DUST:
        return Interval(math.nan, math.nan, math.nan, n)
    icc = (of_rows - error) / whole
    return Interval(icc, *_icc_interval(icc, n, k, of_rows, of_raters, error), n)


def _icc_interval(
    icc: float, n: int, k: int, of_rows: float, of_raters: float, error: float
) -> tuple[float, float]:
    """Return the 95 % interval from the mean squares of rows, raters and error."""
    from scipy.stats import f  # takes long to import

    if error + of_raters <= 1e-12 * of_rows:
        return 1.0, 1.0
    if icc >= 1:
        return math.nan, math.nan
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    whole = (a * of_raters + b * error) ** 2
    parts = (a * of_raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if parts <= DUST**2:
        return math.nan, math.nan
    v = whole / parts
    tail = 1 - (1 - CONFIDENCE) / 2
    low, high = float(f.ppf(tail, n - 1, v)), float(f.ppf(tail, v, n - 1))
    spread = k * of_raters + (k * n - k - n) * error
    least = n * (of_rows - low * error) / (low * spread + n * of_rows)
    most = n * (high * of_rows - error) / (spread + n * high * of_rows)
    return float(least), min(1.0, most)


def auc(higher: Sequence[float], lower: Sequence[float]) -> Interval:
    """Return the share of pairs in which one of `higher` scores above one of `lower`, ties half.

    The area under the ROC curve (Mann & Whitney 1947); interval by the score method with the
    variance of Hanley & McNeil 1982 (Newcombe 2006, method 5), which holds at 0 and 1 as well.
    Unknown when one of the groups is empty.
    """
    m, n = len(higher), len(lower)
    if not m or not n:
        return Interval(math.nan, math.nan, math.nan, m + n)
    signs = np.sign(np.subtract.outer(np.asarray(higher, float), np.asarray(lower, float)))
    value = float((signs + 1).mean() / 2)

    def excess(area: float) -> float:
        pairs = (m + n) / 2 - 1
        variance = area * (1 - area) / (m * n)
        variance *= 1 + pairs * ((1 - area) / (2 - area) + area / (1 + area))
        return (area - value) ** 2 - Z**2 * variance

    return Interval(value, _root(excess, 0.0, value), _root(excess, 1.0, value), m + n)


def _root(excess: Callable[[float], float], outside: float, inside: float) -> float:
    """Return where `excess` turns from above nought at `outside` to below at `inside`."""
    if excess(outside) <= 0:
        return outside
    for _ in range(50):
        middle = (outside + inside) / 2
        outside, inside = (middle, inside) if excess(middle) > 0 else (outside, middle)
    return (outside + inside) / 2


def kappa_words(value: float) -> Text:
    """Return the word of Landis & Koch 1977 for a kappa."""
    if not math.isfinite(value):
        return UNKNOWN
    if value < 0:
        return KAPPA_WORDS[0][1]
    return next(word for most, word in KAPPA_WORDS[1:] if value <= most + DUST)


def icc_words(low: float, high: float) -> Text:
    """Return the words of Koo & Li 2016 for an ICC, judged on its interval: "moderate to good"."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    first, last = (next(word for below, word in ICC_WORDS if end < below) for end in (low, high))
    if first is last:
        return first
    return Text(en=f"{first.en} to {last.en}", zh=f"{first.zh}到{last.zh}")
