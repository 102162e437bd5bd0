"""Shocks as they come: their beginning and end, and what happens once because of them."""

from simkit.region.pipeline import Pipeline
from simkit.region.roster import Roster
from simkit.region.state import World
from simkit.region.turnover import Turnover
from simkit.scenario.shocks import Happening


class Crises:
    """Lets the shocks of a scenario begin, strike and end."""

    def __init__(
        self, world: World, turnover: Turnover, roster: Roster, pipeline: Pipeline
    ) -> None:
        self.world, self.turnover = world, turnover
        self.roster, self.pipeline = roster, pipeline
        self._shocks = sorted(world.scenario.shocks, key=lambda shock: shock.id)

    def week(self) -> None:
        """Say which shocks begin and end, and let happen what happens this week."""
        week = self.world.week
        for shock in self._shocks:
            if week == shock.start_week:
                self.world.say("shock", detail=shock.id)
            elif week == shock.end_week:
                self.world.say("shock_over", detail=shock.id)
            for number, happening in enumerate(shock.happenings, 1):
                if week == shock.start_week + happening.after_weeks:
                    self._happen(shock.id, number, happening)
        drift = self.world.scenario.drift
        for number, happening in enumerate(drift.happenings if drift else (), 1):
            if drift and week == drift.start_week + happening.after_weeks:
                self._happen(drift.cause, number, happening)

    def _happen(self, cause: str, number: int, happening: Happening) -> None:
        world = self.world
        if happening.what == "rep_leaves":
            if rep := world.reps.get(str(happening.who)):
                self.turnover.leave(rep, "quit")
        elif happening.what == "rep_replaced":
            if rep := world.reps.get(str(happening.who)):
                self.turnover.replace(rep)
        elif happening.what == "account_defaults":
            customer = world.by_id.get(str(happening.who))
            if customer is not None and customer.alive:
                rep_id = customer.rep.id if customer.rep else ""
                self.roster.lose(customer, world.env.now)
                place = customer.territory
                amount = happening.amount * world.conditions.of("bad_debt", place)
                world.say("cost", place, rep_id, customer.id, amount=amount, detail="bad_debt")
        else:
            name = f"{cause}-deal{number}"
            self.pipeline.large_deal(name, str(happening.where), happening.amount)
