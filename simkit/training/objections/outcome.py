"""What came of a talk with the simulated buyer, and what cost most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simkit.scenario.buyer_rules import BuyerRules
from simkit.scenario.record import Text
from simkit.scenario.rubric import BEHAVIOURS
from simkit.training.objections.mind import Mind, price_given
from simkit.training.objections.words import joined

HARM_SLIPS = {"argues", "blames", "overclaims", "pushes", "discounts"}
ENDS: dict[str, Text] = {
    "": Text(en="The talk goes on.", zh="谈话还在进行。"),
    "order": Text(en="You won the order.", zh="您拿下了订单。"),
    "small_step": Text(en="You won a next step.", zh="客户同意了下一步。"),
    "walk_away": Text(
        en="You left with a date: no order yet, but an open door, and better than a forced no.",
        zh="您约好时间后告辞：这次没成交，但门还开着，比逼出一个“不”要好。",
    ),
    "left_early": Text(en="You left before anything was learned.", zh="您什么都没了解就离开了。"),
    "trust": Text(en="Lost: the buyer no longer trusts you.", zh="谈崩了：客户不再信任您。"),
    "patience": Text(en="Lost: the buyer's patience ran out.", zh="没谈成：客户的耐心耗尽了。"),
    "refused": Text(
        en="Lost: you asked for a decision too often before its time.",
        zh="没谈成：时机不到，您要客户拍板的次数太多。",
    ),
    "time": Text(en="Lost: the time was up.", zh="没谈成：时间到了。"),
}
"""How a talk ends, by `Result.how`."""
SLIPS: dict[str, Text] = {
    "argues": Text(en="arguing", zh="争辩"),
    "blames": Text(en="blaming", zh="指责"),
    "overclaims": Text(en="promising too much", zh="夸大承诺"),
    "pushes": Text(en="pushing", zh="催促施压"),
    "discounts": Text(en="giving the price away", zh="轻易让价"),
    "lectures": Text(en="lecturing on the product", zh="一味讲产品"),
    "ignores": Text(en="answering past the true concern", zh="没问出真正的顾虑就作答"),
    "blind": Text(en="closing without knowing the need", zh="不了解需求就要客户拍板"),
    "interrogates": Text(en="too many questions about facts", zh="现状问得太多"),
    "skips": Text(en="skipping a step", zh="跳过了步骤"),
    "chats": Text(en="small talk", zh="闲聊过多"),
    "repeats": Text(en="repeating yourself", zh="重复说过的话"),
}
"""Names of the slips, to follow "what cost most was ..."."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a talk; `how` is a key of `ENDS`."""

    won: bool
    """An order or an agreed next step."""
    how: str
    uncovered: bool
    turns: int
    behaviours: tuple[str, ...]
    """The behaviours of the rubric that were shown, in the rubric's order."""
    price_given: float
    """Share of the price given away."""
    slips: tuple[tuple[str, float], ...]
    """What cost trust and patience by slips, the dearest first."""
    summary: Text

    @property
    def way(self) -> str:
        """The slip that cost most, "" without any."""
        return self.slips[0][0] if self.slips else ""


def result_of(rules: BuyerRules, mind: Mind, cases: Sequence[tuple[str, str]]) -> Result:
    """Return what came of a talk from its mind and its (move, case) in order."""
    how, slips = _how(mind), _slips(rules, cases)
    shown = {name for move, case in cases for name in rules.case(move, case).shows}
    if cases and not HARM_SLIPS & {name for name, _ in slips}:
        shown.add("no_harm")
    behaviours = tuple(name for name in BEHAVIOURS if name in shown)
    given = price_given(rules, mind)
    summary = _summary(how, mind.uncovered, given, slips)
    won = how in ("order", "small_step")
    return Result(won, how, mind.uncovered, mind.turn, behaviours, given, slips, summary)


def _how(mind: Mind) -> str:
    if mind.over == "left":
        return "walk_away" if mind.end == "dated" else "left_early"
    return {"won": "order", "trial": "small_step"}.get(mind.over, mind.end)


def _slips(rules: BuyerRules, cases: Sequence[tuple[str, str]]) -> tuple[tuple[str, float], ...]:
    cost: Counter[str] = Counter()
    for move, case in cases:
        rule = rules.case(move, case)
        if rule.slip:
            cost[rule.slip] += -rule.trust - rule.patience  # type: ignore[assignment]
    ranked = sorted(cost.items(), key=lambda item: (-item[1], item[0]))
    return tuple((name, round(float(value), 4)) for name, value in ranked)


def _summary(how: str, uncovered: bool, given: float, slips: tuple[tuple[str, float], ...]) -> Text:
    return joined(
        ENDS[how],
        _price(given) if how in ("order", "small_step") and given else None,
        None if uncovered or not how else _HIDDEN,
        _dearest(slips[0][0]) if slips and how else None,
    )


_HIDDEN = Text(en="The true concern did not come out.", zh="客户真正的顾虑没有问出来。")


def _price(given: float) -> Text:
    return Text(en=f"It cost {given:.0%} of the price.", zh=f"代价是让出了 {given:.0%} 的价格。")


def _dearest(slip: str) -> Text:
    name = SLIPS[slip]
    return Text(en=f"What cost most was {name.en}.", zh=f"代价最大的是：{name.zh}。")
