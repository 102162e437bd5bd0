"""Worlds played in stages: results of the same arms put together, and cut."""

from dataclasses import replace

from simkit.study.experiment.worlds import Results

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
