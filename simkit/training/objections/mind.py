"""The simulated buyer's mind: state and memory; no words, no chance."""

from dataclasses import dataclass

from simkit.scenario.buyer_rules import BuyerRules
from simkit.scenario.objections import Objection


@dataclass(frozen=True, slots=True)
class State:
    """How the buyer stands, each value from 0 to 1."""

    trust: float
    clarity: float
    """How clearly the buyer sees what the own trouble costs."""
    patience: float
    urgency: float
    doubt: float = 1.0
    """What of the objection still stands."""


@dataclass(frozen=True, slots=True)
class Mind:
    """A state and what the buyer remembers of the talk."""

    state: State
    turn: int = 0
    done: frozenset[str] = frozenset()
    """Moves that have had their effect once, and by `cases.mark_of` what helped and where."""
    known: frozenset[str] = frozenset()
    """The steps of discovery that have been answered."""
    situations: int = 0
    chain: int = 0
    """Links of feature, advantage, benefit said in their order."""
    spoken: str = ""
    """What brought the objection out: "discovery", "pitch", "price" or "time"."""
    uncovered: bool = False
    landed: int = 0
    """Answers that met the known concern."""
    discounts: int = 0
    traded: bool = False
    refused: int = 0
    over: str = ""
    """ "", or "won", "trial", "left", "lost"."""
    end: str = ""
    """What ended it: "patience", "trust", "refused", "time", "agreed", or how somebody left."""


def begin(rules: BuyerRules, card: Objection) -> Mind:
    """Return the mind with which the buyer of a card comes into the talk."""
    start, shift = rules.start.difficulty[card.difficulty], rules.start.families.get(card.family)
    names = ("trust", "clarity", "patience", "urgency", "doubt")
    moved = {n: in_bounds(getattr(start, n) + getattr(shift, n, 0.0)) for n in names}
    return Mind(State(**moved))


def price_share(rules: BuyerRules, card: Objection) -> float:
    """Return the share of its effect that price talk has with this family of objections."""
    shift = rules.start.families.get(card.family)
    return shift.price_talk if shift else 1.0


def price_given(rules: BuyerRules, mind: Mind) -> float:
    """Return the share of the price that was given away."""
    limits = rules.limits
    given = mind.discounts * limits.discount_step + mind.traded * limits.concession_step
    return min(given, 1.0)


def phase(rules: BuyerRules, mind: Mind) -> str:
    """Return where the talk is: one of `PHASES` of the rules, or "over"."""
    if mind.over:
        return "over"
    if mind.uncovered:
        return "closing" if small_ready(rules, mind) else "answer"
    return "objection" if mind.spoken else "discovery" if mind.known else "opening"


def small_ready(rules: BuyerRules, mind: Mind) -> bool:
    """Return whether a small next step would be agreed."""
    state, limits = mind.state, rules.limits
    enough = state.trust >= limits.small_trust and state.clarity >= limits.small_clarity
    return mind.uncovered and enough and state.doubt <= limits.small_doubt


def big_ready(rules: BuyerRules, mind: Mind) -> bool:
    """Return whether the order itself would be agreed."""
    state, limits = mind.state, rules.limits
    enough = state.trust >= limits.big_trust and state.clarity >= limits.big_clarity
    pressing = state.urgency >= limits.big_urgency
    return mind.uncovered and enough and pressing and state.doubt <= limits.big_doubt


def in_bounds(value: float) -> float:
    """Return a value of the state, kept from 0 to 1 and free of rounding dust."""
    return round(min(max(value, 0.0), 1.0), 4)
