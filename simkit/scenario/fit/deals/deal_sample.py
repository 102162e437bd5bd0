"""The opportunities of a file as arrays, with what the fits ask of them."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simkit.scenario.fit.deals.crm import ENDS, ENTERED
from simkit.scenario.fit.deals.deal_rows import Deal
from simkit.scenario.fit.deals.incidence import OPEN, Array, Days
from simkit.scenario.record import Text

FEWEST = 10
"""Below that many rows nothing is estimated."""
WON, LOST, UNDECIDED = (ENDS.index(name) + 1 for name in ENDS)


def working_day(ordinal: Days) -> Days:
    """Return the number of Mondays to Fridays before a day: the engine has no weekends."""
    days = ordinal - 1
    found: Days = days // 7 * 5 + np.minimum(days % 7, 5)
    return found


@dataclass
class Sample:
    """The opportunities of a file; all days are working days."""

    deals: list[Deal]

    def __len__(self) -> int:
        """Return the number of opportunities."""
        return len(self.deals)

    def ordinals(self, name: str) -> Days:
        """Return one kind of day of all deals as date ordinals, 0 where unknown."""
        return np.array([getattr(deal, name) for deal in self.deals], dtype=np.int64)

    @cached_property
    def last(self) -> int:
        """The last day of which the file tells: what is open then may still be decided."""
        days = (max(deal.created, deal.closed, *deal.entered) for deal in self.deals)
        return max(days)

    @cached_property
    def first(self) -> int:
        """The day on which the first opportunity was created."""
        return min(deal.created for deal in self.deals)

    @cached_property
    def weeks(self) -> float:
        """Weeks from the first opportunity to the last day."""
        return (self.last - self.first + 1) / 7.0

    @cached_property
    def causes(self) -> Days:
        """How each deal ended: 0 open, WON, LOST, UNDECIDED (no decision)."""
        number = {name: i for i, name in enumerate(ENDS, 1)}
        return np.array([number.get(deal.state, OPEN) for deal in self.deals], dtype=np.int64)

    @cached_property
    def ages(self) -> Days:
        """Working days from creation to the end, or to the last day."""
        closed = np.where(self.causes == OPEN, self.last, self.ordinals("closed"))
        return working_day(closed) - working_day(self.ordinals("created"))

    def stage(self, number: int) -> tuple[Days, Days]:
        """Return days in stage `number` (0 to 3) and what ended them: 1 passed, LOST, UNDECIDED.

        Only deals of which the file tells when they came and when they left, if they did.
        """
        created, closed = self.ordinals("created"), self.ordinals("closed")
        entered = np.array([deal.entered for deal in self.deals], dtype=np.int64)
        steps = np.column_stack([created, entered, np.where(self.causes == WON, closed, 0)])
        came, left = steps[:, number], steps[:, number + 1]
        further = (steps[:, number + 1 :] > 0).any(axis=1)
        known = (came > 0) & ((left > 0) | ~further)
        causes = np.where(left > 0, 1, self.causes)
        ends = np.where(left > 0, left, np.where(self.causes == OPEN, self.last, closed))
        days = working_day(ends) - working_day(came)
        return days[known], causes[known]

    @cached_property
    def has_stages(self) -> bool:
        """Whether enough deals tell when they entered every stage."""
        told = [sum(deal.entered[i] > 0 for deal in self.deals) for i in range(len(ENTERED))]
        return min(told) >= FEWEST

    @cached_property
    def currency(self) -> str:
        """The currency of most deals; "" where the file does not say."""
        return self.currencies.most_common(1)[0][0]

    @cached_property
    def currencies(self) -> Counter[str]:
        """How many deals have which currency."""
        return Counter(deal.currency for deal in self.deals)

    def priced(self) -> list[Deal]:
        """Return the deals with an amount above 0 in the currency of most."""
        return [d for d in self.deals if d.amount and d.currency == self.currency]


def said(en: str, zh: str) -> Text:
    """Return a text in both languages."""
    return Text(en=en, zh=zh)


def array(values: list[float]) -> Array:
    """Return values as an array."""
    return np.array(values, dtype=float)
