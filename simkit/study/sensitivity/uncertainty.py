"""Luck or not knowing: what an answer owes to chance, and what to parameters nobody knows.

Parameters are drawn from their spreads (outer), each draw is played in the same worlds (inner).
Because the worlds are common, they are crossed with the draws, not nested in them: the variance of
the draws is (MS draws - MS rest) / worlds, without bias; taking the mean square within draws
instead would count the luck that all draws share against it (Searle, Casella and McCulloch 1992,
Variance Components, ch. 4).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.intervals import Difference, student
from simkit.study.sensitivity.designs import at_least
from simkit.study.sensitivity.evaluate import Worlds, evaluate, left_out, playing
from simkit.study.sensitivity.spreads import Spread, Spreads, draw, spreads_of
from simkit.study.workers import Tell

FEWEST_DRAWS = 5


@dataclass(frozen=True)
class Parts:
    """Variance components of draws crossed with worlds; an estimate may be below 0."""

    parameters: float
    """Between draws of the parameters: not knowing."""
    shared: float
    """Between worlds, the same for all draws: luck."""
    own: float
    """What is left: luck that depends on the parameters."""


@dataclass(frozen=True)
class Uncertainty:
    """An answer with both kinds of doubt; of one player, or of b less a in the same worlds."""

    kpi: Kpi
    players: tuple[Player, ...]
    spreads: tuple[Spread, ...]
    both: Difference
    """The mean and the interval for the true parameters, which nobody knows, and for luck."""
    luck: Difference
    """The same if the spreads were no matter: narrower than is honest."""
    unknown: Difference
    """What would be left with endless worlds: only knowing the parameters better helps."""
    parts: Parts
    unknown_share: float
    """Share of the doubt in this answer (squared width of `both`) that is not knowing."""
    by_parameter: dict[str, float]
    """Squared correlation of each parameter with the answer: what to find out first."""
    draws: int
    worlds: int
    says: Text
    notes: tuple[Text, ...] = ()


def uncertainty(
    scenario: Scenario,
    players: Player | Sequence[Player],
    spreads: Spreads,
    kpi: str | Kpi,
    worlds: Worlds = 10,
    *,
    draws: int = 20,
    design_seed: int = 1,
    seed: int = 1,
    confidence: float = 0.95,
    tell: Tell = lambda done, total: None,
    **options: Any,
) -> Uncertainty:
    """Play one player, or two (a, b), under `draws` draws of the parameters, in the same worlds.

    `options`: workers, store. Raises ScenarioError that names the parameter, before anything is
    played, ValueError for more players or too few draws or worlds.
    """
    who = (players,) if isinstance(players, Player) else tuple(players)
    if not 1 <= len(who) <= 2:
        raise ValueError(f"name one player, or two to compare, not {len(who)}")
    at_least(draws, FEWEST_DRAWS, "draws")
    known = spreads_of(scenario, spreads)
    plans = [
        playing(
            scenario,
            player,
            [spread.factor for spread in known],
            kpi,
            worlds,
            seed=seed,
            together=False,
            **options,
        )
        for player in who
    ]
    at_least(len(plans[0].worlds), 2, "worlds")
    design, values = draw(known, draws, design_seed), []
    for number, plan in enumerate(plans):

        def told(done: int, total: int, number: int = number) -> None:
            tell(number * total + done, len(plans) * total)

        values.append(evaluate(plan, design, told))
    answer = values[0] if len(who) == 1 else values[1] - values[0]
    return uncertainty_of(plans[0].kpi, who, known, design, answer, confidence)


def parts_of(values: np.ndarray) -> Parts:
    """Return the variance components of values, draws by worlds; each without bias."""
    draws, worlds = values.shape
    by_draw, by_world = values.mean(axis=1), values.mean(axis=0)
    rest = values - by_draw[:, None] - by_world + values.mean()
    own = float((rest**2).sum()) / ((draws - 1) * (worlds - 1))
    parameters = float(by_draw.var(ddof=1)) - own / worlds
    shared = float(by_world.var(ddof=1)) - own / draws
    return Parts(parameters, shared, own)


def uncertainty_of(
    kpi: Kpi,
    players: Sequence[Player],
    spreads: Sequence[Spread],
    design: np.ndarray,
    values: np.ndarray,
    confidence: float = 0.95,
) -> Uncertainty:
    """Return the answer from values at drawn points, draws by worlds (differences b less a).

    Draws with an undefined value are left out. Raises ValueError when too few are left.
    """
    known = ~np.isnan(values).any(axis=1)
    undefined = int((~known).sum())
    if known.sum() < FEWEST_DRAWS:
        raise ValueError(
            f"the figure is undefined in {undefined} of {len(values)} draws; too few are left. "
            "Choose another figure or more weeks"
        )
    design, values = design[known], values[known]
    draws, worlds = values.shape
    parts, mean = parts_of(values), float(values.mean())
    unknown = max(0.0, parts.parameters) * (1 + 1 / draws)
    luck = max(0.0, parts.shared) / worlds + parts.own / (draws * worlds)
    share = unknown / (unknown + luck) if unknown + luck > 0 else 0.0
    both = _interval(mean, unknown + luck, min(draws, worlds) - 1, draws * worlds, confidence)
    return Uncertainty(
        kpi,
        tuple(players),
        tuple(spreads),
        both,
        _interval(mean, luck, worlds - 1, draws * worlds, confidence),
        _interval(mean, unknown, draws - 1, draws * worlds, confidence),
        parts,
        share,
        _by_parameter(spreads, design, values.mean(axis=1)),
        draws,
        worlds,
        _said(share, parts),
        left_out(undefined, len(known)),
    )


def _interval(
    mean: float, variance: float, freedom: int, values: int, confidence: float
) -> Difference:
    reach = student(confidence, freedom) * math.sqrt(variance)
    return Difference(mean, mean - reach, mean + reach, values)


def _by_parameter(
    spreads: Sequence[Spread], design: np.ndarray, means: np.ndarray
) -> dict[str, float]:
    found = {}
    for k, spread in enumerate(spreads):
        moves = design[:, k] - design[:, k].mean()
        size = float(moves @ moves) * float(((means - means.mean()) ** 2).sum())
        found[spread.name] = float(moves @ (means - means.mean())) ** 2 / size if size > 0 else 0.0
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _said(share: float, parts: Parts) -> Text:
    if parts.parameters <= 0:
        return Text(
            en="All doubt that shows is luck: the parameters make no difference that can be told.",
            zh="目前看得出的不确定性都来自运气，参数不确定的影响还分辨不出来。",
        )
    return Text(
        en=f"Not knowing the parameters makes {share:.0%} of the doubt in this answer, luck "
        f"{1 - share:.0%}. More worlds take away luck only.",
        zh=f"结论的不确定性中，{share:.0%} 来自参数未知，{1 - share:.0%} 来自运气；"
        "增加重复次数只能减少运气的影响。",
    )
