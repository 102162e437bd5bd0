"""What an answer hangs on, found where it is known: Ishigami's function, known variances."""

import math
from importlib.util import find_spec

import numpy as np

from simkit.kpi.catalogue import KPIS
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import Row, exact_row, missing_row
from simkit.study.sensitivity.designs import keyed
from simkit.study.sensitivity.factors import Factor
from simkit.study.sensitivity.sobol import Sobol, sobol_design, sobol_of
from simkit.study.sensitivity.spreads import Spread
from simkit.study.sensitivity.uncertainty import parts_of, uncertainty_of

A, B = 7.0, 0.1
ISHIGAMI = "Ishigami and Homma 1990; analytic (Saltelli et al. 2008, Global Sensitivity Analysis)"
BASE_POINTS, DESIGNS = 1024, 24
VARIANCES = {"parameters": 4.0, "shared": 25.0, "own": 9.0}
COMPONENTS = "Searle, Casella and McCulloch 1992, Variance Components, ch. 4"
REPEATS = 3000
REMEDY = "not installed: pip install 'regional-simkit[sensitivity]'"


def sobol_ishigami() -> Rows:
    """Shares of variance of Ishigami's function, from designs of different seeds."""
    if find_spec("SALib") is None:
        return [missing_row("sobol", "exact", "shares of variance", ISHIGAMI, REMEDY)]
    found = [_shares(seed) for seed in range(1, DESIGNS + 1)]
    return [_share_row(name, expected, found) for name, expected in analytic().items()]


def analytic() -> dict[str, float]:
    """Return the shares of Ishigami's function that are not 0."""
    alone = (1 + B * math.pi**4 / 5) ** 2 / 2, A**2 / 8
    pair = B**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = math.fsum([*alone, pair])
    return {
        "S1 x1": alone[0] / whole,
        "S1 x2": alone[1] / whole,
        "ST x1": (alone[0] + pair) / whole,
        "ST x2": alone[1] / whole,
        "ST x3": pair / whole,
        "S2 x1 x3": pair / whole,
    }


def _shares(seed: int) -> dict[str, float]:
    factors = [Factor(name, -math.pi, math.pi) for name in ("x1", "x2", "x3")]
    x = sobol_design(factors, BASE_POINTS, True, seed)
    y = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return _by_name(sobol_of(KPIS["revenue"], factors, y[:, None], True, seed))


def _by_name(found: Sobol) -> dict[str, float]:
    named = {f"S1 {row.factor.name}": row.first.value for row in found.shares}
    named |= {f"ST {row.factor.name}": row.total.value for row in found.shares}
    return named | {f"S2 {a} {b}": index.value for (a, b), index in found.pairs.items()}


def _share_row(name: str, expected: float, found: list[dict[str, float]]) -> Row:
    what = f"share of variance of Ishigami's function, {BASE_POINTS} base points"
    return exact_row(f"sobol: {name}", what, ISHIGAMI, expected, [one[name] for one in found])


def variance_parts() -> Rows:
    """Known variances of parameters and of luck, from 12 draws crossed with 8 worlds."""
    chance, found = keyed("evidence: variance parts"), []
    sds = [math.sqrt(variance) for variance in VARIANCES.values()]
    for _ in range(REPEATS):
        values = chance.normal(0, sds[0], (12, 1)) + chance.normal(0, sds[1], (1, 8))
        found.append(parts_of(values + chance.normal(0, sds[2], (12, 8))))
    return [
        exact_row(
            f"not knowing: variance of {name}",
            "mean of estimates, 12 draws of parameters crossed with 8 worlds",
            COMPONENTS,
            expected,
            [getattr(parts, name) for parts in found],
        )
        for name, expected in VARIANCES.items()
    ]


def interval_of_both() -> Rows:
    """How often the interval of an answer holds it for the true parameters, one more draw."""
    chance, held = keyed("evidence: interval of both"), []
    spreads, design = [Spread("x", 0, 1)], np.arange(15.0)[:, None]
    for _ in range(REPEATS):
        draws = chance.normal(0, 3, (16, 1))
        values = draws[:15] + chance.normal(0, 1, (1, 30)) + chance.normal(0, 1, (15, 30))
        answer = uncertainty_of(KPIS["revenue"], (), spreads, design, values).both
        held.append(float(answer.low <= draws[15, 0] <= answer.high))
    what = "share of intervals that hold the truth, where parameters make most of the doubt"
    return [exact_row("not knowing: interval", what, "Student's t, 95 %", 0.95, held)]


TASKS: list[Task] = [
    ("sobol", sobol_ishigami, {}, True, 15.0),
    ("not knowing: variances", variance_parts, {}, True, 2.0),
    ("not knowing: interval", interval_of_both, {}, True, 3.0),
]
