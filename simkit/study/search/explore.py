"""Trying points: Optuna's TPE proposes, common worlds judge."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from simkit.study.sensitivity.designs import keyed, no_global_chance
from simkit.study.sensitivity.factors import Factor

Point = tuple[float, ...]
Score = Callable[[Point], Sequence[float]]
"""Plays a point and returns its figure by world; not a number where undefined."""


def explore(
    factors: Sequence[Factor],
    score: Score,
    trials: int,
    better: str,
    design_seed: int = 1,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> dict[Point, list[float]]:
    """Return the points tried and their figures, in the order of trying.

    Tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS 24) through Optuna. A point
    proposed again is not played again. One whose figure is undefined in a world counts as failed.
    Raises ValueError when Optuna is missing.
    """
    study, known = _study(better, design_seed), dict[Point, list[float]]()
    laws = {factor.name: _law(factor) for factor in factors}
    for number in range(trials):
        with _quiet(), no_global_chance():
            trial = study.ask(laws)
        point = tuple(float(trial.params[factor.name]) for factor in factors)
        if point not in known:
            known[point] = [float(value) for value in score(point)]
        mean = math.fsum(known[point]) / len(known[point])
        with _quiet(), no_global_chance():
            study.tell(trial, *_answer(mean))
        tell(number + 1, trials)
    return known


def _answer(mean: float) -> tuple[Any, ...]:
    return (None, _optuna().trial.TrialState.FAIL) if math.isnan(mean) else (mean,)


def _study(better: str, seed: int) -> Any:
    optuna = _optuna()
    number = int(keyed("search", seed).integers(2**31))
    with _quiet(), no_global_chance():
        sampler = optuna.samplers.TPESampler(seed=number)
        direction = "minimize" if better == "lower" else "maximize"
        return optuna.create_study(direction=direction, sampler=sampler)


def _law(factor: Factor) -> Any:
    laws = _optuna().distributions
    if factor.integer:
        return laws.IntDistribution(int(factor.low), int(factor.high))
    return laws.FloatDistribution(factor.low, factor.high)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ValueError("a search needs Optuna: .venv/bin/python -m pip install optuna") from None
    return optuna


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Optuna say no more than warnings; how much it says elsewhere stays as it was."""
    logging = _optuna().logging
    before = logging.get_verbosity()
    logging.set_verbosity(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.set_verbosity(before)
