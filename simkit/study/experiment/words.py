"""Amounts and verdicts of a comparison in words."""

import math

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text

ZH_UNITS = {
    "customers": "家",
    "visits": "次",
    "working hours": "工作小时",
    "weeks": "周",
    "x quarter quota": "倍季度指标",
    "territory-days": "片区·天",
    "per 100 orders": "次/百单",
}
WAN = 10_000
"""Money from ten of these on is told in 万 in Chinese."""


def amount(value: float, kpi: Kpi, currency: str) -> Text:
    """Return the size of a difference in a KPI's unit; shares in percentage points."""
    size = abs(value)
    if kpi.unit == "money":
        return _money(size, currency)
    if kpi.unit.startswith("share"):
        a_year = kpi.unit.endswith("year")
        en = f"{number(100 * size)} percentage points{' a year' if a_year else ''}"
        return Text(en=en, zh=f"{'每年' if a_year else ''}{number(100 * size)}个百分点")
    unit = ZH_UNITS.get(kpi.unit, kpi.unit)
    return Text(en=f"{number(size)} {kpi.unit}", zh=f"{number(size)}{unit}")


def _money(size: float, currency: str) -> Text:
    yuan = "元" if currency == "CNY" else f" {currency}"
    zh = f"{number(size)}{yuan}" if size < 10 * WAN else f"{size / WAN:,.1f}万{yuan}"
    return Text(en=f"{number(size)} {currency}", zh=zh)


def number(value: float) -> str:
    """Return a number for a sentence: three digits, all before the point where there are more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def worlds(n: int) -> str:
    """Return a number of worlds in English."""
    return f"{n:,} world{'' if n == 1 else 's'}"


def signed(value: float, kpi: Kpi, currency: str) -> Text:
    """Return `amount` with its sign; a sign of typography, not a hyphen."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    said = amount(value, kpi, currency)
    return Text(en=sign + said.en, zh=sign + said.zh)


def share_of(difference: float, mean: float) -> str:
    """Return a difference as a share of a mean, " (1.2 %)", or nothing where that says nothing."""
    if not (math.isfinite(difference) and math.isfinite(mean)) or mean == 0.0:
        return ""
    return f" ({100 * abs(difference / mean):.2g} %)"
