"""Numbers that can be explained: a formula in words, and the events that it adds up."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.scenario.record import Text

if TYPE_CHECKING:
    import pandas as pd

GAME = "game"
"""Name of the run as it was played."""
MONEY_KINDS = ("order", "won", "cost", "pay")
REVENUE = Text(en="Revenue", zh="销售额")
GOODS = Text(en="Cost of the goods sold", zh="商品成本")
OTHER = Text(en="Pay and all other costs", zh="薪酬与其他费用")
CONTRIBUTION = Text(
    en="Revenue (routine orders and won deals) less the goods sold, pay and all other costs.",
    zh="贡献利润 = 销售额（日常订单与赢单项目）− 商品成本 − 薪酬与其他费用。",
)
DIFFERENCE = Text(
    en=(
        "Contribution of the game as played less contribution of the same game without it: same "
        "customers, same luck. Contribution is revenue less goods, pay and all other costs."
    ),
    zh=(
        "实际贡献利润 − 去掉这一项后重演同一局的贡献利润：客户相同，运气相同。"
        "贡献利润 = 销售额 − 商品成本 − "
        "薪酬与其他费用。"
    ),
)


@dataclass(frozen=True)
class Filter:
    """Which events: kinds, weeks `first` to `last` (both included), details.

    `details`: only these; nothing: all but `not_details`.
    """

    kinds: tuple[str, ...]
    first: int
    last: int
    details: tuple[str, ...] = ()
    not_details: tuple[str, ...] = ()

    def takes(self, event: Event) -> bool:
        """Return whether an event of the log is meant."""
        if event[1] not in self.kinds or not self._fits(event[7]):
            return False
        return DAYS_PER_WEEK * self.first <= event[0] < DAYS_PER_WEEK * (self.last + 1)

    def _fits(self, detail: str) -> bool:
        return detail in self.details if self.details else detail not in self.not_details

    def rows(self, events: "pd.DataFrame") -> "pd.DataFrame":
        """Return the rows of an event table (`simkit.region.events.event_table`) that are meant."""
        found = events[
            events["kind"].isin(self.kinds) & events["week"].between(self.first, self.last)
        ]
        if self.details:
            return found[found["detail"].isin(self.details)]
        return found[~found["detail"].isin(self.not_details)]


@dataclass(frozen=True)
class Term:
    """The amounts of the events of one run that a number adds (sign 1) or takes off (-1)."""

    run: str
    name: Text
    sign: int
    filter: Filter
    count: int
    total: float


@dataclass(frozen=True)
class Explained:
    """A number with what it is made of.

    `terms`: sums of events, which add up to the value with their signs. `values`: what else the
    formula speaks of, by name, such as the result in each of many worlds.
    """

    value: float
    unit: str
    formula: Text
    terms: tuple[Term, ...] = ()
    values: tuple[tuple[str, float], ...] = ()

    def rows(self, events: "pd.DataFrame", run: str = GAME) -> "pd.DataFrame":
        """Return the rows of a run's event table behind the number, with their sign."""
        import pandas as pd

        found = [t.filter.rows(events).assign(sign=t.sign) for t in self.terms if t.run == run]
        return pd.concat(found) if found else events.iloc[:0].assign(sign=0)


def money_filters(first: int, last: int) -> list[tuple[Text, int, Filter]]:
    """Return what contribution is made of: a name, a sign, and which events."""
    return [
        (REVENUE, 1, Filter(("order", "won"), first, last)),
        (GOODS, -1, Filter(("cost",), first, last, details=("goods",))),
        (OTHER, -1, Filter(("cost", "pay"), first, last, not_details=("goods",))),
    ]


def contribution_terms(log: Iterable[Event], run: str, first: int, last: int) -> tuple[Term, ...]:
    """Return revenue, goods and other costs of the weeks of a run."""
    events = [event for event in log if event[1] in MONEY_KINDS]
    terms = []
    for name, sign, chosen in money_filters(first, last):
        amounts = [event[6] for event in events if chosen.takes(event)]
        terms.append(Term(run, name, sign, chosen, len(amounts), math.fsum(amounts)))
    return tuple(terms)


def added_up(terms: Sequence[Term]) -> float:
    """Return what the terms add up to."""
    return math.fsum(term.sign * term.total for term in terms)


def less(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Return the terms with the other sign."""
    return tuple(Term(t.run, t.name, -t.sign, t.filter, t.count, t.total) for t in terms)


def of_game(terms: Sequence[Term]) -> Explained:
    """Return the contribution of one run."""
    return Explained(added_up(terms), "money", CONTRIBUTION, tuple(terms))


def difference(
    game: Sequence[Term], other: Sequence[Term], formula: Text = DIFFERENCE
) -> Explained:
    """Return the contribution of a run less that of another one."""
    terms = (*game, *less(other))
    return Explained(added_up(game) - added_up(other), "money", formula, terms)
