"""Desks with classes of work, and desks in a row: Cobham and Jackson."""

import math

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import bare, compare, funnel, leads_for, replicated
from simkit.study.evidence.families import Numbers, Rows, Task, between, cases, family, positive
from simkit.study.evidence.queues import QUOTED, mmc_plan, sojourns, steady
from simkit.study.evidence.run_length import JOBS_PER_DAY, Plan
from simkit.study.evidence.worlds import happened


@family
def priority(arrivals: Numbers = (0.3, 0.3), service: float = 1, cv2: float = 1) -> Rows:
    """M/G/1 with classes, the first most urgent, non-preemptive: large deals first.

    Each class is a territory; a shock makes the deals of the more urgent ones larger.
    """
    between(2, 5, **{"number of classes in arrivals": len(arrivals)})
    positive(**{f"arrivals[{i}]": a for i, a in enumerate(arrivals)})
    between(0, 9, cv2=cv2)
    load = steady(sum(arrivals), service, 1)
    rarest = min(arrivals) / sum(arrivals)
    factor = 3 * max(1.0, ((1 + cv2) / 2) ** 2) * max(1.0, 0.2 / rarest)
    chosen = mmc_plan(sum(arrivals), service, 1, factor)
    scenario = _classes(chosen, arrivals, service, cv2)
    names = [place.id for place in scenario.territories]
    begins = 5.0 * chosen.warm_up

    def measure(simulation: Simulation) -> list[float]:
        done = [e for e in happened(simulation, "desk_start") if e[0] >= begins]
        waits_of = [np.array([e[6] for e in done if e[2] == name]) for name in names]
        means = [float(wait.mean()) / chosen.scale for wait in waits_of]
        return [*means, sum(a * w for a, w in zip(arrivals, means, strict=True)) / service]

    luck = ("priority", arrivals, service, cv2)
    values = replicated(luck, scenario, measure, priority_rule="large_first")
    exact = formulas.cobham(arrivals, [1 / service] * len(arrivals), cv2)
    single = formulas.pollaczek_khinchine(sum(arrivals), 1 / service, cv2)
    what = "sum of load x wait over the classes, as without priorities"
    return compare(
        "Cobham 1954, Oper. Res. 2; conservation: Kleinrock 1965",
        values,
        *((f"wait of class {i + 1}", "mean wait of the class", w) for i, w in enumerate(exact)),
        ("conservation", what, load * single),
    )


def _classes(chosen: Plan, arrivals: Numbers, service: float, cv2: float) -> Scenario:
    """A quote desk for several territories; shocks begin after the warm-up, so it is in `weeks`."""
    share = leads_for(JOBS_PER_DAY) / sum(arrivals)
    places = [{"id": f"class{i + 1}", "leads_per_week": share * a} for i, a in enumerate(arrivals)]
    weeks = chosen.warm_up + chosen.weeks
    effects = [
        {"what": "deal_value", "where": place["id"], "multiply": len(places) - i}
        for i, place in enumerate(places)
    ]
    text = {"en": "classes of work", "zh": "工单级别"}
    shock = {"id": "classes", "name": text, "brief": text, "start_week": 0, "weeks": weeks}
    law = {"law": "lognormal", "cv": math.sqrt(cv2)} if cv2 else {"law": "constant"}
    if cv2 == 1:
        law = {"law": "exponential"}
    quote = {"staff": 1, "service_days": chosen.scale / service, "patience_per_week": 0, **law}
    scenario = bare(
        "funnel",
        territories=places,
        weeks=weeks,
        warm_up_weeks=0,
        funnel=funnel(QUOTED),
        desks={"quote": quote},
    )
    return scenario.but(shocks=[{**shock, "effects": effects, "source": "the test's classes"}])


@family
def tandem(arrival: float = 0.7, services: Numbers = (1, 0.9, 1.2)) -> Rows:
    """Exponential desks in a row (quote, legal, delivery): product form, so waits just add up."""
    between(3, 3, **{"number of services": len(services)})
    positive(**{f"services[{i}]": mu for i, mu in enumerate(services)})
    for mu in services:
        steady(arrival, mu, 1)
    slowest = min(services)
    chosen = mmc_plan(arrival, slowest, 1)
    desks = {
        name: {"staff": 1, "service_days": chosen.scale / mu, "law": "exponential"}
        | {"patience_per_week": 0}
        for name, mu in zip(("quote", "legal", "delivery"), services, strict=True)
    }
    scenario = bare(
        "funnel",
        territories=[{"id": "north", "leads_per_week": leads_for(JOBS_PER_DAY)}],
        weeks=chosen.weeks,
        warm_up_weeks=chosen.warm_up,
        funnel=funnel({}),
        desks=desks,
    )

    def measure(simulation: Simulation) -> list[float]:
        return [
            sojourns(simulation, "quote", "delivery", chosen.scale).mean(),
            _all_idle(simulation),
        ]

    values = replicated(("tandem", arrival, services), scenario, measure)
    idle = math.prod(1 - arrival / mu for mu in services)
    return compare(
        "Jackson 1957, Oper. Res. 5",
        values,
        ("mean sojourn", "mean time through all desks", sum(1 / (mu - arrival) for mu in services)),
        ("all idle", "share of time in which all desks are idle at once", idle),
    )


def _all_idle(simulation: Simulation) -> float:
    """Share of the time after the warm-up with no job at any desk."""
    steps = {"desk_in": 1, "desk_out": -1}
    moves = [(e[0], steps[e[1]]) for e in simulation.world.log if e[1] in steps]
    days = np.array([day for day, _ in moves])
    order = np.argsort(days, kind="stable")
    inside = np.cumsum(np.array([step for _, step in moves])[order])
    end = 5.0 * simulation.week
    edges = np.clip(np.append(days[order], end), 0.0, end)
    return float(np.diff(edges)[inside == 0].sum() / end)


TASKS: list[Task] = [
    *cases(priority, 3, {}, {"arrivals": [0.2, 0.2, 0.2], "cv2": 0}),
    *cases(tandem, 4, {}),
]
