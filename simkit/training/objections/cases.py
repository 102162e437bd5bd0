"""Which case of the rules applies to a move, as the talk stands."""

from collections.abc import Callable

from simkit.scenario.buyer_rules import CASES, HARMFUL, BuyerRules
from simkit.training.objections.mind import Mind, big_ready, small_ready


def case_of(rules: BuyerRules, mind: Mind, move: str) -> str:
    """Return the case of the rules that applies to a move; raises KeyError with an unknown one.

    What has helped once in the same situation is a repetition: nobody wins by saying it six times.
    """
    if move in HARMFUL and move != "discount":
        return _again(mind, move) or "first"
    case = _CASE[move](rules, mind)
    return "again" if mark_of(move, case) in mind.done and "again" in CASES[move] else case


def mark_of(move: str, case: str) -> str:
    """Return by what the buyer remembers that a move helped in a situation."""
    return f"{move}.{case}"


def _again(mind: Mind, move: str) -> str:
    return "again" if move in mind.done else ""


def _situation(rules: BuyerRules, mind: Mind) -> str:
    if mind.uncovered:
        return "late"
    return ("first", "second", "many")[min(mind.situations, 2)]


def _pain(rules: BuyerRules, mind: Mind) -> str:
    return _again(mind, "pain") or ("after_situation" if "situation" in mind.known else "cold")


def _impact(rules: BuyerRules, mind: Mind) -> str:
    if "pain" not in mind.known:
        return "no_pain"
    return _again(mind, "impact") or "after_pain"


def _value(rules: BuyerRules, mind: Mind) -> str:
    if "impact" not in mind.known:
        return "early"
    if mind.uncovered:
        return _again(mind, "worth") or "worth"
    return _again(mind, "value") or ("opens" if _opens(rules, mind) else "guarded")


def _opens(rules: BuyerRules, mind: Mind) -> bool:
    state, limits = mind.state, rules.limits
    return state.trust >= limits.opens_trust and state.clarity >= limits.opens_clarity


def _acknowledge(rules: BuyerRules, mind: Mind) -> str:
    if mind.uncovered:
        return _again(mind, "concern") or "concern"
    if not mind.spoken:
        return "early"
    state, limits = mind.state, rules.limits
    if state.trust >= limits.tells_trust and state.clarity >= limits.tells_clarity:
        return "opens"
    return _again(mind, "acknowledge") or "takes_up"


def _isolate(rules: BuyerRules, mind: Mind) -> str:
    if mind.uncovered:
        return _again(mind, "known") or "known"
    if not mind.spoken:
        return "early"
    if _opens(rules, mind):
        return "opens"
    return "no_trust" if mind.state.trust < rules.limits.opens_trust else "no_clarity"


def _feature(rules: BuyerRules, mind: Mind) -> str:
    if _again(mind, "feature"):
        return "lecture"
    return "fits" if "pain" in mind.known else "bare"


def _advantage(rules: BuyerRules, mind: Mind) -> str:
    return _again(mind, "advantage") or ("chained" if mind.chain == 1 else "dangling")


def _benefit(rules: BuyerRules, mind: Mind) -> str:
    if "pain" not in mind.known:
        return "generic"
    if not mind.uncovered:
        return "unknown"
    return _again(mind, "benefit") or ("chained" if mind.chain == 2 else "tied")


def _evidence(rules: BuyerRules, mind: Mind) -> str:
    if "pain" in mind.known and not mind.uncovered:
        return "unknown"
    if mind.uncovered and "benefit" in mind.done:
        return _again(mind, "evidence") or "proves"
    return "again" if "loose" in mind.done else "loose"


def _function_value_evidence(rules: BuyerRules, mind: Mind) -> str:
    return (
        "no_need" if "pain" not in mind.known else _answer("function_value_evidence")(rules, mind)
    )


def _answer(move: str, good: str = "lands") -> Callable[[BuyerRules, Mind], str]:
    def case(rules: BuyerRules, mind: Mind) -> str:
        return _again(mind, move) or (good if mind.uncovered else "unknown")

    return case


def _trial(rules: BuyerRules, mind: Mind) -> str:
    if not mind.uncovered:
        return "unknown"
    early = not mind.landed or mind.state.doubt > rules.limits.trial_doubt
    return _again(mind, "trial") or ("too_early" if early else "lands")


def _small_talk(rules: BuyerRules, mind: Mind) -> str:
    return "again" if mind.known or "small_talk" in mind.done else "first"


def _price(before: str, move: str) -> Callable[[BuyerRules, Mind], str]:
    def case(rules: BuyerRules, mind: Mind) -> str:
        if before not in mind.done:
            return "out_of_order"
        return _answer(move, "in_order")(rules, mind)

    return case


def _summarise(rules: BuyerRules, mind: Mind) -> str:
    if mind.uncovered and mind.landed:
        return _again(mind, "summarise") or "answered"
    if len(mind.known) < 2:
        return "empty"
    return _again(mind, "heard") or "heard"


def _close(rules: BuyerRules, mind: Mind, small: bool) -> str:
    if (small_ready if small else big_ready)(rules, mind):
        return "agreed"
    if "pain" not in mind.known:
        return "blind"
    if not mind.uncovered:
        return "unknown"
    return "too_big" if not small and small_ready(rules, mind) else "open"


_CASE: dict[str, Callable[[BuyerRules, Mind], str]] = {
    "greet": lambda rules, mind: "late" if mind.turn else "first",
    "small_talk": _small_talk,
    "situation": _situation,
    "pain": _pain,
    "impact": _impact,
    "value": _value,
    "acknowledge": _acknowledge,
    "isolate": _isolate,
    "feature": _feature,
    "advantage": _advantage,
    "benefit": _benefit,
    "evidence": _evidence,
    "function_value_evidence": _function_value_evidence,
    "analogy": _answer("analogy"),
    "peer": _answer("peer"),
    "trial": _trial,
    "price_affirm": lambda rules, mind: (
        _again(mind, "price_affirm") or ("takes_up" if mind.spoken else "early")
    ),
    "price_add": _price("price_affirm", "price_add"),
    "price_guide": _price("price_add", "price_guide"),
    "discount": lambda rules, mind: ("first", "second", "more")[min(mind.discounts, 2)],
    "trade_concession": lambda rules, mind: (
        _again(mind, "trade_concession") or ("lands" if mind.landed else "early")
    ),
    "summarise": _summarise,
    "close_small": lambda rules, mind: _close(rules, mind, small=True),
    "close": lambda rules, mind: _close(rules, mind, small=False),
    "leave": lambda rules, mind: "dated" if mind.spoken or len(mind.known) >= 2 else "early",
}
