"""Does a rep say less than it can sell? What past quarters allow to say.

A claim is set against what the rep sold in the four quarters before it: both rest on the same
knowledge, so that their ratio varies much less than claim against outcome, and a dozen quarters
are enough to see a habit. The outcome is shown beside it. The season is not taken out: over whole
years it cancels out, and makes the interval wider, never narrower.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.scenario.record import Text
from simkit.study.intervals import Difference, paired_difference

if TYPE_CHECKING:
    import pandas as pd

YEAR = 4
FEWEST_CLAIMS = 5
NOTHING = Difference(math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much a rep holds back: `share` of what it sold in the year before, with interval.

    `against_results`: the same against what it sold in the quarter the claim was about. Both are
    None with fewer than five claims.
    """

    rep: str
    claims: int
    share: float | None
    low: float | None
    high: float | None
    against_results: float | None
    verdict: Text


def sandbagging(quarters: "pd.DataFrame", confidence: float = 0.95) -> dict[str, Suspicion]:
    """Return what the past says of each rep's claims.

    `quarters`: one row per rep and quarter, columns rep, week (its first week), sales, claim
    (money; missing where nothing was claimed). The mean of log(sales of a quarter of the year
    before / claim) with Student's interval, turned back into a share. Rows without a rep are left
    out.
    """
    known = quarters[quarters["rep"] != ""].sort_values("week")
    return {
        str(rep): _suspicion(str(rep), own["sales"].tolist(), own["claim"].tolist(), confidence)
        for rep, own in known.groupby("rep", sort=False, observed=True)
    }


def _suspicion(
    rep: str, sales: Sequence[float], claims: Sequence[float], confidence: float
) -> Suspicion:
    before, after = [], []
    for place, claim in enumerate(claims):
        if not claim > 0:  # also what is missing
            continue
        year = math.fsum(sales[max(0, place - YEAR) : place]) / YEAR
        if place >= YEAR and year > 0:
            before.append(math.log(year / claim))
        if sales[place] > 0:
            after.append(math.log(sales[place] / claim))
    found = paired_difference(before, confidence)
    if found.pairs < FEWEST_CLAIMS:
        return Suspicion(rep, found.pairs, None, None, None, None, _TOO_FEW)
    results = _share(paired_difference(after, confidence).mean) if after else None
    shares = (_share(found.mean), _share(found.low), _share(found.high))
    return Suspicion(rep, found.pairs, *shares, results, _verdict(found))


def _share(log_ratio: float) -> float:
    """The share held back: 1 - claim / sales."""
    return 1.0 - math.exp(-log_ratio)


_TOO_FEW = Text(en="too few quarters to say", zh="季度太少，无法判断")


def _verdict(found: Difference) -> Text:
    if found.low > 0:
        return Text(en="says less than it sells", zh="报得比做得少（留一手）")
    if found.high < 0:
        return Text(en="promises more than it sells", zh="报得比做得多（说大话）")
    return Text(en="cannot tell", zh="看不出来")
