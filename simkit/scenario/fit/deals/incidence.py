"""How deals end when some are still open: competing risks with right-censoring.

Open deals are neither wins nor losses, and leaving them out would favour what is decided fast. Each
ended deal therefore counts 1 / G, where G is the Kaplan-Meier chance that a deal of its length was
watched long enough to see it end; that is the Aalen-Johansen estimate (Aalen and Johansen 1978,
Scand. J. Statist. 5; Satten and Datta 2001, Am. Statist. 55). Everything works on a table of days
and causes, so that 300,000 deals cost no more than 300.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Days = NDArray[np.int64]
OPEN = 0


@dataclass(frozen=True)
class Incidence:
    """Sums over the deals that end, per deal: of each cause, and of cause times days."""

    shares: Array
    """Share of all deals that end by cause 1, 2, ... within the time watched."""
    day_sums: Array
    """The same with each deal counted by its days."""
    covariance: Array
    """Of shares and day sums together, in this order."""
    counts: NDArray[np.int64]
    """Deals seen to end by each cause."""

    @property
    def undecided(self) -> float:
        """Share of deals of which the data do not tell how they end."""
        return max(0.0, 1.0 - float(self.shares.sum()))

    def ratio(self, above: Sequence[int], below: Sequence[int]) -> tuple[float, float]:
        """Return share(above) / share(below) and its variance; causes count from 1."""
        upper = float(sum(self.shares[c - 1] for c in above))
        lower = float(sum(self.shares[c - 1] for c in below))
        value = upper / lower
        gradient = np.zeros(len(self.covariance))
        for cause in below:
            gradient[cause - 1] -= value / lower
        for cause in above:
            gradient[cause - 1] += 1.0 / lower
        return value, float(gradient @ self.covariance @ gradient)


def incidence(days: Days, causes: Days, kinds: int) -> Incidence:
    """Return how deals end: `days` whole days, `causes` 0 (open) or 1 to `kinds`."""
    n, last = len(days), int(days.max()) + 1
    table = np.bincount(days * (kinds + 1) + causes, minlength=last * (kinds + 1))
    table = table.reshape(last, kinds + 1)
    ended, left = table[:, 1:].sum(axis=1), table[:, OPEN]
    there = n - np.concatenate([[0], np.cumsum(ended + left)[:-1]])
    still = np.maximum(there - ended, 1)  # after the day's ends, among whom some are last seen
    seen = np.concatenate([[1.0], np.cumprod(1.0 - left / still)[:-1]])
    weight = np.divide(1.0, seen, out=np.zeros(last), where=seen > 0)
    return _summed(table, weight, left / still, still, n)


def _summed(table: Days, weight: Array, hazard: Array, still: Days, n: int) -> Incidence:
    """Sums and their covariance by influence functions, on the cells of day and cause."""
    last, kinds = table.shape[0], table.shape[1] - 1
    sums, influences = [], []
    for by_day in (False, True):
        for cause in range(1, kinds + 1):
            value = weight * (np.arange(last) if by_day else 1.0)
            of_day = table[:, cause] * value
            total = float(of_day.sum())
            later = total - np.cumsum(of_day)
            ahead = later / still
            passed = np.cumsum(ahead * hazard)
            cell = np.full((last, kinds + 1), -total / n)
            cell[:, 1:] -= (passed - ahead * hazard)[:, None]
            cell[:, cause] += value
            cell[:, OPEN] += ahead - passed
            sums.append(total / n)
            influences.append(cell.ravel())
    effects = np.array(influences)
    covariance = (effects * table.ravel()) @ effects.T / n**2
    return Incidence(
        np.array(sums[:kinds]), np.array(sums[kinds:]), covariance, table[:, 1:].sum(axis=0)
    )
