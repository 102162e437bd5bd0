"""Process score and result score: measures of a debrief turned into points by a scorecard."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simkit.kpi.catalogue import KPIS
from simkit.kpi.score_measures import CRISIS
from simkit.kpi.scorecard import Item, Scorecard
from simkit.scenario.record import Text
from simkit.scenario.shocks import Mail, Shock
from simkit.training.debrief.calibration import Calibration
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.explained import Explained
from simkit.training.debrief.luck import Luck
from simkit.training.debrief.plans import PlanReview, Unpaid, came
from simkit.training.debrief.response import PLAYER, BestResponse
from simkit.training.debrief.timeline import marks

WEEKS_PER_PREDICTION = 4
Measured = Mapping[str, Explained | None]


@dataclass(frozen=True)
class Line:
    """One line of the scorecard: the measured value, its points (0 to 1) and its weight.

    `value` and `points` are None where the game has nothing to measure; the line then counts
    nothing.
    """

    id: str
    name: Text
    kind: str
    weight: float
    measure: str
    zero_at: float
    full_at: float
    value: Explained | None
    points: float | None


@dataclass(frozen=True)
class Score:
    """Scores out of 100; None where nothing could be measured."""

    card: Text
    process_weight: float
    process: float | None
    result: float | None
    total: float | None
    lines: tuple[Line, ...]
    exercise: str


@dataclass(frozen=True)
class Signs:
    """What was noticed: early signs and noise by id, those marked as signs, and the first answer.

    Weeks are those before which the manager decided; a message of week 3 is read before week 4.
    """

    signs: tuple[str, ...]
    noticed: tuple[str, ...]
    noise: tuple[str, ...]
    misled: tuple[str, ...]
    first_sign: int | None
    brief: int | None
    first_answer: int | None


def signs_of(conduct: Conduct, unpaid: Unpaid = frozenset()) -> Signs:
    """Return what was noticed of the shocks of the game; what found no money is no answer."""
    marked = marks(conduct)
    shocks = came(conduct)
    main = shocks[0] if shocks else None
    every = [
        (f"{shock.id}:{mail.id}", mail, _read(shock, mail), shock)
        for shock in conduct.scenario.shocks
        for mail in shock.inbox
        if _read(shock, mail) <= conduct.weeks
    ]
    # What comes with the brief or after it is no early sign any more.
    early = [e for e in every if e[1].role == "sign" and e[2] <= e[3].known_week and e[3] in shocks]
    noise = [e for e in every if e[1].role == "noise"]
    noticed = [e for e in early if _marked(marked, e[0], e[3].known_week)]
    misled = [e for e in noise if _marked(marked, e[0], conduct.weeks)]
    known = main is not None and main.known_week + 1 < conduct.weeks
    return Signs(
        tuple(e[0] for e in early),
        tuple(e[0] for e in noticed),
        tuple(e[0] for e in noise),
        tuple(e[0] for e in misled),
        min((e[2] for e in early if e[3] is main), default=None),
        main.known_week + 1 if main and known else None,
        _first_answer(conduct, main, unpaid) if main else None,
    )


def _read(shock: Shock, mail: Mail) -> int:
    """The week before which a message is read; what came before week 0 is read before week 0."""
    sent = shock.start_week + mail.week
    return sent + 1 if sent > 0 else 0


def _marked(marked: dict[str, tuple[str, int]], name: str, until: int) -> bool:
    how, week = marked.get(name, ("", 0))
    return how == "sign" and week <= until


def _first_answer(conduct: Conduct, shock: Shock, unpaid: Unpaid) -> int | None:
    """The first week in which an answer was asked for and paid, once that was possible."""
    weeks = (
        week
        for week, decision in enumerate(conduct.decisions)
        if shock.known_week < week < shock.end_week
        and any(n.startswith(f"{shock.id}:") and (week, n) not in unpaid for n in decision.answers)
    )
    return next(weeks, None)


@dataclass(frozen=True)
class Judged:
    """Everything that is scored."""

    conduct: Conduct
    signs: Signs
    plan: PlanReview
    calibration: Calibration
    luck: Luck
    response: BestResponse
    kpis: dict[str, float]
    unpaid: Unpaid


def score_of(judged: Judged, card: Scorecard) -> Score:
    """Return the score of a game on a card."""
    return scored(card, measures_of(judged), judged.kpis)


def scored(card: Scorecard, measured: Measured, kpis: Mapping[str, float]) -> Score:
    """Return the score on a card; what is not among `measured` is the name of a KPI."""
    lines = tuple(_line(item, measured, kpis) for item in card.scorecard)
    process, result = (_mean([x for x in lines if x.kind == k]) for k in ("process", "result"))
    share = card.process_weight
    parts = [(share, process), (1.0 - share, result)]
    known = [(weight, score) for weight, score in parts if score is not None]
    weights = sum(weight for weight, _ in known)
    total = sum(w * s for w, s in known) / weights if weights else None
    return Score(card.name, share, process, result, total, lines, card.exercise)


def _line(item: Item, measured: Mapping[str, Explained | None], kpis: Mapping[str, float]) -> Line:
    known = item.measure in measured
    value = measured[item.measure] if known else _kpi(item.measure, kpis)
    points = None if value is None else item.points(value.value)
    return Line(
        item.id,
        item.name,
        item.kind,
        item.weight,
        item.measure,
        item.zero_at,
        item.full_at,
        value,
        points,
    )


def _kpi(name: str, kpis: Mapping[str, float]) -> Explained | None:
    kpi, value = KPIS[name], kpis[name]
    formula = Text(
        en=f"{kpi.title.en} of the whole game, as in the table of KPIs.",
        zh=f"全局的{kpi.title.zh}，与 KPI 表一致。",
    )
    return None if math.isnan(value) else Explained(value, kpi.unit, formula)


def _mean(lines: list[Line]) -> float | None:
    counted = [(x.weight, x.points) for x in lines if x.points is not None and x.weight]
    weights = sum(weight for weight, _ in counted)
    return 100.0 * sum(w * p for w, p in counted) / weights if weights else None


def measures_of(j: Judged) -> dict[str, Explained | None]:
    """Return every measure of `CRISIS`; None where the game has nothing to measure."""
    signs = j.signs
    found = {
        "signs_noticed": _share(len(signs.noticed), len(signs.signs)),
        "noise_taken_for_signs": _share(len(signs.misled), len(signs.noise)),
        "weeks_from_sign": _delay(j, signs.first_sign),
        "weeks_from_brief": _delay(j, signs.brief),
        "reserve_kept_for_crisis": _reserve(j),
        "plan_before_shock": _plan(j),
        "plan_carried_out": _carried_out(j),
        "predictions_made": _predictions(j),
        "calibration_gap": _gap(j.calibration),
        "share_of_best": _share_of_best(j),
        "gain_over_no_action": _gain(j.luck),
    }
    return {name: _explained(name, parts) for name, parts in found.items()}


Parts = tuple[float, str, dict[str, float]] | None
"""A value, its unit, and what it is made of."""


def _explained(name: str, parts: Parts) -> Explained | None:
    if parts is None or math.isnan(parts[0]):
        return None
    value, unit, made_of = parts
    return Explained(value, unit, CRISIS[name], values=tuple(made_of.items()))


def _share(some: float, of: float, cap: bool = True) -> Parts:
    if not of:
        return None
    value = some / of
    return min(1.0, value) if cap else value, "share", {"part": some, "whole": of}


def _delay(j: Judged, since: int | None) -> Parts:
    """Weeks until the first answer; without one, to the end of the shock or of the game."""
    if since is None or not (shocks := came(j.conduct)) or not shocks[0].answers:
        return None
    end = min(j.conduct.weeks, shocks[0].start_week + shocks[0].weeks)
    until = end if j.signs.first_answer is None else j.signs.first_answer
    return float(until - since), "weeks", {"from_week": since, "to_week": until}


def _reserve(j: Judged) -> Parts:
    reserve, shocks = j.plan.reserve, came(j.conduct)
    if not reserve.there_was or not shocks:
        return None
    first = j.signs.first_sign if j.signs.first_sign is not None else shocks[0].start_week
    early = sum(amount for week, amount in reserve.by_week if week < first)
    left = _left_while_unpaid(j)
    value = 0.0 if left else 1.0 - early / reserve.there_was
    return value, "share", {"early": early, "there_was": reserve.there_was, "left_unused": left}


def _left_while_unpaid(j: Judged) -> float:
    """The most reserve that was left in a week in which an answer found no money."""
    reserve = j.plan.reserve
    left = [
        reserve.there_was - sum(amount for when, amount in reserve.by_week if when <= week)
        for week, name in j.unpaid
        if ":" in name
    ]
    return max(left, default=0.0)


def _plan(j: Judged) -> Parts:
    shocks = came(j.conduct)
    if j.conduct.scenario.drill is None and j.plan.written is None:
        return None
    covered = [
        line for line in j.plan.lines if shocks and line.risk == shocks[0].id and line.actions
    ]
    value = 0.0 if not j.plan.in_time else 1.0 if covered and j.plan.lines else 0.5
    return value, "points", {"lines": len(j.plan.lines), "for_what_came": len(covered)}


def _carried_out(j: Judged) -> Parts:
    names = {shock.id for shock in came(j.conduct)}
    lines = [line for line in j.plan.lines if line.risk in names] if j.plan.in_time else []
    done = [week is not None for line in lines for week in line.done]
    return _share(sum(done), len(done))


def _predictions(j: Judged) -> Parts:
    if j.conduct.scenario.drill is None and not j.conduct.noted("prediction"):
        return None
    made = len({(each.first, each.last) for each in j.calibration.forecasts})
    return _share(made, j.conduct.weeks // WEEKS_PER_PREDICTION)


def _gap(calibration: Calibration) -> Parts:
    rate, confidence = calibration.hit_rate, calibration.confidence
    if rate is None or confidence is None:
        return None
    made_of = {"hit_rate": rate, "confidence": confidence, "judged": calibration.judged}
    return abs(rate - confidence), "share", made_of


def _share_of_best(j: Judged) -> Parts:
    gains = {c.id: c.elsewhere.mean for c in j.response.candidates if c.elsewhere}
    best = max((gain for name, gain in gains.items() if name != PLAYER), default=0.0)
    if best <= 0 or not j.luck.worlds:
        return None
    made_of = {"your_decisions": gains[PLAYER], "best_options": best}
    return gains[PLAYER] / best, "share", made_of


def _gain(luck: Luck) -> Parts:
    nothing = math.fsum(luck.no_action) / len(luck.no_action) if luck.no_action else math.nan
    if not nothing > 0:
        return None
    return luck.decision.mean / nothing, "share", {"gain": luck.decision.mean, "no_action": nothing}
