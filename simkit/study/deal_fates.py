"""How each deal of a run ended, and at which stage of the funnel."""

from dataclasses import dataclass, replace

from simkit.region.events import in_order
from simkit.region.simulation import Simulation
from simkit.study.outcome import outcome

ENDS = ("won", "lost", "no_decision")


@dataclass(frozen=True, slots=True)
class Fate:
    """A deal at the end of a run; `value` is its list value.

    `how`: "won", "lost", "gave_up" (tired of waiting for a desk), "no_decision" or "open".
    """

    rep: str
    value: float
    stage: str = "qualify"
    how: str = "open"


@dataclass(frozen=True, slots=True)
class Fates:
    """All deals of a run that were open at its first week or came later, and what was earned."""

    deals: dict[str, Fate]
    contribution: float

    def won(self, rep: str | None = None) -> int:
        """Return how many deals were won, by one rep or by all."""
        deals = self.deals.values()
        return sum(each.how == "won" and rep in (None, each.rep) for each in deals)


def fates(simulation: Simulation) -> Fates:
    """Return how the deals of a run ended; those over before the first week are left out."""
    deals: dict[str, Fate] = {}
    over: set[str] = set()
    for day, kind, _, rep, _, name, amount, detail in in_order(simulation.world.log):
        if kind == "opportunity":
            deals[name] = Fate(rep, amount)
        elif name not in deals or deals[name].how in ENDS:
            continue
        elif kind == "stage":
            deals[name] = replace(deals[name], stage=detail)
        elif kind == "deal_moved":
            deals[name] = replace(deals[name], rep=rep)
        elif kind == "gave_up":
            deals[name] = replace(deals[name], how="gave_up")
        elif kind in ENDS:
            how = "gave_up" if deals[name].how == "gave_up" else kind
            deals[name] = replace(deals[name], how=how)
            if day < 0:
                over.add(name)
    left = {name: fate for name, fate in deals.items() if name not in over}
    return Fates(left, outcome(simulation).contribution)
