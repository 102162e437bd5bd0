"""How often intervals hold the truth, also when results are skewed, looked at often, or few."""

import math
from collections.abc import Sequence

import numpy as np

from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import Row, exact_row
from simkit.study.evidence.statistics_rows import (
    FEWEST_RUNS,
    MOST_RUNS,
    at_most,
    chance,
    error_of,
    known_share,
    named,
    promised,
    together,
)
from simkit.study.intervals import paired_difference, student
from simkit.study.statistics.confidence_sequence import FIRST, sequence
from simkit.study.statistics.means import estimate
from simkit.study.statistics.multiple import mcb
from simkit.study.statistics.quantiles import order_numbers, quantile_interval
from simkit.study.statistics.screening import screen
from simkit.study.statistics.sequential import Enough, running

LAW = "Law 2015, Simulation Modeling and Analysis, table 4.1 (500 experiments)"
LAW_RUNS = 500
COVERED = {
    "exponential": {5: 0.854, 10: 0.878, 20: 0.870, 40: 0.890},
    "hyperexponential": {5: 0.584, 10: 0.586, 20: 0.682, 40: 0.774},
}
"""Share of 90 % intervals that hold the mean, by law and number of values."""


def skewed(law: str, size: tuple[int, int], random: np.random.Generator) -> np.ndarray:
    """Return values with mean 1; hyperexponential: mean .5, and 5.5 in one of ten (skewness 6)."""
    values = random.exponential(1.0, size)
    if law == "hyperexponential":
        values *= np.where(random.random(size) < 0.9, 0.5, 5.5)
    return values


@family
def interval_coverage(runs: int = 4000) -> Rows:
    """Share of Student's 90 % intervals that hold the mean of skewed values, against the book."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    rows = []
    for law, shares in COVERED.items():
        for n, share in shares.items():
            sample = skewed(law, (runs, n), chance("interval_coverage", law, n)).tolist()
            found = [estimate(values, 0.90) for values in sample]
            hits = [e.low <= 1.0 <= e.high for e in found]
            what = "share of 90 % intervals that hold the mean"
            rows.append(known_share(f"{law}, n = {n}", what, LAW, share, hits, LAW_RUNS))
    return rows


@family
def paired_coverage(runs: int = 4000, worlds: int = 20) -> Rows:
    """Paired intervals under common luck: coverage, and how the width falls with correlation."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    between(3, 500, worlds=worlds)
    return together(*(_paired(rho, runs, worlds) for rho in (0.0, 0.5, 0.9)))


def _paired(rho: float, runs: int, worlds: int) -> Rows:
    random = chance("paired_coverage", rho, worlds)
    common = math.sqrt(rho) * random.normal(size=(runs, worlds))
    a, b = (common + math.sqrt(1.0 - rho) * random.normal(size=(runs, worlds)) for _ in "ab")
    found = [paired_difference(d) for d in (b - a).tolist()]
    freedom = worlds - 1
    # The mean of s over sigma: sqrt(2 / v) Gamma((v + 1) / 2) / Gamma(v / 2).
    shrink = math.sqrt(2.0 / freedom) * math.exp(
        math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    )
    width = student(0.95, freedom) * shrink * math.sqrt(2.0 * (1.0 - rho) / worlds)
    source, name = "theory: Student's t on normal differences", f"correlation {rho:g}"
    hits = [d.low <= 0.0 <= d.high for d in found]
    return [
        known_share(f"{name}: coverage", "share that hold the difference", source, 0.95, hits),
        exact_row(
            f"{name}: half width",
            f"mean half width of the 95 % interval, {worlds} worlds",
            source,
            width,
            [(d.high - d.low) / 2.0 for d in found],
        ),
    ]


@family
def quantile_coverage(runs: int = 4000, worlds: int = 60) -> Rows:
    """The interval of the 10 % point covers as the binomial law says, whatever the values' law."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    between(36, 500, worlds=worlds)
    low, high = order_numbers(worlds, 0.1)
    law = [math.comb(worlds, i) * 0.1**i * 0.9 ** (worlds - i) for i in range(worlds + 1)]
    random = chance("quantile_coverage", worlds)
    normal = random.normal(size=(runs, worlds))
    rows = []
    for name, table, true in (
        ("normal", normal, -1.2815515655446004),
        ("lognormal", np.exp(random.normal(size=(runs, worlds))), math.exp(-1.2815515655446004)),
    ):
        found = [quantile_interval(values, 0.1) for values in table.tolist()]
        hits = [q.low <= true <= q.high for q in found]
        source, what = "theory: binomial law of the ranks", "share that hold the 10 % point"
        rows.append(known_share(name, what, source, math.fsum(law[low:high]), hits))
    return rows


@family
def peeking(runs: int = 1000) -> Rows:
    """False claims when no difference is looked for again and again: fixed interval, live one."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    limits = [math.inf] * 5 + [student(0.95, n - 1) for n in range(5, 101)]
    values = chance("peeking").normal(size=(runs, 400)).tolist()
    fixed = [
        any(abs(m) > limits[n] * s / math.sqrt(n) for n, m, s in running(v[:100]) if n >= 5)
        for v in values
    ]
    live = [any(not x.low <= 0.0 <= x.high for x in sequence(v)[FIRST - 1 :]) for v in values]
    what = "share of experiments without difference in which one is claimed,"
    return [
        known_share(
            "fixed interval, looked at 96 times",
            f"{what} worlds 5 to 100; why the live view has another interval",
            "assumption: our first measurement; the effect: Armitage et al. 1969",
            0.33,
            fixed,
        ),
        at_most(
            "live interval, looked at 391 times",
            f"{what} worlds 10 to 400",
            "Waudby-Smith et al. 2024, Annals of Statistics 52",
            0.05,
            live,
        ),
    ]


@family
def stopping(runs: int = 2000, relative: float = 0.05, variation: float = 0.1) -> Rows:
    """Coverage of the mean's interval at the world where the precision was reached."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    between(0.01, 0.5, relative=relative)
    between(0.01, 0.5, variation=variation)
    most = math.ceil(60 + 3 * (2 * variation / relative) ** 2 + 40)
    table = chance("stopping", relative, variation).normal(-1.0, variation, (runs, most)).tolist()
    rule = Enough(relative, relative=True)
    hasty = Enough(relative, relative=True, first=3, look_ahead=0)
    source = "Law 2015, section 9.4.1; Hoad, Robinson and Davies 2010"
    what = "share of 95 % intervals that hold the mean, "
    short = [_holds(hasty, values) for values in table]
    share, error = sum(short) / runs, error_of(0.95, runs)
    return [
        promised(
            "10 first, look-ahead 5",
            f"{what}10 worlds before the first look, 5 ahead",
            source,
            0.95,
            [_holds(rule, values) for values in table],
        ),
        Row(
            "3 first, no look-ahead",
            "exact",
            f"{what}3 worlds and none ahead: falls short, which is why the rule is as it is",
            source,
            None,
            0.0,
            0.95 - 3.0 * error,
            share,
            error,
            share < 0.95 - 3.0 * error,
        ),
    ]


def _holds(rule: Enough, values: Sequence[float]) -> bool:
    n = next((n for n in range(2, len(values)) if rule.enough(values[:n])), len(values))
    found = estimate(values[:n], rule.confidence)
    return found.low <= -1.0 <= found.high


@family
def best_intervals(runs: int = 1000) -> Rows:
    """Intervals against the best of the others hold all at once; the best is not screened out."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    rows = []
    for name, sds, ahead, worlds, pooled in (
        ("alike, 15 worlds, one variance", [1.0] * 5, 0.5, 15, True),
        ("alike, 30 worlds, one variance", [1.0] * 5, 0.5, 30, True),
        ("alike, 15 worlds", [1.0] * 5, 0.5, 15, False),
        ("unlike, 15 worlds", [3.0, 0.01, 0.01, 0.01, 0.01], 2.0, 15, False),
    ):
        random = chance("best_intervals", name)
        tables = _slippage(random, runs, worlds, sds, ahead)
        hits = [_all_held(mcb(named(table), pooled=pooled), ahead) for table in tables]
        source = "Nelson and Matejcik 1995, Mgmt Sci. 41" if pooled else "Hsu 1996, chapter 4"
        rows.append(promised(name, "share in which all intervals hold", source, 0.95, hits))
    for worlds in (10, 30):
        tables = _slippage(chance("screening", worlds), runs, worlds, [1.0] * 5, 0.3)
        kept = ["p0" in screen(named(table)) for table in tables]
        source = "Nelson, Swann, Goldsman and Song 2001, Oper. Res. 49"
        name = f"screening, {worlds} worlds"
        rows.append(promised(name, "share in which the best is kept", source, 0.95, kept))
    return rows


def _slippage(
    random: np.random.Generator, runs: int, worlds: int, sds: Sequence[float], ahead: float
) -> np.ndarray:
    """Common luck for all and own luck; the first is ahead, the others are equal."""
    table = random.normal(size=(runs, worlds, len(sds))) * sds
    table += random.normal(size=(runs, worlds, 1))
    table[:, :, 0] += ahead
    return table


def _all_held(found: dict[str, tuple[float, float]], ahead: float) -> bool:
    true = {name: ahead if name == "p0" else -ahead for name in found}
    return all(low <= true[name] <= high for name, (low, high) in found.items())


TASKS: list[Task] = [
    *cases(interval_coverage, 1.0, slow=True),
    *cases(paired_coverage, 0.5, slow=True),
    *cases(quantile_coverage, 0.5, slow=True),
    *cases(peeking, 1.0, slow=True),
    *cases(stopping, 1.0, slow=True),
    *cases(best_intervals, 2.0, slow=True),
]
