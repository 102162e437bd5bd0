"""The catalogue of KPIs: one decorated function each, with unit, direction and source."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from simkit.kpi.measures import Measures
from simkit.scenario.record import Text

Better = Literal["higher", "lower", "in_band"]
Formula = Callable[[Measures], pd.Series]
INDUSTRY = "standard sales-management measure"
FORECAST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Kpi:
    """A named measure: title, unit, which direction is better, where its definition comes from."""

    name: str
    title: Text
    unit: str
    better: Better
    source: str
    formula: Formula

    def __call__(self, measures: Measures) -> pd.Series:
        """Return the value of each group of `measures`."""
        return self.formula(measures).rename(self.name)


KPIS: dict[str, Kpi] = {}
"""All KPIs by name. Functions in a notebook add themselves with `@kpi(...)`."""


def kpi(
    en: str, zh: str, unit: str, better: Better, source: str = INDUSTRY
) -> Callable[[Formula], Formula]:
    """Enter a function `Measures -> Series` into the catalogue under its own name."""

    def enter(formula: Formula) -> Formula:
        name = formula.__name__
        KPIS[name] = Kpi(name, Text(en=en, zh=zh), unit, better, source, formula)
        return formula

    return enter


@kpi("Revenue", "销售额", "money", "higher")
def revenue(m: Measures) -> pd.Series:
    """Routine orders and won deals at the price paid."""
    return m.amount("order", "won")


@kpi("Target attainment", "目标达成率", "share", "higher")
def attainment(m: Measures) -> pd.Series:
    """Revenue over quota."""
    quota = m.amount("quota")
    return revenue(m) / quota.where(quota > 0)


@kpi("Gross margin", "毛利率", "share", "higher")
def gross_margin(m: Measures) -> pd.Series:
    """Revenue minus the cost of the goods sold, over revenue."""
    return 1.0 - m.amount("cost", detail="goods") / revenue(m)


@kpi("Selling cost ratio", "销售费用率", "share", "lower")
def selling_cost_ratio(m: Measures) -> pd.Series:
    """The reps' pay and all costs but goods, over revenue."""
    return (m.amount("cost", "pay") - m.amount("cost", detail="goods")) / revenue(m)


@kpi("New customers", "新增客户数", "customers", "higher")
def new_customers(m: Measures) -> pd.Series:
    """Customers who arrived, beside those who were there at the start."""
    return m.total(m.arrived["amount"], m.arrived)


@kpi("Active customers", "活跃客户数", "customers", "higher")
def active_customers(m: Measures) -> pd.Series:
    """Customers at the end of the period who have not left."""
    return m.accounts


@kpi("Retention, yearly", "客户年留存率", "share a year", "higher")
def retention(m: Measures) -> pd.Series:
    """Share of customers who stay, at the period's rate of loss, over a year."""
    before = m.had() - new_customers(m)
    lost = m.count("account_lost") / before.where(before > 0)
    return (1.0 - lost).clip(lower=0.0) ** (52.0 / max(1, m.weeks))


@kpi("Coverage", "客户覆盖率", "share", "higher")
def coverage(m: Measures) -> pd.Series:
    """Share of the customers there were who were visited at least once."""
    return _share_visited(m, None)


def _share_visited(m: Measures, of: str | None) -> pd.Series:
    there = m.had(of)
    # At most 1: a visit that ends just after its customer left may count where nobody is.
    return (m.visited(of) / there.where(there > 0)).clip(upper=1.0)


@kpi("Calls per rep and day", "人均日拜访量", "visits", "higher")
def calls_per_day(m: Measures) -> pd.Series:
    """Visits to customers and leads per rep and working day."""
    reps_weeks = m.count("quota")
    return m.count("visit") / (5.0 * reps_weeks.where(reps_weeks > 0))


@kpi("Reach of key accounts", "重点客户触达率", "share", "higher")
def key_reach(m: Measures) -> pd.Series:
    """Share of the key accounts there were who were visited at least once."""
    return _share_visited(m, "key")


@kpi("Lead response time", "线索响应时间", "working hours", "lower", "Oldroyd et al. 2011, HBR")
def lead_response_hours(m: Measures) -> pd.Series:
    """Mean working hours until a rep turns to a lead that is answered."""
    return m.mean("lead_touched")


@kpi("Leads never answered", "线索流失率", "share", "lower", "Sabnis et al. 2013, JM 77(1)")
def untouched_leads(m: Measures) -> pd.Series:
    """Leads that expire unanswered, over leads that were answered or expired."""
    expired = m.count("lead_expired")
    return expired / (expired + m.count("lead_touched"))


@kpi("Lead to opportunity", "线索转化率", "share", "higher")
def lead_conversion(m: Measures) -> pd.Series:
    """Opportunities over leads that arrived."""
    return m.count("opportunity") / m.count("lead")


@kpi("Stage conversion", "阶段转化率", "share", "higher")
def stage_conversion(m: Measures) -> pd.Series:
    """Opportunities that reach negotiation, over those that begin."""
    return m.count("stage", detail="negotiate") / m.count("stage", detail="qualify")


@kpi("Win rate", "赢单率", "share", "higher")
def win_rate(m: Measures) -> pd.Series:
    """Won deals over all deals that ended."""
    return m.count("won") / m.count("won", "lost", "no_decision")


@kpi("Sales cycle", "销售周期", "weeks", "lower")
def cycle_weeks(m: Measures) -> pd.Series:
    """Mean weeks from opportunity to won deal."""
    return m.days_between("opportunity", "won") / 5.0


@kpi("Open pipeline", "在谈商机金额", "money", "higher")
def pipeline_value(m: Measures) -> pd.Series:
    """List value of open opportunities at the end of the period."""
    return m.open_value


@kpi("Pipeline coverage", "商机覆盖倍数", "x quarter quota", "in_band")
def pipeline_coverage(m: Measures) -> pd.Series:
    """Open pipeline over the quota of a quarter."""
    quarter = m.amount("quota") * 13.0 / max(1, m.weeks)
    return m.open_value / quarter.where(quarter > 0)


@kpi("Order size", "平均订单额", "money", "higher")
def order_size(m: Measures) -> pd.Series:
    """Mean price paid of a routine order."""
    return m.mean("order")


@kpi("Discount given", "折扣率", "share", "lower")
def discount_share(m: Measures) -> pd.Series:
    """Discounts over revenue at list price."""
    return m.amount("discount") / (m.amount("discount") + revenue(m))


@kpi("On-time delivery", "准时交付率", "share", "higher")
def on_time_share(m: Measures) -> pd.Series:
    """Routine orders that arrived in time."""
    return m.count("delivered", detail="on_time") / m.count("delivered")


@kpi("Fill rate", "订单满足率", "share", "higher")
def fill_rate(m: Measures) -> pd.Series:
    """Orders served from stock, over all orders that were wanted."""
    return m.count("order", detail="in_stock") / m.count("order", "lost_sale")


@kpi("Stock-out days", "缺货天数", "territory-days", "lower")
def stock_out_days(m: Measures) -> pd.Series:
    """Days on which a territory could not serve some order from stock."""
    return m.stock_out_days


@kpi("Complaints", "投诉率", "per 100 orders", "lower")
def complaints(m: Measures) -> pd.Series:
    """Complaints per hundred routine orders."""
    return 100.0 * m.count("complaint") / m.count("order")


@kpi("Satisfaction", "客户满意度", "share", "higher")
def satisfaction(m: Measures) -> pd.Series:
    """Mean of the weekly satisfaction of the territories; by rep: of where the rep works."""
    if "rep" not in m.by:
        return m.mean("satisfaction")
    moods = m.of("satisfaction")[["week", "territory", "amount"]]
    rows = m.of("quota").drop(columns="amount").merge(moods, on=["week", "territory"])
    rows = rows[rows["week"] >= m.first]
    return m.total(rows["amount"], rows) / m.total(rows["amount"] * 0.0 + 1.0, rows)


@kpi("Spread of attainment", "达成率离散度", "share", "in_band")
def attainment_spread(m: Measures) -> pd.Series:
    """Standard deviation of attainment between reps; by rep: the distance from the mean."""
    kept = [name for name in m.by if name == "week"]
    each = attainment(m.over([*kept, "rep"]))
    if "rep" in m.by:
        middle = each.groupby(level="week").transform("mean") if kept else each.mean()
        return (each - middle).abs()
    if not m.by:
        return pd.Series([each.std(ddof=0)], index=m.index)
    if m.by == ["week"]:
        return each.groupby(level="week").std(ddof=0).reindex(m.index)
    # A rep who moved counts where he or she worked last.
    where = m.of("quota")[["week", "territory", "rep"]].drop_duplicates([*kept, "rep"], keep="last")
    frame = each.rename("value").reset_index().merge(where.astype({"rep": str}), on=[*kept, "rep"])
    spread = frame.groupby(m.by, observed=True)["value"].std(ddof=0)
    return spread.reindex(m.index)


@kpi("Turnover of reps", "销售人员流失率", "share a year", "lower")
def turnover(m: Measures) -> pd.Series:
    """Reps who left, for whatever reason, over a year of work of one rep."""
    rep_weeks = m.count("quota")
    return 52.0 * m.count("rep_left") / rep_weeks.where(rep_weeks > 0)


@kpi("Forecast error", "预测误差", "share", "lower")
def forecast_error(m: Measures) -> pd.Series:
    """Mean distance of weekly revenue from the mean of the eight weeks before, as a share of it."""
    kept = [name for name in m.by if name != "week"]
    weekly = revenue(m.over([*kept, "week"], m.begin))
    if weekly.empty:
        return pd.Series(float("nan"), index=m.index)
    before = weekly.groupby(level=list(kept)).transform(_recent) if kept else _recent(weekly)
    error = (weekly - before).abs() / before.where(before > 0)
    error = error[error.index.get_level_values("week") >= m.first]
    if not m.by:
        return pd.Series([error.mean()], index=m.index)
    return error.groupby(level=list(m.by)).mean().reindex(m.index)


def _recent(weekly: pd.Series) -> pd.Series:
    """Return the mean of the weeks before each week."""
    return weekly.shift(1).rolling(FORECAST_WEEKS, min_periods=1).mean()
