"""Posts that fall vacant and are filled again against renewal theory."""

import math

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.bare import bare, compare, replicated
from simkit.study.evidence.families import Rows, Task, between, cases, family, must, positive
from simkit.study.evidence.worlds import happened

REPLICATIONS = 8
WEEKS_PER_YEAR = 52.0
MOST_WEEKS = 1040
"""The longest run that a scenario allows."""
POST_CYCLES = 60.0
"""Times that a post falls vacant in one run, all posts together."""


@family
def vacancy(turnover: float = 0.25, fill: float = 13) -> Rows:
    """Posts held and vacant in turn: share of time vacant, and the law of the time to fill.

    `turnover` per year and post held, `fill` in weeks. Search and notice are equally long and
    exponential: together Erlang-2.
    """
    positive(turnover=turnover, fill=fill)
    between(0.5, 104, fill=fill)
    years = turnover * fill / WEEKS_PER_YEAR
    cycle = WEEKS_PER_YEAR / turnover + fill
    posts = math.ceil(POST_CYCLES * cycle / MOST_WEEKS)
    must(posts <= 200, f"turnover {turnover:.4g} is too rare to be seen: give at least 0.05")
    scenario = _only_posts(posts, turnover, fill)

    def measure(simulation: Simulation) -> list[float]:
        end = MOST_WEEKS * DAYS_PER_WEEK
        waits = [event[6] for event in happened(simulation, "rep_hired")]
        vacant = _vacant_days(simulation, end) / (posts * end)
        return [vacant, sum(waits) / len(waits), sum(w > fill for w in waits) / len(waits)]

    values = replicated(("vacancy", turnover, fill), scenario, measure, REPLICATIONS)
    return compare(
        "alternating renewal process (Cox 1962, Renewal Theory)",
        values,
        ("share vacant", "share of the time that a post is vacant", years / (1 + years)),
        ("weeks to fill", "mean weeks that a post is vacant", fill),
        ("long vacancies", "share of vacancies longer than the mean", 3 * math.exp(-2)),
    )


def _only_posts(posts: int, turnover: float, fill: float) -> Scenario:
    """A region in which nothing happens but that reps leave and are replaced."""
    return bare(
        "turnover",
        territories=[{"id": "north", "reps": posts}],
        weeks=MOST_WEEKS,
        warm_up_weeks=min(260, math.ceil(10 * fill)),
        turnover={
            "late_per_year": turnover,
            "early_per_year": 0,
            "missed_gain": 0,
            "search_weeks": fill / 2,
            "notice_weeks": fill / 2,
            "shortlist": 1,
        },
    )


def _vacant_days(simulation: Simulation, end: float) -> float:
    """Days after the warm-up that posts were vacant, all posts together."""
    days = 0.0
    for event in simulation.world.log:
        if event[1] in ("rep_left", "rep_hired"):
            rest = end - max(0.0, event[0])
            days += rest if event[1] == "rep_left" else -rest
    return days


TASKS: list[Task] = [
    *cases(vacancy, 8.0, {}),
    *cases(vacancy, 8.0, {"turnover": 0.35, "fill": 6}, slow=True),
]
