"""Facts 1 to 3: what calls do to sales, between accounts and within them, and what planning adds.

`fact_NN(replications)` measures one published fact on the shipped region and returns its rows.
"""

import math
from collections import Counter
from collections.abc import Mapping

from simkit.region.decision import Decision, Policy
from simkit.region.draws import Draws, entity_number, normal
from simkit.region.events import Event
from simkit.region.policies import BY_HABIT
from simkit.region.population import draw_customers, draw_reps
from simkit.region.report import WeekReport
from simkit.region.response import call_response
from simkit.region.simulation import Simulation
from simkit.region.state import CLASSES
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.market_blocks import Response
from simkit.scenario.records import Scenario
from simkit.study.evidence.panel import pooled_poisson, within_poisson
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    ABOVE_ZERO,
    YEAR,
    Array,
    account_months,
    changed,
    if_outside,
    play,
    region,
    revenue,
    seeds,
    shock,
)

ALBERS = "Albers, Mantrala and Sridhar 2010, JMR 47(5)"
MANCHANDA = "Manchanda, Rossi and Chintagunta 2004, JMR 41(4) (data); recomputed from bayesm"
FUDGE = "Fudge and Lodish 1977, Interfaces 8(1)"


# Fact 1


def fact_01(replications: int = 8) -> list[Row]:
    """Return the elasticity of revenue to the number of calls, in the second year of a change.

    All visits take less or more time from week 0 on, so that every rep makes 10 % more or fewer;
    arc elasticity of the revenue of weeks 52 to 103 between the two.
    """
    more, fewer = _with_calls(1.1), _with_calls(0.9)
    values = [
        math.log(revenue(play(more, seed), YEAR) / revenue(play(fewer, seed), YEAR))
        / math.log(1.1 / 0.9)
        for seed in seeds(replications)
    ]
    what = "elasticity of revenue to calls, year 2 after a lasting change of 10 % up and down"
    row = band_row(
        "fact 1", what, ALBERS, (0.25, 0.40), *mean_and_error(values), role="C", expected=0.34
    )
    return [if_outside(row, above=_WHY_DEALS)]


_WHY_DEALS = (
    "most leads wait for a rep, so that deals and the customers they bring grow about as fast as "
    "calls, on top of what calls do to routine orders"
)


def _with_calls(factor: float) -> Scenario:
    effect = ("visit_time", "all", 1.0 / factor)
    return region(2 * YEAR, shocks=[shock("capacity", effect, start=0, weeks=2 * YEAR)])


# Fact 2

TARGETING = 0.175
"""Calls grow with potential to this power: middle of .15 to .20 (evidence, M2)."""
NOISE = 0.4
"""Log standard deviation of the calls that reps give a class in a month: middle of .3 to .5."""


def fact_02(replications: int = 4) -> list[Row]:
    """Return what calls seem to do between and within accounts of a panel like the physicians'.

    In this panel all orders are alike, calls follow potential weakly, and every rep gives the three
    classes of accounts more or fewer calls from month to month. 26 months of four weeks.
    """
    scenario = physicians()
    panels = [
        account_months(play(scenario, seed, uneven_calls(scenario, seed)))
        for seed in seeds(replications)
    ]
    return panel_rows("fact 2", "panel like the physicians'", panels)


def physicians() -> Scenario:
    """Return the region with orders of one size and calls that follow potential weakly."""
    scenario = region(2 * YEAR, demand={"value_sigma": 0, "value_cv": 0})
    wanted: Counter[str] = Counter()
    for customer in draw_customers(scenario, draw_reps(scenario))[0]:
        wanted[customer.klass] += customer.orders_per_week**TARGETING  # type: ignore[assignment]
    return changed(scenario, selling={"call_split": split_of(wanted)})


def uneven_calls(scenario: Scenario, seed: int) -> Policy:
    """Return the policy of reps who vary their calls on the classes every four weeks."""
    table, usual = Draws(seed).table("uneven calls"), scenario.selling.call_split

    def split(rep: str, month: int) -> CallSplit:
        luck = table.row(entity_number(rep), month, len(CLASSES)).tolist()
        factors = [math.exp(NOISE * normal(u)) for u in luck]
        return split_of({k: getattr(usual, k) * f for k, f in zip(CLASSES, factors, strict=True)})

    def decide(report: WeekReport) -> Decision:
        if report.week % 4:
            return report.decision
        month = report.week // 4
        return report.decision.but(call_split_of={rep: split(rep, month) for rep in report.reps})

    return decide


def split_of(calls: Mapping[str, float]) -> CallSplit:
    """Return calls by class as shares."""
    total = math.fsum(calls.values())
    key, regular = calls["key"] / total, calls["regular"] / total
    return CallSplit(key=key, regular=regular, tail=max(0.0, 1.0 - key - regular))


def panel_rows(id: str, where: str, panels: list[tuple[Array, Array]]) -> list[Row]:
    """Return the rows of fact 2 of panels (orders, visits), one a replication."""
    pooled = [pooled_poisson(*panel).elasticity for panel in panels]
    within = [within_poisson(*panel).elasticity for panel in panels]
    months = [within_poisson(*panel, lags=4).elasticity for panel in panels]
    apart = [p - 3.0 * w for p, w in zip(pooled, within, strict=True)]
    measures = (
        ("pooled", pooled, (0.2, 0.4), 0.293, "", _WHY_TARGETING),
        ("within account, same month", within, (0.03, 0.07), 0.052, _WHY_LATE, _WHY_EFFORT),
        ("within account, five months", months, (0.10, 0.20), 0.154, _WHY_LATE, _WHY_EFFORT),
        ("pooled less three times within", apart, ABOVE_ZERO, None, "", ""),
    )
    return [
        if_outside(
            band_row(
                f"{id}: {name}",
                f"elasticity of orders to calls, {name}; {where}",
                MANCHANDA,
                band,
                *mean_and_error(values),
                expected=expected,
            ),
            below,
            above,
        )
        for name, values, band, expected, below, above in measures
    ]


_WHY_TARGETING = (
    "calls are planned by three classes and go round in turn, so they differ between accounts "
    "almost only with potential, and targeting is nearly all that a pooled regression sees"
)
_WHY_LATE = (
    "a call acts from the following week on and 95 % of goodwill carries over each week, so that "
    "less of its effect falls into the first months than the physicians' data show"
)
_WHY_EFFORT = (
    "in weeks of high effort a rep makes more calls and also sells more on each, so that within an "
    "account orders follow calls more than calls alone would make them"
)


# Fact 3


def fact_03(replications: int = 3) -> list[Row]:
    """Return what it brings to plan the same calls by marginal analysis, over half a year.

    Three ways to have called before: every account equally often, the split that the region ships
    with, and calls in proportion to potential.
    """
    potential = Counter[str]()
    for customer in draw_customers(region(26), draw_reps(region(26)))[0]:
        worth = customer.orders_per_week * customer.order_value
        potential[customer.klass] += worth  # type: ignore[assignment]
    ways = (
        ("from equal calls", BY_HABIT, ""),
        ("from the region's own calls", region(26).selling.call_split, ""),
        ("from calls in proportion to potential", split_of(potential), _WHY_FLAT),
    )
    return [_planned(name, split, why, replications) for name, split, why in ways]


def _planned(name: str, split: CallSplit, why: str, replications: int) -> Row:
    scenario, values = region(26, selling={"call_split": split}), []
    for seed in seeds(replications):
        simulation = Simulation(scenario, seed)
        simulation.run(marginal_analysis(simulation))
        values.append(revenue(simulation) / revenue(play(scenario, seed)) - 1.0)
    what = f"sales gained in 26 weeks by planning the same calls by marginal analysis, {name}"
    band = (0.03, 0.12)
    row = band_row(f"fact 3: {name}", what, FUDGE, band, *mean_and_error(values), expected=0.081)
    return if_outside(row, below=why)


_WHY_FLAT = (
    "with a concave response, calls in proportion to potential are nearly optimal already, so "
    "there is little left to gain; the published firm had no such rule"
)


def marginal_analysis(simulation: Simulation) -> Policy:
    """Return the policy of calls of which one more brings the same in every class of accounts.

    Decided once for each rep, from the orders of the warm-up and the known response curve: a
    manager's knowledge, no true potential. After CALLPLAN (Lodish 1971, Management Science 18(4)).
    """
    scenario, log = simulation.scenario, simulation.world.log
    accounts = _accounts(log)
    worth, counts = _worth_by_class(log, accounts, scenario), Counter(accounts.values())
    reps, everybody = simulation.report().reps, Counter(k for _, k in accounts.values())
    each = {klass: round(count / len(reps)) for klass, count in everybody.items()}
    splits = {}
    for rep in reps:
        own = {klass: counts[rep, klass] for klass in CLASSES if counts[rep, klass]}
        splits[rep] = _split(worth, own or each, scenario)
    usual = _split(worth, each, scenario)  # of those who come later
    return lambda report: report.decision.but(call_split=usual, call_split_of=splits)


def _split(worth: dict[str, float], counts: dict[str, int], scenario: Scenario) -> CallSplit:
    selling, response = scenario.selling, scenario.response
    calls = selling.calls_per_week * (1.0 - selling.prospecting_share)
    planned = best_calls(worth, counts, calls / response.reference_calls_per_week, response)
    return split_of({k: planned.get(k, 0.0) * counts.get(k, 0) for k in CLASSES})


def _accounts(log: list[Event]) -> dict[str, tuple[str, str]]:
    """Rep and class of the accounts that are there at the end."""
    accounts: dict[str, tuple[str, str]] = {}
    for event in log:
        if event[1] == "account":
            accounts[event[4]] = event[3], event[7]
        elif event[1] == "account_moved":
            accounts[event[4]] = event[3], accounts[event[4]][1]
        elif event[1] == "account_lost":
            accounts.pop(event[4], None)
    return accounts


def _worth_by_class(
    log: list[Event], accounts: dict[str, tuple[str, str]], scenario: Scenario
) -> dict[str, float]:
    """What an account of each class would order at the reference call rate."""
    response, weeks = scenario.response, scenario.warm_up_weeks
    sales, visits = Counter[str](), Counter[str]()
    for event in log:
        if event[1] in ("order", "lost_sale") and event[4] in accounts:
            sales[accounts[event[4]][1]] += event[6]  # type: ignore[assignment]
        elif event[1] == "visit":
            visits[event[7]] += 1
    sizes = Counter(klass for _, klass in accounts.values())
    worth = {}
    for klass, size in sizes.items():
        rate = visits[klass] / weeks / size / response.reference_calls_per_week
        factor = call_response(rate, response.floor, response.ceiling, response.half)
        worth[klass] = sales[klass] / size / factor
    return worth


def best_calls(
    worth: dict[str, float], counts: dict[str, int], calls: float, response: Response
) -> dict[str, float]:
    """Return the calls on one account of each class that bring most in total.

    Maximises sum of counts x worth x f(a) subject to sum of counts x a = `calls` for the response
    f of exponent 1: where a class gets calls, a + half grows with the square root of worth.
    """
    chosen = list(counts)
    while True:
        roots = {klass: math.sqrt(worth[klass]) for klass in chosen}
        room = calls + response.half * sum(counts[klass] for klass in chosen)
        scale = room / math.fsum(counts[klass] * roots[klass] for klass in chosen)
        planned = {klass: scale * roots[klass] - response.half for klass in chosen}
        if min(planned.values()) >= 0:
            return planned
        chosen = [klass for klass in chosen if planned[klass] > 0]


TASKS = [
    ("fact 1", fact_01, {"replications": 6}, False, 16),
    ("fact 3", fact_03, {"replications": 3}, False, 10),
    ("fact 1", fact_01, {"replications": 32}, True, 88),
    ("fact 2", fact_02, {"replications": 16}, True, 36),
    ("fact 3", fact_03, {"replications": 16}, True, 56),
]
