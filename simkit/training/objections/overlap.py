"""How much of a text is copied from others, and how much it repeats itself.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections.abc import Iterable
from functools import lru_cache

from simkit.training.objections.text import MARK, Reading

RUN = {"en": 5, "zh": 8}
"""Words, or characters, in a row that two texts share only when one is taken from the other."""
Grams = frozenset[tuple[str, ...]]


def words_of(reading: Reading) -> list[str]:
    """Return the tokens of a text without its marks."""
    return [token.text for token in reading.tokens if token.kind != MARK]


@lru_cache(maxsize=512)
def _grams(text: str, lang: str) -> Grams:
    words, run = words_of(Reading(text, lang)), RUN[lang]
    return frozenset(tuple(words[at : at + run]) for at in range(len(words) - run + 1))


def copied(reading: Reading, sources: Iterable[str]) -> list[tuple[int, int]]:
    """Return the runs of words, as (first, after last), that stand in one of `sources` as well.

    Runs are counted in `words_of(reading)`; only those of `RUN` words or more are seen.
    """
    known: Grams = frozenset().union(*(_grams(source, reading.lang) for source in sources))
    words, run = words_of(reading), RUN[reading.lang]
    runs: list[tuple[int, int]] = []
    for at in range(len(words) - run + 1):
        if tuple(words[at : at + run]) in known:
            if runs and at <= runs[-1][1]:
                runs[-1] = (runs[-1][0], at + run)
            else:
                runs.append((at, at + run))
    return runs


def copied_share(reading: Reading, sources: Iterable[str]) -> float:
    """Return the share of the words that stand in runs copied from `sources`."""
    runs = copied(reading, sources)
    return sum(last - first for first, last in runs) / max(len(words_of(reading)), 1)


def repeated_share(reading: Reading) -> float:
    """Return the share of three words in a row that stood in the text before."""
    words = words_of(reading)
    triples = [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
    return 1 - len(set(triples)) / len(triples) if triples else 0.0
