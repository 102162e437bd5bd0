"""Is a plan of quotas fair: quota against potential, evenness, and chances that lie far apart."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simkit.scenario.record import Text

FAIR_SHARE = 0.15
"""A quota further from what its potential lets expect is not called fair (assumption)."""
WIDE_SPREAD = 0.3
"""Chances further apart than this are not called even (assumption)."""

LARGEST = 1e15
LEAST_POTENTIAL = 1e-200
"""Less than this share of the region's potential counts as none: ratios stay finite."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly quotas weigh.

    `ratios`, `territories`: quota over potential, relative to the region's (1: as the region;
    None: no potential to compare with). `gini`: of the ratios, 0 is all alike. `spread`: highest
    less lowest chance of reaching a quota, `unlikely`: share of the reps with a chance under
    `least_chance`; None without chances. `unfair`: the reps further than the fair share from 1,
    or with a quota and no potential, the furthest off first.
    """

    ratios: dict[str, float | None]
    territories: dict[str, float | None]
    gini: float
    spread: float | None
    unlikely: float | None
    least_chance: float
    unfair: tuple[str, ...]
    verdict: Text

    @property
    def fair(self) -> bool:
        """Whether no quota is unfair, and all are about as likely to be reached."""
        return not self.unfair and (self.spread is None or self.spread <= WIDE_SPREAD)


def gini(values: Iterable[float]) -> float:
    """Return the Gini coefficient: 0 where all are alike, (n - 1) / n where one has everything.

    Half the mean absolute difference of all pairs, relative to the mean; all zero: 0. Source:
    Dorfman 1979, "A formula for the Gini coefficient", Review of Economics and Statistics 61(1).
    Raises ValueError for a negative or infinite value.
    """
    ordered = sorted(float(value) for value in values)
    if any(not math.isfinite(value) or value < 0 for value in ordered):
        raise ValueError("the Gini coefficient takes values of 0 or more")
    largest = ordered[-1] if ordered else 0.0
    if not largest:
        return 0.0
    n, shares = len(ordered), [value / largest for value in ordered]
    # The sum of all differences, each value counted by its rank.
    apart = math.fsum((2 * rank - n - 1) * share for rank, share in enumerate(shares, 1))
    return max(0.0, apart / (n * math.fsum(shares)))


def relative_ratios(
    quotas: Mapping[str, float], potentials: Mapping[str, float]
) -> dict[str, float | None]:
    """Return quota / potential of each, relative to that of all together.

    (quota / all quotas) / (potential / all potentials), the kit's own definition: 1 is a quota in
    proportion to potential. None without potential, and where all quotas are 0.
    Raises ValueError that names a potential that is missing, or a number below 0 or above 1e15.
    """
    for name, quota in quotas.items():
        if name not in potentials:
            raise ValueError(f"no potential for {name}")
        for what, value in (("quota", quota), ("potential", potentials[name])):
            if not 0 <= value <= LARGEST:
                raise ValueError(
                    f"{what} of {name}: give a number from 0 to {LARGEST:g}, not {value}"
                )
    quota, potential = math.fsum(quotas.values()), math.fsum(potentials[n] for n in quotas)
    if not quota or not potential:
        return dict.fromkeys(quotas)
    shares = {name: potentials[name] / potential for name in quotas}
    return {
        name: (own / quota) / shares[name] if shares[name] > LEAST_POTENTIAL else None
        for name, own in quotas.items()
    }


def spread(chances: Mapping[str, float]) -> float:
    """Return how far the highest and the lowest chance lie apart; 0 for none."""
    return max(chances.values()) - min(chances.values()) if chances else 0.0


def share_under(chances: Mapping[str, float], least: float) -> float:
    """Return the share of the chances under `least`; 0 for none."""
    return sum(chance < least for chance in chances.values()) / len(chances) if chances else 0.0


def fairness(
    quotas: Mapping[str, float],
    potentials: Mapping[str, float],
    territory_of: Mapping[str, str],
    chances: Mapping[str, float] | None = None,
    fair_share: float = FAIR_SHARE,
    least_chance: float = 0.4,
    names: Mapping[str, Text] | None = None,
) -> Fairness:
    """Return how fair quotas are to reps and territories.

    `quotas`, `potentials`: by rep, money of the same length of time. `territory_of`: by rep.
    `chances`: of reaching the quota, by rep. `names`: for the verdict; ids without them.
    Raises ValueError as `relative_ratios`, and for a chance outside 0 to 1.
    """
    _check_chances(chances or {})
    ratios = relative_ratios(quotas, potentials)
    places = dict.fromkeys(territory_of[rep] for rep in quotas)
    by_place = [_summed(money, quotas, territory_of, places) for money in (quotas, potentials)]
    unfair = _unfair(ratios, quotas, fair_share)
    return Fairness(
        ratios=ratios,
        territories=relative_ratios(*by_place),
        gini=gini(ratio for ratio in ratios.values() if ratio is not None),
        spread=None if chances is None else spread(chances),
        unlikely=None if chances is None else share_under(chances, least_chance),
        least_chance=least_chance,
        unfair=unfair,
        verdict=_verdict(ratios, unfair, chances, fair_share, names or {}),
    )


def _check_chances(chances: Mapping[str, float]) -> None:
    for name, chance in chances.items():
        if not 0.0 <= chance <= 1.0:
            raise ValueError(f"chance of {name}: give a share from 0 to 1, not {chance}")


def _summed(
    money: Mapping[str, float],
    reps: Iterable[str],
    territory_of: Mapping[str, str],
    places: Iterable[str],
) -> dict[str, float]:
    sums = dict.fromkeys(places, 0.0)
    for rep in reps:
        sums[territory_of[rep]] += money[rep]
    return sums


def _unfair(
    ratios: Mapping[str, float | None], quotas: Mapping[str, float], fair_share: float
) -> tuple[str, ...]:
    weights = {
        rep: math.inf if ratio is None else ratio
        for rep, ratio in ratios.items()
        if (ratio is None and quotas[rep] > 0)
        or (ratio is not None and abs(ratio - 1.0) > fair_share)
    }
    return tuple(sorted(weights, key=lambda rep: -abs(math.log(max(weights[rep], 1e-9)))))


def _verdict(
    ratios: Mapping[str, float | None],
    unfair: tuple[str, ...],
    chances: Mapping[str, float] | None,
    fair_share: float,
    names: Mapping[str, Text],
) -> Text:
    if not unfair:
        said = Text(
            en=f"Every quota is within {fair_share:.0%} of what its potential lets expect.",
            zh=f"每位代表的指标与其市场潜力相称，偏差都在 {fair_share:.0%} 以内。",
        )
    else:
        name = names.get(unfair[0]) or Text(en=unfair[0], zh=unfair[0])
        en, zh = _furthest(ratios[unfair[0]])
        said = Text(
            en=f"{len(unfair)} of {len(ratios)} quotas are more than {fair_share:.0%} off what "
            f"their potential lets expect; furthest off is {name.en}: {en}.",
            zh=f"{len(ratios)} 位代表中有 {len(unfair)} 位的指标与其市场潜力不相称，"
            f"偏差超过 {fair_share:.0%}；偏离最大的是{name.zh}：{zh}。",
        )
    return said if chances is None else _with_chances(said, spread(chances))


def _furthest(ratio: float | None) -> tuple[str, str]:
    if ratio is None:
        return "a quota without any potential", "名下没有市场潜力，却背了指标"
    return f"{ratio:.2f} times the region's load", f"负担是大区平均的 {ratio:.2f} 倍"


def _with_chances(said: Text, apart: float) -> Text:
    points = f"{100 * apart:.0f}"
    if apart > WIDE_SPREAD:
        return Text(
            en=f"{said.en} The chances of reaching them lie {points} points apart: too far.",
            zh=f"{said.zh}各人完成的概率高低相差 {points} 个百分点，差距过大。",
        )
    return Text(
        en=f"{said.en} The chances of reaching them lie {points} points apart.",
        zh=f"{said.zh}各人完成的概率高低相差 {points} 个百分点。",
    )
