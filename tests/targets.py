"""Plans and games of the target workshop."""

from functools import cache

from simkit.scenario.library import load_scenario
from simkit.study.game import Game
from simkit.training.target_plan import Plan, commit, decision_of

PLACES = tuple(place.id for place in load_scenario("target_workshop").territories)
GOAL = (
    "Raise the sales of the region to the target by the last week of this quarter, weekly "
    "figures from the sales system, because the market grows."
)


@cache
def workshop():
    return load_scenario("target_workshop")


@cache
def a_plan(way="announced"):
    """A plan that nobody has thought about: every rep the same, and a reserve."""
    scenario = workshop()
    reps = {rep.id: 850_000 for rep in scenario.reps}
    places = {
        place.id: sum(reps[rep.id] for rep in scenario.reps if rep.territory == place.id)
        for place in scenario.territories
    }
    total = sum(reps.values())
    return Plan(
        region=total + 200_000,
        reserve=200_000,
        territories=places,
        reps=reps,
        talks={rep: {"way": way, "claim": 800_000.0, "asked": 850_000} for rep in reps},
        band={"baseline": float(total), "low": 0.9 * total, "high": 1.1 * total}
        | {"volatility": 0.1, "width_factor": 1.0, "weeks_under": 2}
        | {"outside_threshold": 0.1, "factor": 0.95},
        weights={"potential": 1.0, "history": 1.0, "ability": 0.0},
        goal=GOAL,
        stages={"jiaxing": "new"},
        predictions={
            "region_chance": 0.5,
            "hardest_rep": next(iter(reps)),
            "easiest_rep": list(reps)[-1],
            "region_sales": [0.9 * total, 1.1 * total],
        },
        chances={"region": 0.5, "reps": dict.fromkeys(reps, 0.5)},
    )


def small_game(folder, plan=None, weeks=1):
    """A game whose plan is committed and that was played for some weeks."""
    game = Game.new(folder / "game.jsonl", workshop())
    plan = plan or a_plan()
    commit(game, plan)
    for _ in range(weeks):
        game.play(decision_of(plan, game.report.decision))
    return game
