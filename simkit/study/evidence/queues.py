"""A queue at a back office desk against Erlang, Palm, Pollaczek and Khinchine.

Half of the leads become work for the quote desk at random moments: Poisson arrivals. Time is in
units of the case; the engine's days are scaled so that about forty jobs come a day.
"""

import math
from typing import Any, Literal

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import bare, compare, funnel, leads_for, replicated
from simkit.study.evidence.families import (
    Rows,
    Task,
    between,
    cases,
    family,
    must,
    positive,
)
from simkit.study.evidence.run_length import (
    FEWEST_JOBS,
    JOBS_PER_DAY,
    Plan,
    plan,
    relaxation,
    time_needed,
)
from simkit.study.evidence.worlds import happened

Law = Literal["exponential", "lognormal", "constant"]
MOST_STAFF = 500
ALMOST_ALL = 0.98
"""A share above this is left out: too few exceptions to judge it by."""
QUOTED = {"quote": {"think_days": 0, "pass_share": 0}}
"""Work ends at the quote desk."""


def one_desk(chosen: Plan, service: float, servers: int, **desk: Any) -> Scenario:
    """Return a region of which only the quote desk is left; `service` is a rate."""
    settings = {"law": "exponential", "patience_per_week": 0, **desk}
    quote = {"staff": servers, "service_days": chosen.scale / service, **settings}
    return bare(
        "funnel",
        territories=[{"id": "north", "leads_per_week": leads_for(JOBS_PER_DAY)}],
        weeks=chosen.weeks,
        warm_up_weeks=chosen.warm_up,
        funnel=funnel(QUOTED),
        desks={"quote": quote},
    )


def waits(simulation: Simulation, scale: float) -> np.ndarray:
    """Return how long those waited whose work began, in units of the case."""
    return np.array([e[6] for e in happened(simulation, "desk_start")]) / scale


def sojourns(simulation: Simulation, first: str, last: str, scale: float) -> np.ndarray:
    """Return the times from arriving at the `first` desk to leaving the `last` one."""
    log = simulation.world.log
    came = {e[5]: e[0] for e in log if e[1] == "desk_in" and e[7] == first}
    gone = [e for e in happened(simulation, "desk_out") if e[7] == last]
    return np.array([e[0] - came[e[5]] for e in gone]) / scale


def steady(arrival: float, service: float, servers: int) -> float:
    """Return the load; raises CaseError unless there is a steady state."""
    positive(arrival=arrival, service=service)
    between(1, MOST_STAFF, servers=servers)
    load = arrival / (servers * service)
    remedy = "so there is no steady state; raise servers or service, or lower arrival"
    must(load < 1, f"load {load:.4g} is not below 1, {remedy}")
    return load


def mmc_plan(arrival: float, service: float, servers: int, factor: float = 1.0) -> Plan:
    """A plan for waits and the chance of waiting in M/M/c; `factor` times longer."""
    law = formulas.queue_law(arrival, service, servers)
    states = np.arange(len(law))
    births = np.full(len(law), arrival)
    queued = np.maximum(states - servers, 0.0)
    length = time_needed(law, births, queued, (states >= servers) * 1.0)
    return plan(arrival, factor * length, relaxation(arrival, service, servers))


@family
def mmc(arrival: float = 4, service: float = 1, servers: int = 5) -> Rows:
    """M/M/c: chance of waiting, mean wait, and the tail of the wait at its mean given waiting."""
    steady(arrival, service, servers)
    chosen = mmc_plan(arrival, service, servers)
    spare = servers * service - arrival
    limit = 1 / spare

    def measure(simulation: Simulation) -> list[float]:
        wait = waits(simulation, chosen.scale)
        return [(wait > 0).mean(), wait.mean(), (wait > limit).mean()]

    luck = ("mmc", arrival, service, servers)
    values = replicated(luck, one_desk(chosen, service, servers), measure)
    chance = formulas.erlang_c(servers, arrival / service)
    return compare(
        "Erlang 1917 (Erlang C)",
        values,
        ("chance of waiting", "share of jobs that wait", chance),
        ("mean wait", "mean wait of all jobs", chance / spare),
        ("tail", f"share that waits longer than {limit:.4g}", chance / math.e),
    )


@family
def mm1_sojourn(arrival: float = 0.6, service: float = 1) -> Rows:
    """M/M/1: the time in system is exponential; its mean and its 95th percentile."""
    steady(arrival, service, 1)
    chosen = mmc_plan(arrival, service, 1, 2.0)
    percentile = math.log(20) / (service - arrival)

    def measure(simulation: Simulation) -> list[float]:
        times = sojourns(simulation, "quote", "quote", chosen.scale)
        return [times.mean(), (times > percentile).mean()]

    values = replicated(("mm1", arrival, service), one_desk(chosen, service, 1), measure)
    return compare(
        "textbook M/M/1: W is exponential with rate service - arrival",
        values,
        ("mean sojourn", "mean time in system", 1 / (service - arrival)),
        ("beyond the 95th percentile", f"share in system longer than {percentile:.4g}", 0.05),
    )


@family
def mg1(arrival: float = 0.5, service: float = 1, cv2: float = 1) -> Rows:
    """M/G/1: mean wait at a squared coefficient of variation of a lognormal service (0: fixed)."""
    steady(arrival, service, 1)
    between(0, 25, cv2=cv2)
    spread = (1 + cv2) / 2
    chosen = mmc_plan(arrival, service, 1, max(1.0, spread**3))
    law = {"law": "lognormal", "cv": math.sqrt(cv2)} if cv2 else {"law": "constant"}
    scenario = one_desk(chosen, service, 1, **law)
    values = replicated(
        ("mg1", arrival, service, cv2), scenario, lambda sim: [waits(sim, chosen.scale).mean()]
    )
    expected = formulas.pollaczek_khinchine(arrival, 1 / service, cv2)
    return compare("Pollaczek-Khinchine", values, ("mean wait", "mean wait of all jobs", expected))


def _blocked(simulation: Simulation) -> float:
    """Share of arrivals who found no room: they give up without having waited."""
    turned = sum(e[6] == 0 for e in happened(simulation, "gave_up"))
    return turned / len(happened(simulation, "desk_in"))


def _room_plan(arrival: float, service: float, servers: int, room: int, spread: float) -> Plan:
    law = formulas.queue_law(arrival, service, servers, room=room)
    full = np.zeros(len(law))
    full[-1] = 1.0
    seen = [full]
    if room > servers:
        seen.append(np.maximum(np.arange(len(law)) - servers, 0.0))
    length = time_needed(law, np.full(len(law), arrival), *seen)
    relaxing = min(relaxation(arrival, service, servers), room / arrival + 1 / service)
    length = max(spread * length, FEWEST_JOBS / (servers * service))
    return plan(arrival, length, max(relaxing, 1 / service))


@family
def mmck(arrival: float = 3, service: float = 1, servers: int = 3, room: int = 5) -> Rows:
    """M/M/c/K: who finds `room` jobs at the desk turns away; load may be above 1."""
    positive(arrival=arrival, service=service)
    between(1, MOST_STAFF, servers=servers)
    between(servers, 1000, room=room)
    must(room > servers, "room must be above servers; erlang_b is the case without waiting room")
    chosen = _room_plan(arrival, service, servers, room, 1.0)
    scenario = one_desk(chosen, service, servers, room=room)
    luck = ("mmck", arrival, service, servers, room)
    values = replicated(luck, scenario, lambda s: [_blocked(s), waits(s, chosen.scale).mean()])
    law = formulas.queue_law(arrival, service, servers, room=room)
    wait = formulas.waiting(law, servers) / (arrival * (1 - law[-1]))
    return compare(
        "textbook M/M/c/K (birth-death)",
        values,
        ("turned away", "share of arrivals that find no room", float(law[-1])),
        ("mean wait", "mean wait of those let in", wait),
    )


@family
def erlang_b(
    arrival: float = 5,
    service: float = 1,
    servers: int = 8,
    law: Law = "exponential",
    cv: float = 1,
) -> Rows:
    """M/G/c/c: nobody waits; the share turned away is the same for every law of service."""
    positive(arrival=arrival, service=service, cv=cv)
    between(1, MOST_STAFF, servers=servers)
    between(0, 4, cv=cv)
    chosen = _room_plan(arrival, service, servers, servers, max(1.0, (1 + cv * cv) / 2))
    scenario = one_desk(chosen, service, servers, law=law, cv=cv, room=servers)
    values = replicated(
        ("erlang_b", arrival, service, servers, law, cv), scenario, lambda sim: [_blocked(sim)]
    )
    expected = formulas.erlang_b(servers, arrival / service)
    what = "share of arrivals that find no room"
    return compare("Erlang 1917 (Erlang B)", values, ("turned away", what, expected))


@family
def erlang_a(
    arrival: float = 10, service: float = 1, servers: int = 10, patience: float = 0.5
) -> Rows:
    """M/M/c with exponential patience (a rate): share that gives up, mean wait, chance of waiting.

    The load may be above 1: impatience keeps the queue finite.
    """
    positive(arrival=arrival, service=service, patience=patience)
    between(1, MOST_STAFF, servers=servers)
    law = formulas.queue_law(arrival, service, servers, patience)
    states = np.arange(len(law))
    queued = np.maximum(states - servers, 0.0)
    busy = (states >= servers) * 1.0
    length = time_needed(law, np.full(len(law), arrival), queued, busy)
    load = arrival / (servers * service)
    relaxing = 1 / min(patience, service)
    if load < 1:
        relaxing = min(relaxing, relaxation(arrival, service, servers))
    chosen = plan(arrival, max(length, FEWEST_JOBS / (servers * service)), relaxing)

    def measure(simulation: Simulation) -> list[float]:
        ends = happened(simulation, "desk_start", "gave_up")
        wait = np.array([e[6] for e in ends]) / chosen.scale
        return [np.mean([e[1] == "gave_up" for e in ends]), wait.mean(), (wait > 0).mean()]

    rate = 5 * patience / chosen.scale
    scenario = one_desk(chosen, service, servers, patience_per_week=rate)
    luck = ("erlang_a", arrival, service, servers, patience)
    values = replicated(luck, scenario, measure)
    waiting, chance = formulas.waiting(law, servers), float(law @ busy)
    quantities = [
        ("gave up", "share of jobs whose customer gives up", patience * waiting / arrival),
        ("mean wait", "mean wait of all jobs, served or not", waiting / arrival),
        ("chance of waiting", "share of jobs that wait", chance),
    ]
    if chance > ALMOST_ALL:
        quantities.pop()
    return compare("Palm 1957 (Erlang A)", values[:, : len(quantities)], *quantities)


TASKS: list[Task] = [
    *cases(mmc, 5, {}, {"arrival": 7, "servers": 10}),
    *cases(mmc, 1, {"arrival": 0.6, "servers": 1}),
    *cases(mm1_sojourn, 2, {}),
    *cases(mg1, 1, {"cv2": 0}, {"cv2": 0.5}, {"cv2": 1}, {"cv2": 2}),
    *cases(mg1, 8, {"cv2": 4}),
    *cases(mmck, 1, {}),
    *cases(erlang_b, 2, {}, {"law": "lognormal", "cv": 1.5}),
    *cases(erlang_a, 2, {}, {"arrival": 12, "patience": 1}),
    *cases(mg1, 30, {"arrival": 0.8}, {"arrival": 0.8, "cv2": 2}, slow=True),
]
