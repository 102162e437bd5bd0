"""The talk about a quota: what a rep answers, from what the rep and the manager both know.

What a rep really believes, and how much of it is held back, is in `simkit.region.talks` and hidden;
how to find out from past quarters is in `simkit.study.sandbagging`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from simkit.scenario.record import Text

Strength = Literal["agrees", "doubts", "objects"]
DOUBTS, OBJECTS = 1.005, 1.10
"""Quota over what the rep says it can sell, from which it doubts and objects (assumption)."""
YEAR = 4
"""Quarters."""


class PastQuarter(NamedTuple):
    """What a rep sold in a quarter against which quota, in money."""

    sales: float
    quota: float


@dataclass(frozen=True, slots=True)
class Challenge:
    """A rep's answer to a quota: what it asks for, how strongly, and why."""

    rep: str
    quota: float
    asks: float
    """Money a quarter; the quota itself where the rep agrees."""
    strength: Strength
    reasons: tuple[Text, ...]


def challenge(
    rep: str,
    quota: float,
    claim: float,
    past: Sequence[PastQuarter] = (),
    open_value: float = 0.0,
    usual_open_value: float = 0.0,
    ratchet_share: float = 0.0,
) -> Challenge:
    """Return what a rep answers to a quota after it has said that it can sell `claim`.

    `past`: the rep's quarters, the oldest first; `open_value`: list value of its open deals, and
    what is usual in the team; `ratchet_share`: of the pay plan. Money a quarter.
    Raises ValueError for a quota or claim that is negative or not finite.
    """
    for name, value in (("quota", quota), ("claim", claim)):
        if not math.isfinite(value) or value < 0:
            raise ValueError(f"{name} of {rep}: must be 0 or more, is {value}")
    if quota <= DOUBTS * claim:
        return Challenge(rep, quota, quota, "agrees", tuple(_content(quota, claim)))
    strength: Strength = "objects" if quota > OBJECTS * claim else "doubts"
    reasons = [
        *_of_past(quota, past),
        *_of_pipeline(open_value, usual_open_value),
        *_of_ratchet(past, ratchet_share),
    ]
    return Challenge(rep, quota, claim, strength, tuple(reasons or [_PLAIN]))


_PLAIN = Text(
    en="I don't see where the rest should come from.", zh="多出来的部分，我看不到从哪儿来。"
)


def _content(quota: float, claim: float) -> list[Text]:
    if quota < 0.9 * claim:
        return [Text(en="That is less than I had counted on.", zh="比我自己预估的还低一些。")]
    return [Text(en="I can answer for that.", zh="这个数我认。")]


def _of_past(quota: float, past: Sequence[PastQuarter]) -> list[Text]:
    """Reasons that past quarters give."""
    year = past[-YEAR:]
    if not year:
        return [Text(en="I have no year behind me to go by.", zh="我还没有一整年的业绩可以参照。")]
    mean = math.fsum(quarter.sales for quarter in year) / len(year)
    said = []
    if 0 < mean < quota:
        more = quota / mean - 1.0
        said.append(
            Text(
                en=f"My last {len(year)} quarters brought {mean:,.0f} on average; "
                f"you ask for {more:.0%} more.",
                zh=f"我最近 {len(year)} 个季度平均 {mean:,.0f}，您这个数要再高 {more:.0%}。",
            )
        )
    best = max(quarter.sales for quarter in past)
    if best < quota:
        said.append(
            Text(
                en=f"I have never sold that much: my best quarter was {best:,.0f}.",
                zh=f"这个数我从来没做到过，最好的一个季度是 {best:,.0f}。",
            )
        )
    missed = sum(quarter.sales < quarter.quota for quarter in year)
    if missed > len(year) / 2:
        said.append(
            Text(
                en=f"I missed {missed} of my last {len(year)} quotas.",
                zh=f"最近 {len(year)} 个季度的指标，我有 {missed} 个没完成。",
            )
        )
    return said


def _of_pipeline(mine: float, usual: float) -> list[Text]:
    if usual <= 0 or mine >= 0.9 * usual:
        return []
    return [
        Text(
            en=f"My open deals are worth {mine:,.0f}; colleagues have {usual:,.0f} on average.",
            zh=f"我手上在谈的商机只有 {mine:,.0f}，同事平均有 {usual:,.0f}。",
        )
    ]


def _of_ratchet(past: Sequence[PastQuarter], ratchet_share: float) -> list[Text]:
    beaten = any(quarter.sales > quarter.quota > 0 for quarter in past[-YEAR:])
    if ratchet_share <= 0 or not beaten:
        return []
    return [
        Text(
            en="Whenever I beat a quota, the next one is higher.",
            zh="每次我超额完成，下一季的指标就往上涨（鞭打快牛）。",
        )
    ]
