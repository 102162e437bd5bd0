"""YAML text as a tree of values that know their place; YAML 1.2 scalars, nothing is executed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import yaml

from simkit.scenario.record import Loc, Problem, ScenarioError, short

MAX_BYTES = 5_000_000
"""The largest file that is read."""
MAX_SIZE, VALUE_BYTES = 10_000_000, 50
"""The largest content with all aliases written out: its text, and so much more for each value."""
MANY = 100
"""Mistakes listed for one file; nobody mends more of them at once."""
MAX_DEPTH = 50
"""Levels of lists and groups inside each other; far above any scenario, far below Python's."""

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML's own line numbers count
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INT = re.compile(r"[-+]?[0-9]{1,100}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WORDS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.capitalize(), word.upper())
}


class Source:
    """The lines of one file, to point at."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.lines = LINE_BREAK.split(text.rstrip())

    def problem(self, line: int, col: int, message: str) -> Problem:
        """Return a problem at `line` and `col`, both from 0, moved back to the end of the text."""
        if line >= len(self.lines):
            line, col = len(self.lines) - 1, len(self.lines[-1])
        shown = self.lines[line]
        return Problem(self.path, line + 1, min(col, len(shown)) + 1, message, shown)

    def problem_after(self, prefix: str, message: str) -> Problem:
        """Return a problem at the character that follows `prefix`, the beginning of the text."""
        lines = LINE_BREAK.split(prefix)
        return self.problem(len(lines) - 1, len(lines[-1]), message)


@dataclass(slots=True)
class Node:
    """A value and where it stands: a scalar, a list of nodes, or keys with their nodes."""

    value: Any
    source: Source
    line: int
    col: int

    def plain(self) -> Any:
        """Return the value without places, as pydantic takes it."""
        if isinstance(self.value, dict):
            return {key: pair.value.plain() for key, pair in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def pair(self, step: str | int) -> "Pair | None":
        """Return what is under the key or index `step`, or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return Pair(self.value[step], self.value[step])
        return None

    def at(self, loc: Loc) -> "Node":
        """Return the node that `loc` leads to, or the last one on the way that the file has."""
        here = Pair(self, self)
        for step in loc:
            if step == "[key]":
                return here.key
            inner = here.value.pair(step)
            if inner is None:
                break
            here = inner
        return here.value

    def problem(self, message: str) -> Problem:
        """Return a problem at this node."""
        return self.source.problem(self.line, self.col, message)


class Pair(NamedTuple):
    """A key and its value; an entry of a list is its own key."""

    key: Node
    value: Node


def compose(source: Source, problems: list[Problem]) -> Node:
    """Return the mapping that the text of `source` writes, with every place kept.

    Mistakes that still allow to read on are added to `problems`; raises ScenarioError with all
    of them when the text is no YAML, no mapping, or too large once its aliases are expanded.
    """
    strange = UNPRINTABLE.search(source.text)
    if strange:
        message = f"the character U+{ord(strange[0]):04X} cannot be used; is this a text file?"
        problems.append(source.problem_after(source.text[: strange.start()], message))
        raise ScenarioError(problems)
    composer = _Composer(source, problems)
    try:
        return composer.document()
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(source, error))
    except yaml.YAMLError as error:
        problems.append(source.problem(0, 0, f"not valid YAML: {error}"))
    raise ScenarioError(problems)


def resolved(text: str) -> Any:
    """Return what an unquoted scalar means in YAML 1.2: None, bool, int, float or the text."""
    if text in WORDS:
        return WORDS[text]
    if INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if FLOAT.fullmatch(text):
        return float(text)
    return float(text.lower().replace(".", "")) if INFINITE.fullmatch(text) else text


class _Composer:
    """Builds nodes from the parser's events, so that every limit acts before memory is used."""

    def __init__(self, source: Source, problems: list[Problem]) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.events: Iterator[Any] = iter(yaml.parse(source.text, Loader=loader))
        self.source = source
        self.problems = problems
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # with size and height written out
        self.size = 0
        self.deepest = 0

    def document(self) -> Node:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            message = "the file is empty; it needs at least one line 'key: value'"
            raise ScenarioError([*self.problems, self.source.problem(0, 0, message)])
        first = next(self.events)
        root = self.node(first, 0)
        if not isinstance(root.value, dict):
            wrong = "a list" if isinstance(root.value, list) else "plain text"
            self.stop(first, f"the file must be a group of 'key: value' lines, not {wrong}")
        next(self.events)
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            self.stop(following, "a second document starts here; a file holds one, remove '---'")
        return root

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        self.reach(event, depth)
        if event.tag:
            self.note(event, f"the tag '{short(event.tag)}' is not used here; write a plain value")
        size, deepest, self.deepest = self.size, self.deepest, depth
        node = self.bare(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = node, self.size - size, self.deepest - depth
        self.deepest = max(deepest, self.deepest)
        return node

    def bare(self, event: Any, depth: int) -> Node:
        self.grow(event, VALUE_BYTES)
        node = Node(None, self.source, event.start_mark.line, event.start_mark.column)
        if isinstance(event, yaml.ScalarEvent):
            self.grow(event, len(event.value))
            node.value = resolved(event.value) if event.implicit[0] else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = self.entries(depth + 1)
        else:
            node.value = self.pairs(depth + 1)
        return node

    def alias(self, event: Any, depth: int) -> Node:
        name = short(event.anchor)
        if event.anchor not in self.anchors:
            self.stop(event, f"'*{name}' has no '&{name}' that is complete before it")
        node, size, height = self.anchors[event.anchor]
        self.reach(event, depth + height)
        self.grow(event, size)
        return node

    def grow(self, event: Any, size: int) -> None:
        self.size += size
        if self.size > MAX_SIZE:
            why = "an alias counts each time it is used" if self.anchors else "split it"
            self.stop(event, f"the file is too large from here on; {why}")

    def reach(self, event: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            self.stop(event, f"lists and groups are inside each other more than {MAX_DEPTH} deep")
        self.deepest = max(self.deepest, depth)

    def entries(self, depth: int) -> list[Node]:
        found = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node(event, depth))
        return found

    def pairs(self, depth: int) -> dict[str, Pair]:
        found: dict[str, Pair] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(event, "a key must be plain text, not a list, a group or an alias")
            key = self.node(event, depth)
            value = self.node(next(self.events), depth)
            if event.value in found:
                first = found[event.value].key.line + 1
                self.note(event, f"duplicate key '{short(event.value)}', first on line {first}")
            elif event.value == "<<" and event.implicit[0]:
                self.note(event, "'<<' is not used here; write the keys out, or extend a file")
            else:
                # The key stays as it is written: `no: 1` and `2026: 1` are keys like any other.
                found[event.value] = Pair(key, value)
        return found

    def note(self, event: Any, message: str) -> None:
        if len(self.problems) >= MANY:
            self.stop(event, "too many mistakes; the rest of the file was not read")
        self.problems.append(self.problem(event, message))

    def stop(self, event: Any, message: str) -> NoReturn:
        self.problems.append(self.problem(event, message))
        raise ScenarioError(self.problems)

    def problem(self, event: Any, message: str) -> Problem:
        return self.source.problem(event.start_mark.line, event.start_mark.column, message)


# What the parsers of PyYAML and libyaml say, and what a person who writes a scenario needs.
WIDE_COLON = r"^[\s\-]*[a-z_]+："  # a key, not a line of Chinese text
SYNTAX = (
    ("mapping values are not allowed", "':' is not expected here; text with ': ' needs quotes"),
    ("expected ','", "the bracket opened on line {opened} is not closed before this"),
    ("unexpected end of stream", "the quote opened on line {opened} is not closed"),
    ("expected ':'", "this line has no ':' after its key; write 'key: value'"),
    ("entries are not allowed", "'- ' is not expected here; start the list on the next line"),
    ("escape", "unknown escape after a '\\' in double quotes; use single quotes"),
    ("token", "a value cannot begin with '{char}'; put it in quotes"),
    ("node content", "a value is missing here, or it needs quotes"),
    ("expected", "this does not fit the lines above; check the indentation and the quotes"),
)


def _syntax_problem(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    """Return the parser's complaint in plain words, at the place it is about."""
    said = error.problem or error.context or ""
    mark = error.problem_mark or error.context_mark
    if "could not find expected ':'" in said and error.context_mark:
        mark = error.context_mark  # the line without a colon, not the one after it
    line, col = (mark.line, mark.column) if mark else (0, 0)
    text = source.lines[line] if line < len(source.lines) else ""
    above = range(min(line, len(source.lines)) - 1, -1, -1)
    before = next((n for n in above if source.lines[n].strip()), None)
    if before is not None and re.match(WIDE_COLON, source.lines[before]) and "：" not in text:
        # YAML reads on to the next line, and complains there.
        said = "the line has the full-width '：', type ':' and a space"
        return source.problem(before, source.lines[before].index("："), said)
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return source.problem(line, text.index("\t"), "a tab is used for indentation; use spaces")
    opened = error.context_mark.line + 1 if error.context_mark else line + 1
    for part, words in SYNTAX:
        if part in said:
            return source.problem(line, col, words.format(opened=opened, char=text[col : col + 1]))
    return source.problem(line, col, f"not valid YAML: {said}")
