"""Facts 16, 21, 23 to 25, 29, 36, 40, and 2 as shipped: what two ordinary years show.

Nothing is changed and nobody decides anything: every figure is read off the event log of the same
runs.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable

from simkit.region.events import Event
from simkit.region.simulation import Simulation
from simkit.study.evidence.facts_calls import panel_rows
from simkit.study.evidence.forecasts import beating_smoothing
from simkit.study.evidence.pay_plans import attainments
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    YEAR,
    account_months,
    happened,
    if_outside,
    play,
    region,
    seeds,
)

SABNIS = "Sabnis et al. 2013, JM 77(1)"
OLDROYD = "Oldroyd et al. 2011, HBR"
INDUSTRY = "industry surveys: Implisit; CSO Insights 2018-19"
KIM = "Kim, Singh and Winer 2017, Marketing Letters 28; McCarthy and Winer 2019"
GRUEN = "Gruen, Corsten and Bharadwaj 2002; not confirmed in the original"
SURVEYS = "CSO Insights annual studies"
CITED = "widely cited figure of the United States (HBR)"
MAKRIDAKIS = "Makridakis et al. 2022, IJF 38(4)"
WEEKS = 2 * YEAR
MONTH_DAYS = 21.0
"""Working days of thirty days."""


def facts_of_ordinary_years(replications: int = 5) -> list[Row]:
    """Return the rows of all facts that need nothing but the region as shipped, two years long."""
    values: dict[str, list[float]] = defaultdict(list)
    panels = []
    for seed in seeds(replications):
        simulation = play(region(WEEKS), seed)
        for id, _, _, _, _, measure, _ in MEASURES:
            values[id].append(_measured(measure, simulation))
        panels.append(account_months(simulation))
    return [*map(_row, MEASURES, values.values()), *panel_rows("fact 2 as shipped", _WHERE, panels)]


_WHERE = "region as shipped"


def _measured(measure: Callable[[Simulation], float], simulation: Simulation) -> float:
    """The measure, or nan where there is nothing to measure: no leads, say, in a knock-out.

    Only that row is lost then, not all that the same runs show.
    """
    try:
        return measure(simulation)
    except (ArithmeticError, ValueError, LookupError):
        return math.nan


def _row(measure: "Measure", values: list[float]) -> Row:
    id, what, source, role, (low, high, expected), _, why = measure
    row = band_row(
        id, what, source, (low, high), *mean_and_error(values), role=role, expected=expected
    )
    return if_outside(row, below=why)


# Leads and deals


def untouched_share(simulation: Simulation) -> float:
    """Return the share of leads that nobody turned to within thirty days."""
    born = _days(happened(simulation, "lead", last=WEEKS - 7))
    touched = _days(happened(simulation, "lead_touched"))
    late = [touched.get(lead, math.inf) - day > MONTH_DAYS for lead, day in born.items()]
    return sum(late) / len(late)


def _days(events: list[Event]) -> dict[str, float]:
    return {event[5]: event[0] for event in events}


def odds_of_haste(first: float, last: float) -> Callable[[Simulation], float]:
    """Return the measure: odds of qualifying when answered within an hour, against later.

    Later: between `first` and `last` working hours after the lead came.
    """

    def measure(simulation: Simulation) -> float:
        answers = happened(simulation, "lead_touched")
        soon = _odds([e for e in answers if e[6] <= 1.0])
        return soon / _odds([e for e in answers if first < e[6] <= last])

    return measure


def _odds(answers: list[Event]) -> float:
    good = sum(event[7] == "qualified" for event in answers)
    return good / (len(answers) - good)


def passing(start: str, detail: str, end: str, weeks: int) -> Callable[[Simulation], float]:
    """Return the measure: share of deals that come from one kind of event to another.

    Counts the starts that had at least `weeks` weeks to get there.
    """

    def measure(simulation: Simulation) -> float:
        starts = happened(simulation, start, last=WEEKS - 1 - weeks)
        begun = {e[5] for e in starts if detail in ("", e[7])}
        ended = {e[5] for e in happened(simulation, end)}
        return len(begun & ended) / len(begun)

    return measure


# Reps


def reaching_quota(weeks: int) -> Callable[[Simulation], float]:
    """Return the measure: share of reps who reach the quota of a period of `weeks` weeks.

    Counts the reps who were there for half of it.
    """

    def measure(simulation: Simulation) -> float:
        found = attainments(simulation, weeks, weeks // 2)
        return sum(attained >= 1.0 for attained in found) / len(found)

    return measure


def leaving(simulation: Simulation) -> float:
    """Return how many reps leave, per rep and year."""
    years = len(happened(simulation, "quota")) / YEAR
    return len(happened(simulation, "rep_left")) / years


# Customers and stock


def best_fifth(simulation: Simulation) -> float:
    """Return the share of a year's routine sales that the best fifth of its buyers bring."""
    sales: dict[str, float] = defaultdict(float)
    for event in happened(simulation, "order", last=YEAR - 1):
        sales[event[4]] += event[6]
    ranked = sorted(sales.values(), reverse=True)
    return math.fsum(ranked[: round(0.2 * len(ranked))]) / math.fsum(ranked)


def when_short(what: str) -> Callable[[Simulation], float]:
    """Return the measure: share of orders that were short of stock and went one way."""

    def measure(simulation: Simulation) -> float:
        events = happened(simulation, "lost_sale", "order")
        ways = Counter(e[7] if e[1] == "order" else "lost" for e in events)
        del ways["in_stock"]
        return ways[what] / ways.total()

    return measure


Measure = tuple[
    str, str, str, str, tuple[float, float, float | None], Callable[[Simulation], float], str
]
"""Id, what, source, role, band with what is expected, measure, why it may fail."""

_WHY_HASTE = (
    "reps turn to the most promising lead first, so leads that waited long were poor or picked for "
    "a high score, which blurs what haste itself does"
)
MEASURES: tuple[Measure, ...] = (
    *(
        (
            f"fact 16: {name}",
            f"share of reps who reach the quota of a {name}; our band",
            SURVEYS,
            "E",
            (0.40, 0.65, None),
            reaching_quota(weeks),
            "",
        )
        for name, weeks in (("quarter", 13), ("year", YEAR))
    ),
    (
        "fact 21",
        "reps who leave, per rep and year; our band",
        CITED,
        "I",
        (0.18, 0.35, None),
        leaving,
        "",
    ),
    (
        "fact 23",
        "share of leads nobody turns to within thirty days",
        SABNIS,
        "C",
        (0.5, 0.8, 0.70),
        untouched_share,
        "",
    ),
    (
        "fact 24: an hour against a day",
        "odds of qualifying, answered within an hour against within a day; our band",
        OLDROYD,
        "I",
        (1.0, 7.0, None),
        odds_of_haste(1.0, 8.0),
        _WHY_HASTE,
    ),
    (
        "fact 24: an hour against later",
        "odds of qualifying, answered within an hour against later than a day; our band",
        OLDROYD,
        "I",
        (1.0, 60.0, None),
        odds_of_haste(8.0, math.inf),
        _WHY_HASTE,
    ),
    (
        "fact 25: lead to opportunity",
        "share of leads that become opportunities; our band",
        INDUSTRY,
        "C",
        (0.08, 0.20, None),
        passing("lead", "", "opportunity", 4),
        "",
    ),
    (
        "fact 25: opportunity to deal",
        "share of opportunities that are won; our band",
        INDUSTRY,
        "C",
        (0.15, 0.30, None),
        passing("opportunity", "", "won", 35),
        "",
    ),
    (
        "fact 25: committed to deal",
        "share of deals in negotiation that are won; our band",
        INDUSTRY,
        "C",
        (0.40, 0.55, None),
        passing("stage", "negotiate", "won", 25),
        "",
    ),
    (
        "fact 29",
        "share of a year's routine sales that the best fifth of buyers bring",
        KIM,
        "C",
        (0.55, 0.75, 0.67),
        best_fifth,
        "",
    ),
    *(
        (
            f"fact 36: {name}",
            f"share of short orders: {name}; our band",
            GRUEN,
            "I",
            (published - 0.04, published + 0.04, None),
            when_short(way),
            "",
        )
        for name, way, published in (
            ("sale lost (other shop, other brand, none)", "lost", 0.66),
            ("same brand, other article", "substitute", 0.19),
            ("customer waits", "backorder", 0.15),
        )
    ),
    (
        "fact 40",
        "share of nine usual forecasts that beat exponential smoothing; our band: a quarter",
        MAKRIDAKIS,
        "E",
        (0.0, 0.25, None),
        beating_smoothing,
        "",
    ),
)

TASKS = [
    ("ordinary years", facts_of_ordinary_years, {"replications": 5}, False, 20),
    ("ordinary years", facts_of_ordinary_years, {"replications": 24}, True, 96),
]
