"""A fit of a simulated region's opportunities finds the parameters the region was made with.

The real engine plays a region whose funnel is drawn at random; its event log is written as a CRM
export and fitted from a base scenario that knows none of it. Of the 90 % intervals, 90 % must hold
the true number. Nobody waits at a desk there: what waits do to a fit is told by the fit itself.
"""

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from simkit.region.draws import entity_number
from simkit.scenario.fit.deals.deals import DealsFit, fit_deals
from simkit.scenario.fit.found import CONFIDENCE
from simkit.scenario.records import Scenario
from simkit.study.evidence.bare import bare
from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import Row, mean_and_error
from simkit.study.evidence.worlds import changed, play
from simkit.study.exports import Form, deals_of, write_export

START = date(2023, 1, 2)
"""A Monday."""
ERRORS = 3.0
"""Standard errors that the share of intervals with the truth in them may be away from 90 %."""
STAGES = ("qualify", "quote", "negotiate", "contract")
QUIET = {
    "noise_sd": 0,
    "season_share": 0,
    "drift_per_year": 0,
    "competitor": {"on": False},
    "crises": {"on": False},
}
"""A market in which only our own price counts."""
SOURCE = "coverage of a 90 % interval is 90 %, by definition"


def base() -> Scenario:
    """Return the scenario that a fit starts from."""
    return bare(
        "funnel",
        territories=[{"id": name, "leads_per_week": 10} for name in ("north", "south")],
        weeks=104,
        warm_up_weeks=0,
        market={"on": True, **QUIET},
        funnel={"needs_rep": False, "stages": {"contract": {"think_days": 5}}},
        desks={"quote": {"staff": None, "service_days": 1.5},
               "legal": {"staff": None, "service_days": 2.0}},
    )  # fmt: skip


def drawn(number: int, form: Form) -> Scenario:
    """Return the region number `number`: its funnel is drawn at random.

    What a plain export cannot tell apart (form "salesforce") is drawn together: one power on all
    pass shares, one factor on all think times.
    """
    key = entity_number(f"fitted deals/{form}/{number}")
    draw = np.random.Generator(np.random.Philox(key))

    def between_(low: float, high: float) -> float:
        return float(draw.uniform(low, high))

    usual = base()
    power, factor = between_(0.6, 1.4), between_(0.7, 1.4)
    stages: dict[str, Any] = {}
    for name in STAGES:
        old = getattr(usual.funnel.stages, name)
        own = {"pass_share": between_(0.5, 0.9), "think_days": between_(5, 20)}
        joint = {"pass_share": old.pass_share**power, "think_days": old.think_days * factor}
        stages[name] = own if form == "hubspot" else joint
    spread = between_(0.6, 1.0) if form == "hubspot" else usual.funnel.think_cv
    places = [{**dict(place), "leads_per_week": between_(8, 20)} for place in usual.territories]
    return changed(usual, territories=places, funnel={
        "stages": stages,
        "think_cv": spread,
        "no_decision_per_week": between_(0.04, 0.12),
        "deal_value": math.exp(between_(9, 12)),
        "deal_sigma": between_(0.5, 1.1),
        "discount_limit_share": between_(0.05, 0.12),
        "discount_used_share": between_(0.4, 0.7),
    })  # fmt: skip


def fitted(scenario: Scenario, seed: int, form: Form) -> DealsFit:
    """Return the fit of the opportunities of one run of a region."""
    deals = deals_of(play(scenario, seed).world.log, START)
    with TemporaryDirectory() as folder:
        return fit_deals(write_export(Path(folder) / "deals.csv", deals, form), base())


def truth(scenario: Scenario, path: str) -> float:
    """Return the number at a path of a scenario, as settings name it."""
    found: Any = scenario
    for step in path.split("."):
        found = (
            next(each for each in found if each.id == step)
            if isinstance(found, tuple)
            else getattr(found, step)
        )
    return float(found)


def held(number: int, form: Form) -> Iterator[tuple[str, bool]]:
    """Yield for each number fitted in a region whether its interval holds the truth."""
    scenario = drawn(number, form)
    for each in fitted(scenario, number, form).estimated:
        yield each.path, each.low <= truth(scenario, each.path) <= each.high


@family
def fitted_deals(regions: int = 200, form: Form = "hubspot") -> Rows:
    """The 90 % intervals of a funnel fitted to a CRM export hold the truth 90 % of the time."""
    between(2, 5000, regions=regions)
    found = [[hit for _, hit in held(number, form)] for number in range(regions)]
    hits = [hit for of_region in found for hit in of_region]
    share, error = sum(hits) / len(hits), _error(found, len(hits))
    low, high = CONFIDENCE - ERRORS * error, CONFIDENCE + ERRORS * error
    what = f"share of {len(hits):,} intervals of {regions} regions that hold the true number"
    fits = low <= share <= high
    note = "" if fits else "the intervals are too short or too long"
    return [Row("coverage", "exact", what, SOURCE, CONFIDENCE, low, high, share, error, fits, note)]


def _error(found: list[list[bool]], hits: int) -> float:
    """Standard error of the share: regions are independent, the numbers of one region are not."""
    _, between_regions = mean_and_error([sum(hit) / len(hit) for hit in found])
    return max(between_regions, math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / hits))


TASKS: list[Task] = [
    *cases(fitted_deals, 120, {}, {"form": "salesforce"}, slow=True),
]
