"""Small comparisons made up for the tests of charts and reports: no world is played."""

import functools

import numpy as np

from simkit.region.decision import starting_decision
from simkit.region.policies import find_policy
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Text
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.worlds import Results, Summary

NASTY = "<script>alert('$1 & $2')</script>"
LEVEL = {"revenue": 9e6, "spending": 9e5, "satisfaction": 0.8, "attainment": 0.95}


@functools.cache
def region():
    return load_scenario("workshop_region").but(weeks=6)


def arm(name, en=None, zh=None):
    player = Player(
        name, Text(en=en or name, zh=zh or en or name), find_policy("keep_course"), name
    )
    return Arm(name, player.title, region(), player)


def decisions(week, price):
    start = starting_decision(region()).model_dump(mode="json")
    first = {"week": 0, "levers": start}
    return (
        [first, {"week": week, "levers": {"price": price}}] if price != start["price"] else [first]
    )


def results(
    names=("keep", "cut"), worlds=20, kpis=tuple(LEVEL), effects=(0.0, 0.02, -0.03), scale=1.0
):
    """Return made-up results: arm i is better by effects[i % 3], with luck common to all arms."""
    chance = np.random.Generator(np.random.Philox(7))
    luck = chance.normal(0.0, 0.1, worlds)
    summaries = {}
    for i, name in enumerate(names):
        for world in range(worlds):
            own = 1 + luck[world] + effects[i % len(effects)] + chance.normal(0.0, 0.004)
            values = {kpi: LEVEL.get(kpi, 1.0) * own * scale for kpi in kpis}
            weekly = [1.5e6 * scale * (1 + luck[world] + (week >= 2) * effects[i % len(effects)])
                      for week in range(6)]  # fmt: skip
            price = [1.0, 0.95, 1.05][i % 3]
            summaries[name, world] = Summary(
                values, {"revenue": weekly, "contribution": weekly}, decisions(2, price)
            )
    arms = tuple(name if isinstance(name, Arm) else arm(name) for name in names)
    return Results(arms, find_figures(kpis), 1, tuple(range(worlds)), summaries)
