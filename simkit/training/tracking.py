"""Where a quarter stands against its plan: by rep, territory and region, with the plan's band."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.planning.targets import Band, two_weeks_under
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.report import WeekReport
from simkit.scenario.record import Text
from simkit.study.outcome import SALES
from simkit.training.recalibration import SoFar, recalibrations, so_far
from simkit.training.target_plan import Plan, season_shares

REGION = Text(en="Region", zh="大区")
ASKED_BEFORE = (4, 8)
"""Weeks, counted from 0, before which the quarter's sales are predicted."""


@dataclass(frozen=True)
class Standing:
    """How one rep, territory or the region stands; money.

    `pace`: the quota of the weeks played, by season; `total`: of the whole quarter. `light`:
    "green" inside the plan's band, "amber" up to as far again outside, "red" beyond, "" before the
    first week. `side`: "inside", "below" or "above" the band. `forecast`: of the quarter's end.
    """

    id: str
    kind: str
    name: Text
    territory: str
    sold: float
    pace: float
    total: float
    light: str
    side: str
    forecast: float | None

    @property
    def attainment(self) -> float | None:
        """Sold over the quota so far; None where there was none yet."""
        return self.sold / self.pace if self.pace > 0 else None


@dataclass(frozen=True)
class Tracking:
    """The region first, then each territory with its reps.

    `weekly`: the region's sales of each week played; `lower`: the band's lower limit of each week
    of the quarter; `share`: of the quarter's expected sales in the weeks played.
    """

    week: int
    rows: tuple[Standing, ...]
    weekly: tuple[float, ...]
    lower: tuple[float, ...]
    shares: tuple[float, ...]
    weeks_under: int
    fires: bool
    """Whether the last `weeks_under` weeks were all under the lower limit."""

    @property
    def share(self) -> float:
        """Share of the quarter's expected sales in the weeks played."""
        return math.fsum(self.shares[: self.week])

    @property
    def region(self) -> Standing:
        """The row of the region."""
        return self.rows[0]


def totals_now(plan: Plan, game: Any) -> dict[str, int]:
    """Return the quota of the quarter by rep, after the recalibrations of a game or `Conduct`."""
    totals = dict(plan.reps)
    for change in recalibrations(game):
        totals |= change.reps
    return totals


def tracking_of(report: WeekReport, plan: Plan, totals: Mapping[str, int]) -> Tracking:
    """Return where the quarter stands; `totals`: by rep, the quota that holds now."""
    week, shares = report.week, season_shares(report.scenario)
    share, found = math.fsum(shares[:week]), so_far(report)
    reps = [_rep(rep, found[rep.id], totals[rep.id], plan, share) for rep in report.scenario.reps]
    rows = [_whole("region", "region", REGION, reps, plan, share)]
    for place in report.scenario.territories:
        mine = [rep for rep in reps if rep.territory == place.id]
        rows += [_whole(place.id, "territory", place.name, mine, plan, share), *mine]
    weekly, lower = weekly_sales(report), [plan.band["low"] * part for part in shares]
    weeks = int(plan.band.get("weeks_under", 2))
    recent = weekly[-weeks:] if len(weekly) >= weeks else []
    fires = two_weeks_under(recent, lower[week - len(recent) : week], weeks) is not None
    return Tracking(week, tuple(rows), tuple(weekly), tuple(lower), tuple(shares), weeks, fires)


def weekly_sales(report: WeekReport) -> list[float]:
    """Return the region's sales of each week played."""
    sums = [0.0] * report.week
    for event in report.recent(report.week):
        if event[1] in SALES:
            sums[int(event[0] // DAYS_PER_WEEK)] += event[6]
    return sums


def alarms(weekly: Sequence[float], plan: Plan, shares: Sequence[float]) -> list[int]:
    """Return the weeks at whose end the rule of weeks in a row under the lower limit fired."""
    weeks, lower = int(plan.band.get("weeks_under", 2)), [plan.band["low"] * s for s in shares]
    ends = range(weeks, len(weekly) + 1)
    under = (two_weeks_under(weekly[e - weeks : e], lower[e - weeks : e], weeks) for e in ends)
    return [end - 1 for end, fired in zip(ends, under, strict=True) if fired is not None]


def _rep(rep: Any, found: SoFar, total: int, plan: Plan, share: float) -> Standing:
    light, side = _light(found.sold, _around(found.quota, plan))
    forecast = _forecast(found.sold, share)
    name, place = rep.name, rep.territory
    return Standing(
        rep.id, "rep", name, place, found.sold, found.quota, total, light, side, forecast
    )


def _whole(
    name: str, kind: str, called: Text, reps: Sequence[Standing], plan: Plan, share: float
) -> Standing:
    """A territory or the region; the region's target is the one promised, reserve included."""
    sold, quota = (math.fsum(getattr(rep, part) for rep in reps) for part in ("sold", "pace"))
    total, band = math.fsum(rep.total for rep in reps), _around(quota, plan)
    if kind == "region":
        total, quota = float(plan.region), plan.region * share
        band = Band(*(plan.band[part] * share for part in ("low", "baseline", "high")))
    light, side = _light(sold, band)
    place = name if kind == "territory" else ""
    return Standing(
        name, kind, called, place, sold, quota, total, light, side, _forecast(sold, share)
    )


def _around(quota: float, plan: Plan) -> Band:
    """The plan's band in proportion around the quota of a part."""
    baseline = plan.band["baseline"]
    low, high = (plan.band[end] / baseline if baseline > 0 else 1.0 for end in ("low", "high"))
    return Band(quota * low, quota, quota * high)


def _light(sold: float, band: Band) -> tuple[str, str]:
    if band.middle <= 0:
        return "", ""
    side = "below" if sold < band.low else "above" if sold > band.high else "inside"
    return band.light(sold), side


def _forecast(sold: float, share: float) -> float | None:
    """Sold, and the weeks that are left at the pace so far: sold / share of the season played."""
    return sold / share if share > 0 else None
