"""What a manager should know about customers that were read from an order history."""

from dataclasses import dataclass
from datetime import date

from simkit.scenario.order_value import GammaGamma
from simkit.scenario.pareto_nbd import ParetoNbd
from simkit.scenario.record import Text

EN = """\
{rows:,} order rows of {customers:,} customers, {first_day} to {last_day}.
Orders of one customer on one day count as one: {order_days:,} order days, of which \
{repeat_days:,} are repeat orders.
A new customer orders {per_week:.3g} times a week on average. About {active_share:.0%} of all \
customers are still active; expected in the next 13 weeks: {ahead:,.0f} order days.
Order value: {mean:,.2f} on average over customers ({paid_days:,} order days with an amount \
above 0), varying by {cv:.0%}{cv_from} within a customer.
Model: Pareto/NBD, log-likelihood {log_likelihood:.1f}; {parameters} (weeks for alpha and beta; \
in brackets the standard error).
{caution}A customer's first order in the file counts as the start; what came before is unknown. \
Season and growth are not part of this fit."""

ZH = """\
订单 {rows:,} 行，客户 {customers:,} 家，{first_day} 至 {last_day}。
同一客户同一天的订单合并计为一次：共 {order_days:,} 个下单日，其中复购 {repeat_days:,} 次。
新客户平均每周下单 {per_week:.3g} 次。约 {active_share:.0%} 的客户仍然活跃；\
预计未来 13 周共有 {ahead:,.0f} 个下单日。
客单价：各客户平均 {mean:,.2f}（依据 {paid_days:,} 个金额大于 0 的下单日），\
同一客户各次订单的波动约 {cv:.0%}{cv_from}。
模型：Pareto/NBD，对数似然 {log_likelihood:.1f}；{parameters}\
（alpha、beta 的单位为周，括号内为标准误）。
{caution}客户在文件中的首笔订单视为合作起点，此前的情况未知。本拟合不含季节性和增长。"""

CAUTION_EN = (
    "Caution: these data hardly determine {names}; a longer history would. Treat rates and "
    "chances of single customers as rough.\n"
)
CAUTION_ZH = (
    "注意：现有数据几乎无法确定 {names}，需要更长的历史；单个客户的频率和活跃概率仅供参考。\n"
)


@dataclass(frozen=True, slots=True)
class FitReport:
    """From how many rows what was estimated, and how surely."""

    rows: int
    customers: int
    first_day: date
    last_day: date
    order_days: int
    repeat_days: int
    paid_days: int
    """Order days with an amount above 0: the base of the order values."""
    rates: ParetoNbd
    values: GammaGamma
    active_share: float
    """Mean chance in [0, 1] of being active on the last day."""
    orders_next_13_weeks: float

    @property
    def vague(self) -> tuple[str, ...]:
        """Names of the parameters whose standard error is unknown or above the estimate."""
        errors = self.rates.standard_errors
        names = ("r", "alpha", "s", "beta")
        return tuple(n for n in names if _vague(errors.get(n), getattr(self.rates, n)))

    @property
    def text(self) -> Text:
        """The report as a manager reads it, in both languages."""
        known = self.values.cv_estimated
        return Text(
            en=EN.format(**self._words("?", CAUTION_EN), cv_from="" if known else " (assumed)"),
            zh=ZH.format(**self._words("？", CAUTION_ZH), cv_from="" if known else "（假定值）"),
        )

    def _words(self, unknown: str, caution: str) -> dict[str, object]:
        """Return what the texts of both languages fill in."""
        rates = self.rates
        shown = [
            f"{name} {getattr(rates, name):.4g} ({_shown(error, unknown)})"
            for name, error in rates.standard_errors.items()
        ]
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "per_week": rates.orders_per_week,
            "ahead": self.orders_next_13_weeks,
            "mean": self.values.mean,
            "cv": self.values.cv,
            "log_likelihood": rates.log_likelihood,
            "parameters": ", ".join(shown),
            "caution": caution.format(names=", ".join(self.vague)) if self.vague else "",
        }


def _vague(error: float | None, value: float) -> bool:
    """Return whether a standard error leaves the value undetermined."""
    return error is None or error > value


def _shown(error: float | None, unknown: str) -> str:
    """Return a standard error as text."""
    return unknown if error is None else f"{error:.2g}"
