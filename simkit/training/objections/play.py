"""One move of a talk: what it changes in the buyer's mind, and whether it ends the talk."""

from dataclasses import replace

from simkit.scenario.buyer_rules import HARMFUL, BuyerRules, Case
from simkit.scenario.objections import STEPS
from simkit.training.objections.cases import case_of, mark_of
from simkit.training.objections.mind import Mind, State, in_bounds

FABE = ("feature", "advantage", "benefit", "evidence")
ANSWERS = (
    *FABE[2:],
    "function_value_evidence",
    "analogy",
    "peer",
    "trial",
    "price_add",
    "price_guide",
    "trade_concession",
)
"""Moves that can meet the concern."""
PRICE = ("price_affirm", "price_add", "price_guide", "discount", "trade_concession")
CLOSES = ("close_small", "close")
PITCHES = {*FABE, *ANSWERS, *CLOSES, *HARMFUL}
"""Moves at which a buyer who has not yet objected does so at once."""
MET = {"lands", "proves", "tied", "chained", "in_order"}
"""Cases in which an answer meets the known concern."""
ONCE = MET | {
    *("first", "after_situation", "cold", "after_pain", "guarded", "worth", "opens", "takes_up"),
    *("concern", "known", "fits", "bare", "loose", "answered", "heard", "dangling"),
}
"""Cases after which the same move counts as a repetition."""
OWN_MARK = {"worth", "concern", "known", "heard", "loose"}
"""Cases that are remembered by themselves: the move may still have its main effect."""


def step(rules: BuyerRules, mind: Mind, move: str, price_talk: float = 1.0) -> tuple[Mind, str]:
    """Return the mind after a move, and the case of the rules that applied.

    `price_talk` scales what price talk does to doubt. Raises KeyError with an unknown move and
    ValueError when the talk is over.
    """
    if mind.over:
        raise ValueError("the talk is over")
    case = case_of(rules, mind, move)
    state = _moved(mind.state, rules.case(move, case), price_talk if move in PRICE else 1.0)
    after = _remembered(replace(mind, state=state, turn=mind.turn + 1), move, case)
    if rules.case(move, case).helps:
        after = replace(after, done=after.done | {mark_of(move, case)})
    return _ended(rules, _spoken(rules, after, move), move, case), case


def unclear(rules: BuyerRules, mind: Mind) -> Mind:
    """Return the mind after something that the buyer could not make out.

    Raises ValueError when the talk is over.
    """
    if mind.over:
        raise ValueError("the talk is over")
    patience = in_bounds(mind.state.patience - rules.limits.unclear_patience)
    after = replace(mind, state=replace(mind.state, patience=patience), turn=mind.turn + 1)
    return _ended(rules, _spoken(rules, after, ""), "", "")


def _moved(state: State, rule: Case, share: float) -> State:
    return State(
        in_bounds(state.trust + rule.trust),
        in_bounds(state.clarity + rule.clarity),
        in_bounds(state.patience + rule.patience),
        in_bounds(state.urgency + rule.urgency),
        in_bounds(state.doubt + rule.doubt * share),
    )


def _remembered(mind: Mind, move: str, case: str) -> Mind:
    done = mind.done | _marks(move, case)
    answered = move in STEPS and case not in ("early", "no_pain")
    return replace(
        mind,
        done=done,
        known=mind.known | {move} if answered else mind.known,
        situations=mind.situations + (move == "situation"),
        chain=_chain(mind.chain, move, case),
        uncovered=mind.uncovered or case == "opens",
        landed=mind.landed + (move in ANSWERS and case in MET),
        discounts=mind.discounts + (move == "discount"),
        traded=mind.traded or move == "trade_concession",
        refused=mind.refused + (move in CLOSES and case != "agreed"),
    )


def _marks(move: str, case: str) -> set[str]:
    if case not in ONCE:
        return set()
    if move == "value" and case == "opens":
        return {"value", "worth"}
    return {case if case in OWN_MARK else move}


def _chain(chain: int, move: str, case: str) -> int:
    if move == "feature" and case == "fits":
        return 1
    return chain + 1 if case == "chained" else chain


def _spoken(rules: BuyerRules, mind: Mind, move: str) -> Mind:
    """Let the buyer object: after discovery, or at once when the rep pitches or names a price."""
    if mind.spoken:
        return mind
    why = ""
    if move in PRICE:
        why = "price"
    elif move in PITCHES:
        why = "pitch"
    elif "impact" in mind.known or len(mind.known) >= rules.limits.objection_after:
        why = "discovery"
    elif mind.turn >= rules.limits.objection_by_turn:
        why = "time"
    return replace(mind, spoken=why) if why else mind


def _ended(rules: BuyerRules, mind: Mind, move: str, case: str) -> Mind:
    if move == "leave":
        return replace(mind, over="left", end=case)
    if case == "agreed":
        return replace(mind, over="won" if move == "close" else "trial", end="agreed")
    end = _end(rules, mind)
    return replace(mind, over="lost", end=end) if end else mind


def _end(rules: BuyerRules, mind: Mind) -> str:
    if mind.state.trust <= rules.limits.trust_ends:
        return "trust"
    if mind.state.patience <= 0:
        return "patience"
    if mind.refused >= rules.limits.refusals_end:
        return "refused"
    return "time" if mind.turn >= rules.limits.most_turns else ""
