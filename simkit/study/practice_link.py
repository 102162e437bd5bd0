"""What a practised behaviour would do to a rep's deals: the same customers, with and without.

A TEACHING ASSUMPTION. No study links scores of objection handling to deals won. The link lets a
trainee see which deals hang on which stage; it says nothing of what practice is worth.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simkit.scenario.names import rep_ids
from simkit.scenario.people_blocks import Practice
from simkit.scenario.record import Text, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.rubric import BEHAVIOURS, Behaviour
from simkit.study.deal_fates import Fate, Fates, fates
from simkit.study.intervals import Difference, paired_difference
from simkit.study.workers import Tell, World, play_worlds

Stage = Literal["qualify", "quote", "negotiate", "contract"]
TRAINS: dict[Stage, tuple[Behaviour, ...]] = {
    "qualify": ("explore", "isolate"),
    "quote": ("value", "quantified"),
    "negotiate": ("acknowledge", "evidence", "no_harm"),
    "contract": ("next_step",),
}
"""The behaviours that matter at each stage (assumption)."""
STAGES: tuple[Stage, ...] = tuple(TRAINS)
MOST = 0.05
"""The largest change of a stage's pass share, relative, up or down (assumption)."""
USUAL = 0.5
"""Share of the points at which a rep sells as everybody (assumption)."""
ASSUMPTION = Text(
    en=f"A teaching assumption, without evidence: no study links such scores to deals won. Full "
    f"points in the behaviours of a stage raise the share of the rep's deals that pass it by "
    f"{MOST:.0%}, no points lower it by {MOST:.0%}, half of the points change nothing.",
    zh=f"这是教学假设，没有证据：没有研究表明这类分数与签单有关。假设某阶段对应的行为得满分，该代表在这一阶段的通过率"
    f"相对提高 {MOST:.0%}；得零分则降低 {MOST:.0%}；得一半分数则不变。",
)


def practised_effect(shares: Mapping[str, float]) -> dict[Stage, float]:
    """Return the factor on the pass share of each stage, from 0.95 to 1.05.

    `shares`: by behaviour, the share of its points that was reached, 0 to 1; a stage of which no
    behaviour is named stays at 1. See ASSUMPTION. Raises ValueError for what is no such share.
    """
    for name, share in shares.items():
        if name not in BEHAVIOURS:
            raise ValueError(f"there is no behaviour '{name}'{did_you_mean(name, BEHAVIOURS)}")
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: give a share of points from 0 to 1, not {share}")
    return {stage: _factor([shares[b] for b in TRAINS[stage] if b in shares]) for stage in STAGES}


def _factor(shares: list[float]) -> float:
    mean = math.fsum(shares) / len(shares) if shares else USUAL
    return 1.0 + MOST * (mean - USUAL) / USUAL


def with_practice(scenario: Scenario, rep: str, factors: Mapping[Stage, float] | None) -> Scenario:
    """Return the scenario in which a rep has practised; None: has not.

    Raises ValueError for an unknown rep, pydantic.ValidationError for a factor out of bounds.
    """
    if rep not in (known := rep_ids(scenario)):
        raise ValueError(f"no rep '{rep}'{did_you_mean(rep, known)}")
    block = scenario.practice or Practice(source="assumption")
    reps = {name: each for name, each in block.reps.items() if name != rep}
    if factors is not None:
        reps[rep] = dict(factors)  # type: ignore[assignment]
    return scenario.but(practice=block.but(reps=reps) if reps else None)


@dataclass(frozen=True)
class ChangedDeal:
    """A deal that ended otherwise; `value` is its list value in the scenario's currency.

    `stage`: where the two runs part. `without`, `with_it`: "won", "lost", "gave_up" (tired of
    waiting for a desk), "no_decision", "open" at the end, or "none": it never came to be.
    `direct`: a deal of the rep that practice decided at `stage`. The others follow from those: who
    wins a deal has a customer more to visit, answers other leads, and keeps the desks busy.
    """

    seed: int
    id: str
    rep: str
    stage: str
    value: float
    without: str
    with_it: str
    direct: bool


@dataclass(frozen=True)
class LinkStudy:
    """The same worlds without and with a rep's practice, from the first week on."""

    rep: str
    factors: dict[Stage, float]
    weeks: int
    deals: tuple[ChangedDeal, ...]
    """All deals that changed, by world: the direct ones first, then the largest."""
    own_won: Difference
    """Deals won by the rep: how many more with practice."""
    won: Difference
    """Deals won in the whole region."""
    contribution: Difference
    """Of the whole region, in the scenario's currency."""

    def of_world(self, seed: int, direct: bool = True) -> list[ChangedDeal]:
        """Return the deals of one world that changed, by practice itself or by what follows."""
        return [each for each in self.deals if each.seed == seed and each.direct is direct]

    @property
    def verdict(self) -> Text:
        """What the paired interval of the contribution allows to say, and on what assumption."""
        return _says(self.contribution, IN_CONTRIBUTION, ",.0f")

    @property
    def own_verdict(self) -> Text:
        """The same for the deals that the rep wins."""
        return _says(self.own_won, IN_DEALS, ".1f")


IN_CONTRIBUTION = {
    "more": Text(en="the region earns more", zh="大区赚得更多"),
    "less": Text(en="the region earns less", zh="大区赚得更少"),
    "no detectable difference": Text(
        en="there is no detectable difference in what the region earns", zh="大区的收益看不出差别"
    ),
}
IN_DEALS = {
    "more": Text(en="the rep wins more deals", zh="该代表签下的单子更多"),
    "less": Text(en="the rep wins fewer deals", zh="该代表签下的单子更少"),
    "no detectable difference": Text(
        en="there is no detectable difference in the deals that the rep wins",
        zh="该代表签下的单子看不出差别",
    ),
}
FEW = Text(en="two worlds or more are needed to say anything", zh="至少要两个平行市场才能下结论")


def _says(found: Difference, words: Mapping[str, Text], form: str) -> Text:
    said, n = words.get(found.verdict, FEW), found.pairs
    if said is FEW:
        return Text(en=f"{FEW.en[:1].upper()}{FEW.en[1:]}.", zh=f"{FEW.zh}。")
    low, high = (f"{each + 0.0:+{form}}" for each in (found.low, found.high))
    en = f"Under the teaching assumption {said.en} (difference {low} to {high}, {n} worlds)."
    return Text(
        en=en, zh=f"在这个教学假设下，{said.zh}（差额 {low} 至 {high}，共 {n} 个平行市场）。"
    )


def link_study(
    scenario: Scenario,
    rep: str,
    practised: Mapping[Stage, float],
    worlds: int = 16,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    first_seed: int = 1,
    weeks: int | None = None,
) -> LinkStudy:
    """Play worlds without and with a rep's practice, on the same customers with the same luck.

    `practised`: factors by stage, as `practised_effect` returns them. `tell(done, total)` hears of
    every run; what it raises ends the study. Raises ValueError for an unknown rep or no world,
    pydantic.ValidationError for a factor out of bounds.
    """
    if worlds < 1:
        raise ValueError(f"at least one world is needed, not {worlds}")
    long = scenario if weeks is None else scenario.but(weeks=weeks)
    both = [with_practice(long, rep, factors) for factors in (None, practised)]
    seeds = range(first_seed, first_seed + worlds)
    found = play_worlds([World(one, s) for s in seeds for one in both], fates, workers, tell)
    pairs = list(zip(found[::2], found[1::2], strict=True))
    who = _Practised(rep, dict(practised))
    deals = [d for s, pair in zip(seeds, pairs, strict=True) for d in _changed(s, who, *pair)]
    return LinkStudy(
        rep,
        dict(practised),
        long.weeks,
        tuple(deals),
        paired_difference([b.won(rep) - a.won(rep) for a, b in pairs]),
        paired_difference([b.won() - a.won() for a, b in pairs]),
        paired_difference([b.contribution - a.contribution for a, b in pairs]),
    )


@dataclass(frozen=True)
class _Practised:
    """A rep and the factors of practice by stage."""

    rep: str
    factors: dict[Stage, float]

    def way(self, stage: str) -> int:
        """Return 1 where practice lets more pass a stage, -1 fewer, 0 where it does nothing."""
        factor = next((each for name, each in self.factors.items() if name == stage), 1.0)
        return (factor > 1) - (factor < 1)


def _changed(seed: int, who: _Practised, without: Fates, with_it: Fates) -> list[ChangedDeal]:
    """The deals of a world that ended otherwise, the direct ones first, then the largest."""
    names = dict.fromkeys([*without.deals, *with_it.deals])
    pairs = ((name, without.deals.get(name), with_it.deals.get(name)) for name in names)
    found = [_deal(seed, who, name, a, b) for name, a, b in pairs if not _alike(a, b)]
    return sorted(found, key=lambda each: (not each.direct, -each.value, each.id))


def _alike(a: Fate | None, b: Fate | None) -> bool:
    return a is not None and b is not None and (a.how, a.stage) == (b.how, b.stage)


def _deal(seed: int, who: _Practised, name: str, a: Fate | None, b: Fate | None) -> ChangedDeal:
    there = [each for each in (a, b) if each is not None]
    first = min(there, key=lambda each: (STAGES.index(each.stage), each.how != "lost"))  # type: ignore[arg-type]
    without, with_it = (each.how if each else "none" for each in (a, b))
    turned_down = {1: a, -1: b, 0: None}[who.way(first.stage)]
    direct = first.rep == who.rep and first.how == "lost" and first is turned_down
    direct = direct and "none" not in (without, with_it)
    return ChangedDeal(seed, name, first.rep, first.stage, first.value, without, with_it, direct)
