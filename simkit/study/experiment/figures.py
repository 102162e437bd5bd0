"""What a comparison may be about: the KPI catalogue, and money that is left or spent."""

from collections.abc import Iterable

import pandas as pd

from simkit.kpi.catalogue import INDUSTRY, KPIS, Kpi
from simkit.kpi.measures import Measures
from simkit.scenario.record import Text, did_you_mean


def _spending(m: Measures) -> pd.Series:
    return m.amount("cost", "pay") - m.amount("cost", detail="goods")


def _contribution(m: Measures) -> pd.Series:
    return m.amount("order", "won") - m.amount("cost", "pay")


SPENDING = Kpi(
    "spending",
    Text(en="Selling costs", zh="销售费用"),
    "money",
    "lower",
    f"{INDUSTRY}: pay and all costs but goods",
    _spending,
)
CONTRIBUTION = Kpi(
    "contribution",
    Text(en="Contribution", zh="贡献利润"),
    "money",
    "higher",
    f"{INDUSTRY}: revenue less goods, pay and all other costs",
    _contribution,
)


def figures() -> dict[str, Kpi]:
    """Return all that can be compared, by name; KPIs of a notebook cell are among them."""
    return {**KPIS, SPENDING.name: SPENDING, CONTRIBUTION.name: CONTRIBUTION}


def find_figures(names: Iterable[str | Kpi]) -> tuple[Kpi, ...]:
    """Return the figures of these names; raises ValueError that names the nearest one."""
    known = figures()
    found = []
    for name in names:
        if isinstance(name, str) and name not in known:
            raise ValueError(f"no KPI '{name}'{did_you_mean(name, known)}")
        found.append(known[name] if isinstance(name, str) else name)
    return tuple(found)
