"""Worlds played in stages: results put together and cut; and a race for the best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from simkit.kpi.catalogue import Kpi
from simkit.study.experiment.worlds import Results
from simkit.study.statistics.arms import Better
from simkit.study.statistics.selection import KimNelson

Play = Callable[[tuple[str, ...], range], Mapping[str, Sequence[float]]]
"""Plays names in worlds and returns the figure by name, in the order of the worlds."""

MOST = 1000
"""Worlds that are played at most when nobody says."""
STAGE = 5
"""Fewest worlds played at once; more are played than needed, but no more are used."""


def joined(one: Results | None, other: Results) -> Results:
    """Return the results of the same arms in the worlds of both."""
    if one is None:
        return other
    worlds = (*one.worlds, *(w for w in other.worlds if w not in one.worlds))
    return replace(one, worlds=worlds, summaries=one.summaries | other.summaries)


def first_worlds(results: Results, number: int) -> Results:
    """Return the results in the first `number` worlds alone."""
    worlds = results.worlds[:number]
    kept = {key: value for key, value in results.summaries.items() if key[1] in worlds}
    return replace(results, worlds=worlds, summaries=kept)


def run_race(race: KimNelson, play: Play, most: int, begin: int = 0) -> int:
    """Play worlds from number `begin` on until one is selected; return how many were played.

    At most `most`; then `race.best` is None, and its leader is the best guess.
    """
    used = 0
    while (names := race.wants()) and used < most:
        worlds = range(begin + used, begin + min(most, used + max(race.soon, STAGE)))
        values = play(names, worlds)
        for place in range(len(worlds)):
            race.take({name: values[name][place] for name in names})
        used += len(worlds)
    return used


def direction(kpi: Kpi) -> Better:
    """Return which way is better; raises ValueError for a figure that has no best."""
    if kpi.better == "in_band":
        raise ValueError(f"{kpi.name} is good neither high nor low: there is no best; name another")
    return kpi.better
