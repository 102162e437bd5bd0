"""The best of several policies, with a stated chance of being right, in few worlds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.stages import MOST, direction, run_race
from simkit.study.experiment.words import amount
from simkit.study.experiment.worlds import Results, Summary, replicate
from simkit.study.statistics.selection import KimNelson
from simkit.study.workers import Tell, Workers

if TYPE_CHECKING:
    from simkit.study.experiment.store import Store


@dataclass(frozen=True)
class Selection:
    """Which is the best, as far as it is known."""

    best: str | None
    """None where the worlds did not suffice."""
    leader: str
    """Who had the best mean among those still in the race."""
    contenders: tuple[str, ...]
    """Who was still in the race at the end."""
    kpi: str
    delta: float
    alpha: float
    worlds: dict[str, int]
    """Worlds played by each."""
    results: Results
    """Of all arms in the first stage, whose length was fixed beforehand; intervals of more worlds,
    which end when one falls behind, would hold less often than they say (92 % for 95 %)."""
    says: Text

    @property
    def about_results(self) -> Text:
        """Say which worlds `results` is about."""
        n, most = len(self.results.worlds), max(self.worlds.values())
        return Text(
            en=f"The selection took up to {most} worlds. Differences and intervals are those of "
            f"the first {n}, a number fixed beforehand: intervals of worlds that end when one "
            "falls behind would promise too much.",
            zh=f"选优最多用了 {most} 个世界。差距和区间只取事先定好的前 {n} 个世界：若算到有策略"
            "落败为止，区间会显得过于可靠。",
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what was found by name, without the results."""
        names = ("best", "leader", "contenders", "kpi", "delta", "alpha", "worlds")
        found = {name: getattr(self, name) for name in names}
        return {**found, "contenders": [*self.contenders], "says": self.says.model_dump()}


def select_best(
    arms: Sequence[Arm],
    kpi: Kpi,
    delta: float,
    alpha: float = 0.05,
    *,
    kpis: Sequence[Kpi] = (),
    first: int = 10,
    most: int = MOST,
    seed: int = 1,
    workers: Workers = 2,
    store: "Store | None" = None,
    tell: Tell = lambda done, total: None,
) -> Selection:
    """Return the best arm by one figure, by Kim and Nelson 2001 in common worlds.

    With chance 1 - `alpha` it is the best one, if that is better than all others by `delta` or
    more, in the unit of the figure. `kpis`: what else is kept of each world. `most`: worlds after
    which it ends without a best. Raises ValueError for a figure that has no good direction, that is
    undefined in most worlds, or numbers that can't be meant.
    """
    if len(arms) < 2 or most < first:
        raise ValueError(f"the best is found of two or more, in at least {first} worlds")
    race = KimNelson([arm.name for arm in arms], delta, alpha, first, direction(kpi))
    figures = tuple({each.name: each for each in (*kpis, kpi)}.values())
    by_name = {arm.name: arm for arm in arms}
    found: dict[tuple[str, int], Summary] = {}
    shared: Results | None = None

    def play(names: Sequence[str], worlds: range) -> dict[str, list[float]]:
        nonlocal shared
        begun = len(found)
        played = replicate(
            [by_name[name] for name in names],
            worlds,
            figures,
            seed=seed,
            workers=workers,
            store=store,
            tell=lambda done, total: tell(begun + done, begun + total),
        )
        found.update(played.summaries)
        shared = shared or played  # the first stage alone: later ones end when the race says so
        return {name: played.values(name, kpi.name) for name in names}

    run_race(race, play, most)
    assert shared is not None
    return _selection(race, kpi, alpha, arms, found, shared)


def _selection(
    race: KimNelson,
    kpi: Kpi,
    alpha: float,
    arms: Sequence[Arm],
    found: dict[tuple[str, int], Summary],
    shared: Results,
) -> Selection:
    counts = {arm.name: sum(name == arm.name for name, _ in found) for arm in arms}
    says = _says(race, kpi, alpha, {arm.name: arm for arm in arms}, max(counts.values()))
    contenders = tuple(race.contenders)
    leader = race.best or race.leader
    return Selection(
        race.best, leader, contenders, kpi.name, race.delta, alpha, counts, shared, says
    )


def _says(race: KimNelson, kpi: Kpi, alpha: float, arms: dict[str, Arm], worlds: int) -> Text:
    currency = next(iter(arms.values())).scenario.currency
    delta, sure = amount(race.delta, kpi, currency), f"{100 * (1 - alpha):g} %"
    if race.best is None:
        left = [arms[name].title for name in race.contenders]
        return Text(
            en=f"{kpi.title.en}: not decided after {worlds} worlds between "
            f"{', '.join(f'“{title.en}”' for title in left)}. Allow more worlds, or a larger "
            "difference that does not matter.",
            zh=f"{kpi.title.zh}：{worlds} 个世界后，{'、'.join(f'“{title.zh}”' for title in left)}"
            "之间仍未分出高下。请增加世界数，或放宽可以忽略的差距。",
        )
    best = arms[race.best].title
    return Text(
        en=f"{kpi.title.en}: “{best.en}” is the best. With a chance of {sure} or more that is "
        f"right, unless another comes within {delta.en} of it.",
        zh=f"{kpi.title.zh}：“{best.zh}”最优。只要没有别的策略与它相差不到 {delta.zh}，"
        f"这一判断有 {sure} 以上的把握。",
    )


def usual_delta(results: Results, kpi: str, share: float = 0.01) -> float:
    """Return a share of the first arm's mean: a difference that nobody cares about (assumption).

    Raises ValueError where the figure is undefined or 0.
    """
    values = [v for v in results.values(results.arms[0].name, kpi) if math.isfinite(v)]
    mean = abs(math.fsum(values) / len(values)) if values else 0.0
    if mean == 0.0:
        raise ValueError(f"{kpi} is 0 or undefined under the first policy: give --delta")
    return share * mean
