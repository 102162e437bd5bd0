"""The table of phrases by which the scorer knows behaviours and harms; by trainers."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Block
from simkit.scenario.catalogue import find_file, find_named, read_once
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Mistakes, Record, Text
from simkit.scenario.rubric import BEHAVIOURS, Behaviour, Harm
from simkit.training.objections.matching import Matcher, patterns_of

FOLDER = Path("phrases")
Lang = Literal["en", "zh"]
Listed = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]


class Levels(Record):
    """Phrases that show a behaviour at one point, and at two."""

    one: Listed = ()
    two: Listed = ()


class Phrases(Block):
    """One language's table."""

    name: Text
    lang: Lang
    phrases: dict[Behaviour, Levels]
    """What shows a behaviour."""
    harms: dict[Harm, Listed]
    """What does harm."""
    words: dict[str, Listed]
    """What turns or weakens the meaning of other words, and words that carry none."""

    @model_validator(mode="after")
    def _can_be_read(self) -> "Phrases":
        mistakes = [*self._missing(), *unreadable(self.lists(), self.lang), *self._twice()]
        if mistakes:
            raise Mistakes(mistakes)
        return self

    @cached_property
    def matcher(self) -> Matcher:
        """What finds the phrases, by groups such as "phrases.value.one" and "harms.rude"."""
        groups = {".".join(map(str, loc)): listed for loc, listed in self.lists()}
        return Matcher(groups, self.lang)

    def lists(self) -> Iterator[tuple[Loc, Listed]]:
        """Yield each list of phrases with its place in the file."""
        for behaviour, levels in self.phrases.items():
            yield ("phrases", behaviour, "one"), levels.one
            yield ("phrases", behaviour, "two"), levels.two
        for harm, listed in self.harms.items():
            yield ("harms", harm), listed
        for name, listed in self.words.items():
            yield ("words", name), listed

    def _missing(self) -> Iterator[tuple[Loc, str]]:
        for behaviour in BEHAVIOURS:
            if behaviour not in self.phrases:
                yield ("phrases",), f"'{behaviour}' is missing here"

    def _twice(self) -> Iterator[tuple[Loc, str]]:
        for behaviour, levels in self.phrases.items():
            for at, phrase in enumerate(levels.two):
                if phrase in levels.one:
                    loc: Loc = ("phrases", behaviour, "two", at)
                    yield loc, f"'{phrase}' is already worth one point above"


def load_phrases(path: str | Path) -> Phrases:
    """Return the checked table of a file, or of a language: the person's own before the shipped.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(find_named(FOLDER, path, "table of phrases"), Phrases)


def phrases_in_force(lang: str) -> Phrases:
    """Return the table of a language, read again only when its file has changed."""
    return read_once(find_file(FOLDER / f"{lang}.yaml"), load_phrases)


def unreadable(lists: Iterable[tuple[Loc, Listed]], lang: str) -> Iterator[tuple[Loc, str]]:
    """Yield (loc, message) of each phrase that cannot be looked for."""
    for loc, listed in lists:
        for at, phrase in enumerate(listed):
            try:
                patterns_of(phrase, lang)
            except ValueError as error:
                yield (*loc, at), str(error)
