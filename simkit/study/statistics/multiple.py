"""Several comparisons at once that are all right together with the confidence stated."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from simkit.study.intervals import Difference, paired_difference
from simkit.study.statistics.arms import (
    Better,
    Results,
    complete,
    differences,
    mean,
    same_worlds,
    sign,
)
from simkit.study.statistics.constants import dunnett_constant, largest_t
from simkit.study.statistics.means import defined, must_be_share


class Contrast(NamedTuple):
    """A difference of means and its interval."""

    difference: float
    low: float
    high: float


def mcb(
    results: Results,
    better: Better = "higher",
    confidence: float = 0.95,
    pooled: bool = False,
) -> dict[str, tuple[float, float]]:
    """Return for each the interval of its mean less that of the best of the others.

    Same worlds for all; all intervals hold at once. Where more is better, one whose interval is
    not above 0 is not the best, and one whose interval starts at 0 is. `pooled`: one common
    variance of all differences, with Dunnett's constant for (k - 1)(n - 1) degrees of freedom:
    shorter, but right only where all differences are about equally variable (Nelson and Matejcik
    1995, Management Science 41). Otherwise each pair has its own, with Student's t at the level
    (1 - confidence) / (k - 1), one-sided (Bonferroni; Hsu 1996, Multiple Comparisons, chapter 4).
    Worlds in which the figure is undefined for any are left out. Raises ValueError for fewer than
    two to compare or fewer than two worlds.
    """
    must_be_share(confidence)
    same_worlds(results, 2)
    side, known = sign(better), complete(results)
    if len(next(iter(known.values()))) < 2:
        raise ValueError("the figure is defined for all in fewer than 2 worlds: play more")
    against = _pooled(known, confidence) if pooled else _by_pair(known, confidence)
    found = {}
    for name in known:
        others = [_turned(against[name, other], side) for other in known if other != name]
        low, high = min(o.low for o in others), min(o.high for o in others)
        ends = side * min(0.0, low), side * max(0.0, high)
        found[name] = (min(ends), max(ends))
    return found


def _turned(pair: Difference, side: float) -> Difference:
    if side > 0:
        return pair
    return Difference(-pair.mean, -pair.high, -pair.low, pair.pairs)


def _by_pair(known: Results, confidence: float) -> dict[tuple[str, str], Difference]:
    level = one_sided(confidence, len(known) - 1)
    return {
        (a, b): paired_difference(differences(known[a], known[b]), level)
        for a in known
        for b in known
        if a != b
    }


def one_sided(confidence: float, comparisons: int) -> float:
    """Return the two-sided confidence each end of which errs in (1 - confidence) / comparisons."""
    return 1.0 - 2.0 * (1.0 - confidence) / comparisons


def _pooled(known: Results, confidence: float) -> dict[tuple[str, str], Difference]:
    arms, worlds = len(known), same_worlds(known)
    constant = dunnett_constant(arms - 1, (arms - 1) * (worlds - 1), confidence)
    reach = constant * math.sqrt(2.0 * residual_variance(known) / worlds)
    found = {}
    for a in known:
        for b in known:
            middle = mean(differences(known[a], known[b]))
            found[a, b] = Difference(middle, middle - reach, middle + reach, worlds)
    return found


def residual_variance(known: Results) -> float:
    """Return the variance left when the means of arms and of worlds are taken out.

    Half the variance of a difference, where all differences are equally variable.
    """
    means = {name: mean(values) for name, values in known.items()}
    middle = mean([*means.values()])
    worlds = [mean(world) for world in zip(*known.values(), strict=True)]
    squares = (
        (value - means[name] - world + middle) ** 2
        for name, values in known.items()
        for value, world in zip(values, worlds, strict=True)
    )
    return math.fsum(squares) / ((len(known) - 1) * (len(worlds) - 1))


def dunnett(results: Results, control: str, confidence: float = 0.95) -> dict[str, Contrast]:
    """Return each mean less that of the control, all intervals holding at once.

    Only for *independent* worlds: another seed for each, any number of them. In common worlds take
    paired differences with Bonferroni (`simkit.study.intervals`). One pooled variance. Values that
    are not numbers are left out. Source: Dunnett 1955, 1964. Raises ValueError for an unknown
    control, nothing to compare, or too few worlds.
    """
    known = {name: defined(values) for name, values in results.items()}
    if control not in known or len(known) < 2:
        raise ValueError(f"no control '{control}' with others to compare it with")
    freedom = sum(map(len, known.values())) - len(known)
    if freedom < 1 or not all(known.values()):
        raise ValueError("too few worlds: each needs 1 in which the figure is defined, one of 2")
    sd = math.sqrt(math.fsum(map(_squares, known.values())) / freedom)
    sizes = {name: len(values) for name, values in known.items() if name != control}
    own = len(known[control])
    loadings = tuple(math.sqrt(size / (own + size)) for size in sizes.values())
    reach = largest_t(loadings, freedom, confidence, sides=2) * sd
    found = {}
    for name, size in sizes.items():
        middle = mean(known[name]) - mean(known[control])
        width = reach * math.sqrt(1.0 / size + 1.0 / own)
        found[name] = Contrast(middle, middle - width, middle + width)
    return found


def _squares(values: Sequence[float]) -> float:
    middle = mean(values)
    return math.fsum((v - middle) ** 2 for v in values)
