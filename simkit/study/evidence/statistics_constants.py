"""Constants of the statistics against printed tables, and an exact coverage."""

import math

from simkit.study.evidence.families import Rows, Task, cases, family
from simkit.study.evidence.row import Row
from simkit.study.evidence.statistics_rows import printed
from simkit.study.statistics.constants import dunnett_constant, h1
from simkit.study.statistics.quantiles import order_numbers
from simkit.study.statistics.selection import eta

DUNNETT = {2: 1.916, 3: 2.062, 4: 2.160, 5: 2.234, 9: 2.417}
"""By number of comparisons: 5 % one-sided, correlation 1/2, known variance."""
TWO_STAGE = {2: 1.896, 3: 2.342, 4: 2.583, 5: 2.747, 10: 3.182}
"""By number of arms: chance .90, first stage of 20."""


@family
def statistics_constants() -> Rows:
    """Constants of comparisons and of selection, as printed in the tables."""
    rows = [
        printed(
            f"Dunnett, {others} comparisons",
            "5 % point of the largest of several t, correlation 1/2, known variance",
            "Dunnett 1955, J. Amer. Stat. Assoc. 50",
            value,
            dunnett_constant(others),
        )
        for others, value in DUNNETT.items()
    ]
    rows += [
        printed(
            f"two-stage selection, {arms} arms",
            "constant h1 for a chance of .90 and a first stage of 20",
            "Dudewicz and Dalal 1975; Law 2015, table 10.11",
            value,
            h1(0.90, 20, arms),
        )
        for arms, value in TWO_STAGE.items()
    ]
    # (2 * .05 / 9)^(-2/9) = e^(.99996) = 2.71817, by hand.
    known = (
        "Kim and Nelson, 10 arms",
        "eta for 5 % and a first stage of 10",
        "Kim and Nelson 2001",
    )
    return [*rows, printed(*known, 0.85908, eta(0.05, 10, 10), digits=5), _quantile_row()]


def _quantile_row() -> Row:
    low, high = order_numbers(60, 0.1)
    law = [math.comb(60, i) * 0.1**i * 0.9 ** (60 - i) for i in range(61)]
    return Row(
        "10 % point, 60 worlds",
        "exact",
        "coverage of the 95 % interval between order statistics, by the binomial law",
        "Conover 1999, Practical Nonparametric Statistics, 3.2",
        0.95,
        0.95,
        1.0,
        math.fsum(law[low:high]),
        None,
        math.fsum(law[low:high]) >= 0.95 and max(sum(law[:low]), sum(law[high:])) <= 0.025,
    )


TASKS: list[Task] = cases(statistics_constants, 0.2)
