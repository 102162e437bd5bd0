"""The names that may still be the best: what a table shades."""

from simkit.study.intervals import judged_difference
from simkit.study.statistics.arms import Better, Results, differences, same_worlds, sign
from simkit.study.statistics.means import must_be_share
from simkit.study.statistics.multiple import one_sided


def screen(results: Results, better: Better = "higher", alpha: float = 0.05) -> tuple[str, ...]:
    """Return the names kept, in their order; the best is among them with chance 1 - `alpha`.

    Same worlds for all. One is dropped when another's mean is better by more than
    t(n - 1, alpha / (k - 1)) s / sqrt(n), s of the two's differences, world by world. Nobody is
    dropped by worlds in which the figure is undefined. Source: Nelson, Swann, Goldsman and Song
    2001, Operations Research 49, in the form for common random numbers.
    """
    must_be_share(alpha, "an error rate")
    same_worlds(results)
    side = sign(better)
    level = one_sided(1.0 - alpha, max(1, len(results) - 1))

    def beaten(name: str, other: str) -> bool:
        ahead = differences(results[other], results[name])
        return judged_difference([side * d for d in ahead], level).low > 0.0

    rivals = {name: [other for other in results if other != name] for name in results}
    return tuple(name for name in results if not any(beaten(name, o) for o in rivals[name]))
