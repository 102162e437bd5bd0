"""Luck against decision: the result beside what the same decisions bring in other worlds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simkit.scenario.record import Text
from simkit.study.intervals import Difference, paired_difference
from simkit.training.debrief.explained import Explained

PERCENTILE = Text(
    en=(
        "Share of the other worlds in which the same decisions brought less than in this game "
        "(half of those that brought the same), in per cent."
    ),
    zh="在其他世界里，同样的决策所得低于本局的比例（相等的算一半），以百分数表示。",
)
TYPICAL = Text(
    en=(
        "Mean contribution of the same decisions over the other worlds; 95 % interval of "
        "Student's t."
    ),
    zh="同样的决策在其他世界里的平均贡献利润；95 % 区间按 t 分布。",
)
DECISION = Text(
    en=(
        "Mean over the other worlds of: contribution with your decisions less contribution "
        "without any action, both with the luck of that world."
    ),
    zh="在其他各个世界里，您的决策的贡献利润 − 不作为的贡献利润（同一世界、同样运气），取平均。",
)
LUCK = Text(
    en=(
        "What your decisions gained over no action in this game, less what they gain on average "
        "in other worlds: the part that these customers and this luck brought."
    ),
    zh="您的决策在本局中比不作为多得的部分，减去它们在其他世界里平均多得的部分：这是本局客户与运气带来的。",
)
FORTUNE = Text(
    en="Contribution of this game less the mean contribution of the same decisions elsewhere.",
    zh="本局贡献利润 − 同样的决策在其他世界里的平均贡献利润。",
)


@dataclass(frozen=True)
class Luck:
    """The realised contribution beside the same decisions in other worlds; money.

    `worlds`: contributions of the person's decisions, by seed; `no_action`: of no action, in the
    same worlds. `gain` (over no action, in this game) = `decision` (mean of the gains elsewhere) +
    `luck` (the rest). `fortune`: the realised contribution less the mean elsewhere.
    """

    realised: float
    seeds: tuple[int, ...]
    worlds: tuple[float, ...]
    no_action: tuple[float, ...]
    percentile: Explained
    typical: Difference
    typical_explained: Explained
    fortune: Explained
    gain: float
    decision: Difference
    decision_explained: Explained
    luck: Explained
    decision_share: float | None
    """`decision` over `gain`; None where nothing was gained or lost."""


def luck_of(
    realised: float,
    nothing: float,
    seeds: Sequence[int],
    mine: Sequence[float],
    no_action: Sequence[float],
) -> Luck:
    """Return what is luck: `realised` and `nothing` in this game, the lists in other worlds."""
    gains = [a - b for a, b in zip(mine, no_action, strict=True)]
    typical, decision = paired_difference(mine), paired_difference(gains)
    gain = realised - nothing
    each = _by_seed(seeds, mine)
    parts = (("gain", gain), ("decision", decision.mean))
    return Luck(
        realised,
        tuple(seeds),
        tuple(mine),
        tuple(no_action),
        Explained(percentile(realised, mine), "%", PERCENTILE, values=each),
        typical,
        Explained(typical.mean, "money", TYPICAL, values=each),
        Explained(
            realised - typical.mean,
            "money",
            FORTUNE,
            values=(("realised", realised), ("typical", typical.mean)),
        ),
        gain,
        decision,
        Explained(decision.mean, "money", DECISION, values=_by_seed(seeds, gains)),
        Explained(gain - decision.mean, "money", LUCK, values=parts),
        decision.mean / gain if gain else None,
    )


def _by_seed(seeds: Sequence[int], values: Sequence[float]) -> tuple[tuple[str, float], ...]:
    return tuple((f"seed {seed}", value) for seed, value in zip(seeds, values, strict=True))


def percentile(value: float, others: Sequence[float]) -> float:
    """Return the per cent of `others` that are less than a value; equal ones count half."""
    if not others:
        return math.nan
    below = sum(other < value for other in others) + sum(other == value for other in others) / 2
    return 100.0 * below / len(others)
