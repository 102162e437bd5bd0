"""Small regions for tests: a lively one, random ones, switched ones, and games played on them."""

from dataclasses import dataclass, field
from functools import cache
from typing import get_args

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.shocks import Condition
from simkit.study.evidence import worlds
from simkit.study.evidence.worlds import OFF, changed, only, without  # noqa: F401 - for the tests

LAWS = settings(
    derandomize=True,  # the same examples on every machine
    deadline=None,
    database=None,
    max_examples=30,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PLACES = ("north", "east", "south", "west")


def territory(name, **changes):
    """Return a territory as a scenario file would state it."""
    return {"id": name, "name": {"en": name, "zh": name}, **changes}


@cache
def lively(places=3, customers=12, reps=2, leads=6):
    """Return a small region in which every mechanism is felt within a few weeks."""
    where = [
        territory(name, customers=customers, reps=reps, leads_per_week=leads)
        for name in PLACES[:places]
    ]
    thinking = {"qualify": 2, "quote": 2, "negotiate": 4, "contract": 0}
    desk = {"staff": 1, "patience_per_week": 0.5}
    return changed(
        load_scenario("region_40"),
        territories=where,
        weeks=8,
        warm_up_weeks=4,
        demand={"orders_per_week": 0.8, "walk_ins_per_year": 1.0},
        loss={"per_week": 0.02},
        turnover={"late_per_year": 4.0, "search_weeks": 1, "notice_weeks": 1},
        funnel={
            "lead_life_days": 3,
            "stages": {name: {"think_days": days} for name, days in thinking.items()},
        },
        desks={"quote": desk, "legal": desk, "delivery": {"staff": 1}, "dispatch": {"crews": 1}},
        stock={
            "lead_weeks": 0.6,
            "cover_weeks": 1.6,
            "forecast_weeks": 3,
            "supplier": {"up_weeks": 3, "down_weeks": 1},
        },
        market={
            "competitor": {"cuts_per_year": 10, "cut_weeks": 2},
            "crises": {"per_year": 6, "recovery_weeks": 4},
        },
        costs={"budget_per_quarter": 1e9},
    )


def shock(name, *effects, start=1, weeks=3, answers=(), **more):
    """Return a shock; an effect is (what, where, multiply); an answer (cost, effect, more)."""
    keys = ("what", "where", "multiply")
    given = [
        {
            "id": f"a{i}",
            "name": {"en": "do", "zh": "做"},
            "cost_per_week": cost,
            "effects": [dict(zip(keys, effect, strict=True))],
            **(rest[0] if rest else {}),
        }
        for i, (cost, effect, *rest) in enumerate(answers)
    ]
    return worlds.shock(name, *effects, start=start, weeks=weeks, answers=given, **more)


# Random regions

SOME = st.sampled_from
FACTORS = SOME([0.0, 0.3, 0.8, 1.5])
CONDITIONS = SOME(get_args(Condition))


def any_effect(places):
    """Effects of shocks as (what, where, multiply)."""
    effects = st.tuples(CONDITIONS, SOME(places), FACTORS)
    return effects.filter(lambda effect: effect[0] != "visit_time" or effect[2] > 0)


@st.composite
def shocks(draw, name, places):
    """A shock of a few effects, at most one answer."""
    effects = any_effect(["all", *places])
    return shock(
        name,
        *draw(st.lists(effects, min_size=1, max_size=3)),
        start=draw(st.integers(0, 3)),
        weeks=draw(st.integers(1, 4)),
        answers=draw(st.lists(st.tuples(SOME([0.0, 2000.0]), effects, SOME(SLOW)), max_size=2)),
        happenings=draw(st.lists(happenings(places), max_size=2)),
        known_after_weeks=draw(SOME([0, 1])),
    )


SLOW = [
    {},
    {"delay_weeks": 1},
    {"cost_once": 900.0, "department": "legal", "work_days": 2.5},
    {"department": "quality", "work_days": 3, "delay_weeks": 1},
]
"""How long measures take to come."""
DEPARTMENTS = [
    territory("legal", days_per_week=2, source="made up"),
    territory("quality", days_per_week=4, source="made up"),
]


def happenings(places):
    """What happens once because of a shock, to somebody of `places`."""
    where = SOME(places)
    deals = st.builds(lambda place: {"what": "large_deal", "where": place, "amount": 8e4}, where)
    leaving = st.just({"what": "rep_leaves", "who": "north-r1"})
    return st.tuples(deals | leaving, SOME([0, 2])).map(lambda x: {**x[0], "after_weeks": x[1]})


@st.composite
def preparations(draw, places):
    """What may be done beforehand against the first shock."""
    keys = ("what", "where", "multiply")
    effect = dict(zip(keys, draw(any_effect(["all", *places])), strict=True))
    given = {"cost_per_week": draw(SOME([0.0, 1500.0])), "against": ["s0"], **draw(SOME(SLOW))}
    return territory("ready", effects=[effect], **given)


RULES = SOME(
    [
        {"policy": "forecast", "lead_cv": 0, "lead_weeks": 1},
        {"policy": "forecast", "lead_cv": 0.3},
        {"policy": "base_stock", "level": 40_000},
        {"policy": "reorder_point", "level": 30_000, "quantity": 20_000},
    ]
)


@st.composite
def scenarios(draw, shared=None, with_shocks=True):
    """Small regions with all mechanisms on; the first territory has at least one rep."""
    names = PLACES[: draw(st.integers(2, 4))]
    where = [
        territory(
            name,
            customers=draw(st.integers(1, 14)),
            reps=draw(st.integers(int(name == "north"), 2)),
            leads_per_week=draw(SOME([0, 3, 12])),
            potential=draw(SOME([0.5, 1, 3])),
            travel=draw(SOME([0.7, 1, 2])),
        )
        for name in names
    ]
    kim = draw(SOME([None, *names]))
    number = draw(st.integers(0, 3)) if with_shocks else 0
    struck = [draw(shocks(f"s{i}", _with_reps(where))) for i in range(number)]
    named = [
        territory(f"key{i}", territory=place, orders_per_week=rate, order_value=9000)
        | {"rep": "kim" if place == kim else None}
        for i, (rate, place) in enumerate(
            draw(st.lists(st.tuples(SOME([0, 0.5, 3]), SOME(names)), max_size=3))
        )
    ]
    return changed(
        lively(),
        territories=where,
        reps=[territory("kim", territory=kim, tenure_weeks=3)] if kim else [],
        customers={"named": named, "source": "made up"},
        shocks=struck,
        departments=DEPARTMENTS,
        preparations=[draw(preparations(names))] if struck else [],
        weeks=draw(st.integers(3, 7)),
        warm_up_weeks=draw(SOME([0, 3])),
        population_seed=draw(st.integers(0, 99)),
        funnel={"think_law": draw(SOME(["lognormal", "exponential", "constant"]))},
        stock=draw(RULES),
        desks={"shared": draw(st.booleans()) if shared is None else shared},
        costs={"budget_per_quarter": draw(SOME([0, 20_000, 1e9])), "reserve": 30_000},
    )


def _with_reps(where):
    """The names of the territories; the first has the reps of whom one may leave."""
    where[0]["reps"] = max(1, where[0]["reps"])
    return [place["id"] for place in where]


SPLITS = SOME([{"key": k, "regular": r, "tail": 1 - k - r} for k, r in [(1, 0), (0, 0.5), (0, 0)]])
LOCAL = {
    "call_split": SPLITS,
    "prospecting_share": SOME([0, 0.3, 0.5]),
    "price": SOME([0.8, 1.1]),
    "discount_limit_share": SOME([0, 0.3]),
    "promotion": SOME([0.0, 4000.0]),
    "safety_factor": SOME([0, 3]),
    "backup_supplier": st.booleans(),
    "expedite": st.booleans(),
}
"""Values of the levers that may differ between territories."""
PLANS = [
    {"salary_per_year": 120_000, "commission_share": 0},
    {"salary_per_year": 0, "commission_share": 0.03, "commission_from": 0.8, "cap": 1.3},
    {
        "salary_per_year": 60_000,
        "commission_share": 0.01,
        "over_share": -0.005,
        "quarter_bonus": 9e3,
    }
    | {"annual_bonus": 9e3, "ratchet_share": 0.5, "contest_prize": 5e3, "quota_share": 0.7},
]
WHOLE = {
    "coaching_hours": SOME([0, 4]),
    "recognition_hours": SOME([0, 2]),
    "career_budget": SOME([0, 8000]),
    "recruiting_budget": SOME([0, 4000]),
    "pay_plan": SOME(PLANS),
    "pay_plan_new": SOME([None, *PLANS]),
    **{f"{desk}_staff": st.integers(1, 3) for desk in ("quote", "legal", "delivery")},
    "dispatch_crews": st.integers(1, 3),
    "priority_rule": SOME(["first_come", "large_first", "small_first"]),
    "approval_limit": SOME([20_000.0, 1e6]),
    "pre_review": st.booleans(),
    "vip_hours": SOME([0, 20]),
    "complaint_hours": SOME([0, 5, 60]),
    "release_reserve": SOME([0, 10_000, 50_000]),
}


def rep_names(scenario, place=None):
    """The ids of the reps, all or those of one territory."""
    drawn = [f"{t.id}-r{i + 1}" for t in scenario.territories for i in range(t.reps)]
    named = [rep.id for rep in scenario.reps if place in (None, rep.territory)]
    return named + [name for name in drawn if place is None or name.startswith(place)]


def people_levers(scenario):
    """Levers about single reps, customers and answers."""
    reps, places = SOME(rep_names(scenario)), SOME([t.id for t in scenario.territories])
    customers = SOME(
        [f"{t.id}-{i + 1:04d}" for t in scenario.territories for i in range(t.customers)]
    )
    answers = [f"{s.id}:{a.id}" for s in scenario.shocks for a in s.answers]
    answers += [f"prepared:{each.id}" for each in scenario.preparations]
    return {
        "quota": st.dictionaries(reps, SOME([0.0, 1e6]), max_size=2),
        "assignment": st.dictionaries(reps, places, max_size=2),
        "account_moves": st.dictionaries(customers, reps, max_size=3),
        "call_split_of": st.dictionaries(reps, SPLITS, max_size=1),
        "training_days": st.dictionaries(reps, SOME([0, 1, 5]), max_size=2),
        "headcount": st.dictionaries(places, st.integers(0, 3), max_size=2),
        "dismissals": st.lists(reps, max_size=2).map(tuple),
        "hires": st.lists(SOME(["north-v1b", "east-v1c"]), max_size=2).map(tuple),
        "answers": st.just(tuple(answers)),
        "priorities": st.dictionaries(SOME(answers or ["x"]), SOME([1, 3]), max_size=2)
        if answers
        else st.just({}),
    }


def few(levers, most=4):
    """Changes of at most a few levers."""
    names = st.lists(SOME(sorted(levers)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: levers[n] for n in chosen}))


@st.composite
def plans(draw, scenario, levers=None, places=None):
    """What is changed in which week; `levers` of the whole region, local ones of `places`."""
    levers = {**LOCAL, **WHOLE, **people_levers(scenario)} if levers is None else levers
    places = [t.id for t in scenario.territories] if places is None else places
    plan = {}
    for week in draw(st.lists(st.integers(0, scenario.weeks - 1), max_size=4, unique=True)):
        local = {draw(SOME(places)): draw(few(LOCAL))} if places else {}
        plan[week] = {**(draw(few(levers)) if levers else {}), "local": local}
    return plan


# Games


def after(decision, changes):
    """Return a decision with changes; local levers that are not named stay as they are."""
    for place, levers in changes.get("local", {}).items():
        decision = decision.but_at(place, **levers)
    return decision.but(**{name: new for name, new in changes.items() if name != "local"})


def plays(plan):
    """Return the policy that changes in each week what `plan` says."""
    return lambda report: after(report.decision, plan.get(report.week, {}))


@dataclass(frozen=True)
class Game:
    """A scenario, a seed and what is changed when."""

    scenario: object
    seed: int = 1
    plan: dict = field(default_factory=dict)

    def _repr_pretty_(self, printer, _cycle):
        """Name what was drawn; the rest is the lively region."""
        base = lively()
        drawn = {name: value for name, value in self.scenario if value != getattr(base, name)}
        printer.text(f"Game({drawn}, seed={self.seed}, plan={self.plan})")

    def play(self):
        """Return the simulation when all weeks are over."""
        return Simulation(self.scenario, self.seed).run(plays(self.plan))


@st.composite
def games(draw, **kinds):
    """Random games on random regions."""
    scenario = draw(scenarios(**kinds))
    return Game(scenario, draw(st.integers(0, 2**31)), draw(plans(scenario)))


def rows(events):
    """Return an event table, or that of a simulation, as a list of named tuples."""
    table = events.events() if isinstance(events, Simulation) else events
    return list(table.itertuples(index=False, name="Event"))


def of(events, *kinds):
    """Return the rows of some kinds, with plain text instead of categories."""
    found = events[events["kind"].isin(kinds)]
    return found.astype(dict.fromkeys(found.select_dtypes("category").columns, str))


def mean_and_error(values):
    """Return the mean of independent values and its standard error."""
    values = np.asarray(values, dtype=float)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))
