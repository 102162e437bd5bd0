"""The team: who works here since when, visits and sales of each against his or her own usual."""

from dataclasses import dataclass, replace

import numpy as np

from simkit.kpi.diagnosis.facts import Facts
from simkit.kpi.diagnosis.periods import forecast_or_none, mean_of
from simkit.region.events import DAYS_PER_WEEK

LEAST_WEEKS = 26
"""Weeks of one's own history from which something is called usual (assumption: half a year)."""


@dataclass(frozen=True, slots=True)
class Own:
    """A figure of one person per week, what it usually is in such weeks, and how unusual it is.

    `now` is None of who left. `score`: the mean surprise over the period, in its own standard
    deviations; None where the history is too short, then `usual` is None as well.
    """

    now: float | None
    usual: float | None
    score: float | None

    @property
    def change(self) -> float | None:
        """Relative to usual."""
        if self.now is None or not self.usual or self.usual < 0:
            return None
        return self.now / self.usual - 1.0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team; `left_week` is None while at work, `joined_week` if before week 0."""

    rep: str
    territory: str
    tenure_weeks: float | None
    joined_week: int | None
    left_week: int | None
    customers: int
    visits: Own
    sales: Own


def team_of(facts: Facts, weeks: int = 4) -> list[Member]:
    """Return all who work here, or left since week 0, with the last `weeks` weeks of each.

    Raises NoFigureError when there are fewer.
    """
    facts.last(weeks)
    joined = {e[3]: int(e[0] // DAYS_PER_WEEK) for e in facts.of("rep_hired")}
    left = {e[3]: e for e in facts.of("rep_left")}
    gone = {rep: int(e[0] // DAYS_PER_WEEK) for rep, e in left.items()}
    shown = [rep for rep in facts.reps if rep in facts.report.reps or gone.get(rep, -999) >= 0]
    return [_member(facts, rep, weeks, joined.get(rep), gone.get(rep)) for rep in shown]


def _member(facts: Facts, rep: str, weeks: int, joined: int | None, left: int | None) -> Member:
    customers = facts.flows.weekly("customers", rep)
    return Member(
        rep,
        facts.reps[rep],
        _tenure(facts, rep, joined, left),
        joined,
        left,
        max(0, round(float(customers[-1]))) if len(customers) else 0,
        *(
            _own(facts.figures.series(name, rep), facts.first, weeks, joined, left)
            for name in ("visits", "sales")
        ),
    )


def _own(values: np.ndarray, first: int, weeks: int, joined: int | None, left: int | None) -> Own:
    """Of who left there is no now, only what was usual."""
    if left is None:
        return own_of(values, first, weeks, joined)
    before = own_of(values[: max(0, left - first)], first, weeks, joined)
    return replace(before, now=None, score=None)


def _tenure(facts: Facts, rep: str, joined: int | None, left: int | None) -> float | None:
    """Weeks with the firm: of newcomers since they came, of others from the scenario."""
    until = facts.week if left is None else left
    if joined is not None:
        return float(until - joined)
    known = {each.id: each.tenure_weeks for each in facts.scenario.reps}
    return known[rep] + until if rep in known else None


def own_of(values: np.ndarray, first: int, weeks: int, joined: int | None = None) -> Own:
    """Return the mean of the last `weeks` of a weekly series against its own usual.

    `joined`: the week from which on it is this person's.
    """
    begin = 0 if joined is None else max(0, joined - first)
    values = np.asarray(values, dtype=float)[begin:]
    now = mean_of(values[-weeks:]) or 0.0
    past = values[:-weeks]
    if np.isfinite(past).sum() < LEAST_WEEKS or not past.any():
        return Own(now, None, None)
    start = first + begin + len(past)
    forecast = forecast_or_none(past, start)
    if forecast is None:
        return Own(now, None, None)
    usual = float(forecast.usual(start + np.arange(weeks)).mean())
    return Own(now, usual, score_of(forecast.scores(values[-weeks:])))


def score_of(scores: np.ndarray) -> float | None:
    """Return the sum of independent normal scores in its own standard deviations."""
    return float(scores.sum() / np.sqrt(len(scores))) if len(scores) else None
