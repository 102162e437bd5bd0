"""The text of a game file: JSON lines, each with a checksum that is chained to the line before.

An edited line no longer fits its checksum, and a line put in, taken out or moved no longer fits the
line after it. Only at the end a line may be incomplete: it was being written when all stopped.
"""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from simkit.scenario.record import Problem, ScenarioError

FORMAT = "simkit-game-1"
SEALED = re.compile(rb'(\{.+),"sum":"([0-9a-f]{64})"\}', re.DOTALL)
TORN = re.compile(rb'\{"kind":"(play|note|undo)","week":(\d+)[,}]')
WORDS = {"play": "the decision", "note": "a note", "undo": "an undo"}
Line = dict[str, Any]


class GameError(ScenarioError):
    """A game that cannot be opened or gone on with so; the message says why and what helps."""

    def __init__(self, path: str | Path, message: str) -> None:
        self.path, self.message = str(path), message
        super().__init__([Problem(self.path, None, None, message)])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path, self.message)


class GameInUse(GameError):  # noqa: N818 - says what is the matter
    """The game is open in another window (another process) that is alive."""


class GameContinued(GameError):  # noqa: N818 - says what is the matter
    """Another window has gone on with the game; nothing of this one was written."""


class Content:
    """The content of a game file: its `lines` (the first says what it is), and what is torn."""

    def __init__(self, path: Path, raw: bytes) -> None:
        """Read `raw`; raises GameError when it is no game or not as it was written."""
        must_be_a_game(path, raw)
        self.path, self.lines, self.check = path, list[Line](), ""
        self.known, self.gap, self.leftover = b"", b"", b""
        """The whole lines as bytes; what they lack before the next; what follows them torn."""
        *pieces, last = raw.split(b"\n")
        for number, piece in enumerate(pieces, 1):
            if self._take(piece + b"\n"):
                continue
            if last or number < len(pieces):
                raise self._changed()
            last = piece + b"\n"
        if last.endswith(b"\n") or not self._take(last):
            self.leftover = last
        elif last:  # a whole line that lacks its end
            self.gap = b"\n"
        if not self.lines:
            message = "its beginning is not whole, nothing was played; delete it and begin again"
            raise GameError(path, message)

    def _take(self, piece: bytes) -> bool:
        """Append a line that is as it was written; tell whether it is a whole line at all."""
        shape = SEALED.fullmatch(piece.removesuffix(b"\n"))
        if shape is None:
            return False
        if _checksum(self.check, shape[1] + b"}") != shape[2].decode():
            raise self._changed()
        self.add(piece)
        return True

    def add(self, piece: bytes) -> None:
        """Take in a line that now stands in the file as `piece`."""
        shape = SEALED.fullmatch(piece.strip(b"\n"))
        assert shape is not None, piece
        line, check = json.loads(shape[1] + b"}"), shape[2].decode()
        # Nothing is called from here on, so that an interrupt finds all of it done or nothing.
        self.lines, self.check, self.known = [*self.lines, line], check, self.known + piece
        self.gap = self.leftover = b""

    def _changed(self) -> GameError:
        message = (
            f"line {len(self.lines) + 1} was changed after the game was played, so what comes from "
            "it would not be this game; use an unchanged copy"
        )
        return GameError(self.path, message)

    def warnings(self) -> list[str]:
        """Say what an incomplete last line was going to be."""
        if not self.leftover:
            return []
        found = TORN.match(self.leftover)
        about = f", {WORDS[found[1].decode()]} in week {int(found[2])}," if found else ""
        lost = f"the last line ({len(self.lines) + 1}){about} was not written to its end"
        return [f"{lost} and is left out; it was never confirmed, all before it is here"]


def sealed(path: Path, line: Line, before: str) -> bytes:
    """Return a line as it stands in the file; `before` is the checksum of the line before.

    Raises GameError when the line cannot be said in JSON.
    """
    try:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        body = text.encode()
    except (ValueError, TypeError, RecursionError) as error:
        message = f"nothing was saved: only plain data can be kept in a game ({error})"
        raise GameError(path, message) from error
    return body[:-1] + f',"sum":"{_checksum(before, body)}"}}\n'.encode()


def sealed_lines(path: Path, lines: list[Line]) -> bytes:
    """Return the content of a new file; raises GameError as `sealed` does."""
    raw, check = b"", ""
    for line in lines:
        raw += sealed(path, line, check)
        check = raw[-67:-3].decode()
    return raw


def _checksum(before: str, body: bytes) -> str:
    return sha256(before.encode() + body).hexdigest()


def format_of(raw: bytes) -> str | None:
    """Return the format that the beginning of a file names, of whatever version; None: no game."""
    found = re.search(rb'"(simkit-game-\d+)"', raw[:200])
    return found[1].decode() if found else None


def must_be_a_game(path: Path, raw: bytes) -> None:
    """Refuse what is no game, or one in a form that only a newer simkit writes."""
    if not raw.strip():
        raise GameError(path, "the file is empty, there is no game in it; delete it")
    if (found := format_of(raw)) is None:
        also = "; 'simkit replay' reads manifests" if b'"simkit-manifest' in raw[:200] else ""
        raise GameError(path, f"is not a game of simkit; name a file that a game wrote{also}")
    if found != FORMAT:
        raise GameError(path, f"was made with a newer simkit ({found}): update simkit to open it")
