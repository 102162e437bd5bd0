"""Small games to look back upon: a lively region with a strike, and what somebody did about it."""

from functools import cache

from regions import lively, plays, shock

from simkit.region.simulation import Simulation
from simkit.study.evidence.worlds import changed
from simkit.training.debrief import Conduct, Note

TEXTS = ("goal", "visible", "hidden", "teaching")


def both(text):
    return {"en": text, "zh": f"{text}（中）"}


def mail(name, week, role):
    return {
        "id": name,
        "week": week,
        "channel": "chat",
        "sender": both("Somebody"),
        "text": both(f"Message {name}"),
        "role": role,
    }


def risk(name, likelihood, impact):
    return {
        "id": name,
        "name": both(f"Risk {name}"),
        "likelihood": likelihood,
        "impact": impact,
        "why": both("Because"),
    }


STRIKE = {
    **shock("strike", ("demand", "all", 0.5), start=3, weeks=4),
    "known_after_weeks": 1,
    "inbox": [
        mail("rumour", -2, "sign"),
        mail("late_sign", 1, "sign"),
        mail("weather", -2, "noise"),
        mail("football", -1, "noise"),
    ],
    "answers": [
        {"id": "ads", "name": both("Advertise"), "cost_once": 500.0, "cost_per_week": 100.0}
        | {"effects": [{"what": "demand", "multiply": 1.9}]},
        {"id": "waste", "name": both("Waste money"), "cost_per_week": 3000.0}
        | {"effects": [{"what": "demand", "multiply": 1.001}]},
    ],
}
DRILL = {
    **{name: both(name) for name in TEXTS},
    "questions": [both(f"Question {n}?") for n in range(1, 6)],
    "risks": [risk("strike", 3, 5), risk("flood", 2, 2), risk("fraud", 5, 4)],
    "source": "made up",
}
READY = {"id": "leaflets", "name": both("Leaflets in the drawer"), "against": ["strike"]}


@cache
def region(drill=True):
    """Return the region, with or without what makes it a drill."""
    ready = {**READY, "cost_per_week": 50.0, "effects": [{"what": "demand", "multiply": 1.1}]}
    return changed(
        lively(),
        shocks=[STRIKE],
        preparations=[ready],
        drill=DRILL if drill else None,
        costs={"reserve": 20_000.0, "budget_per_quarter": 40_000.0},
    )


PLAN = {
    0: {"safety_factor": 2.0, "answers": ("prepared:leaflets",)},
    2: {"release_reserve": 5000.0, "local": {"north": {"price": 0.95}}},
    5: {"answers": ("prepared:leaflets", "strike:ads"), "priorities": {"strike:ads": 1}},
    6: {"price": 1.05},
}
NOTES = (
    Note(
        "plan",
        0,
        {
            "risks": {"strike": [4, 4], "flood": [5, 5]},
            "preparations": ["leaflets", "safety_factor"],
            "plan": [
                {
                    "risk": "strike",
                    "owner": "<script>owner</script>",
                    "trigger": "orders < half",
                    "actions": "Advertise; Waste money; <b>pray</b>",
                }
            ],
        },
    ),
    Note("prediction", 0, {"weeks": [0, 3], "revenue": [0, 1e12], "confidence": 0.8}),
    Note("prediction", 4, {"weeks": [4, 7], "revenue": [0, 1], "confidence": 0.8}),
    Note("prediction", 4, {"weeks": [4, 7], "kpi": "fill_rate", "value": [0, 1]}),
    Note("prediction", 5, {"weeks": [4, 7], "revenue": [0, 1]}),
    Note("mark", 2, {"message": "strike:rumour", "as": "sign"}),
    Note("mark", 3, {"message": "strike:weather", "as": "noise"}),
    Note("mark", 3, {"message": "strike:football", "as": "sign"}),
    Note("memo", 8, {"text": "All <script>well</script>"}),
)


def conduct(plan=None, seed=1, notes=(), scenario=None, weeks=None):
    """Return the conduct of somebody who changes in each week what `plan` says."""
    scenario = scenario or region()
    simulation = Simulation(scenario, seed)
    policy = plays(PLAN if plan is None else plan)
    while simulation.week < (weeks or scenario.weeks):
        simulation.step(policy(simulation.report()))
    return Conduct(scenario, seed, tuple(simulation.decisions), tuple(notes))
