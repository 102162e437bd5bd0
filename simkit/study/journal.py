"""A game file on the disk: lines are only ever appended, and are there when `append` returns.

Each append first looks whether the file is still as this window knows it, so that two windows can
never write into each other's game. A torn last line stays until the next append takes its place:
it was never confirmed, and a file in which every line verifies needs no rule for rubbish in it.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Self
from weakref import WeakValueDictionary

from filelock import FileLock, Timeout

from simkit.study.chain import (
    Content,
    GameContinued,
    GameError,
    GameInUse,
    Line,
    format_of,
    sealed,
    sealed_lines,
)

MAX_BYTES = 64 * 2**20
PATIENCE_SECONDS = 10.0
SETTLED_SECONDS = 0.1
"""What is torn after so long is not just being written."""
CONTINUED = "this game was continued in another window; open it again"
CLOSED = "this game was closed; open it again"
LOOK_ONLY = "this game was opened to look only; open it without look_only, or branch it"
IN_USE = "this game is open in another window; close it there, look only, or take it over"


class Journal:
    """An open game file: its `lines` (the first says what it is), `warnings` for a person."""

    def __init__(self, path: Path, content: Content) -> None:
        """Hold what was read; `create` and `open` make one."""
        self.path, self._content, self.warnings = path, content, content.warnings()
        self.refusal = ""
        """Why nothing can be written through this object, or nothing."""
        self._mark = self._mark_of_now()

    @property
    def lines(self) -> list[Line]:
        """All lines that are on the disk, undone ones too."""
        return self._content.lines

    @classmethod
    def create(cls, path: Path, lines: list[Line]) -> Self:
        """Make a file of `lines`, whole or not at all; raises GameError, also when it exists."""
        raw = sealed_lines(path, lines)
        with _said(path, "the game was not begun"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with _brief(path):
                _write_new(path, raw)
                journal = cls(path, Content(path, raw))
                journal._claim()
        return journal

    @classmethod
    def open(cls, path: Path, look_only: bool = False, take_over: bool = False) -> Self:
        """Open a file to go on with it, or to look only.

        Raises GameInUse when another window has it open, unless `take_over`; GameError when it is
        no game, or was changed. Windows of this process are taken over without a word.
        """
        _must_be_a_file(path)
        if look_only:
            journal = cls(path, _looked_at(path))
            journal.refusal = LOOK_ONLY
            return journal
        with _said(path, "cannot be opened to go on with it"), _brief(path):
            journal = cls(path, Content(path, _read(path)))
            if not journal._claim():
                if not take_over:
                    raise GameInUse(path, IN_USE)
                journal._take_over()
        return journal

    def append(self, line: Line, sync: bool = True) -> Line:
        """Write a line to the disk and return it; without `sync` it gets there with the next one.

        Raises GameContinued when another window has written since, GameError when the disk takes
        nothing or the line is no plain data; the file and this object are then as before.
        """
        if self.refusal:
            raise (GameContinued if self.refusal == CONTINUED else GameError)(
                self.path, self.refusal
            )
        with _said(self.path, "nothing was saved"), _brief(self.path):
            self._append(line, sync)
        return self.lines[-1]

    def close(self) -> None:
        """Let others go on with the game."""
        self._end(self.refusal or CLOSED)

    def _append(self, line: Line, sync: bool = True) -> None:
        """Write a line; who calls this keeps other windows away."""
        content = self._content
        piece = content.gap + sealed(self.path, line, content.check)
        if len(content.known) + len(piece) > MAX_BYTES:  # nobody could open it again
            message = f"nothing was saved: a game has at most {MAX_BYTES >> 20} MB; branch it"
            raise GameError(self.path, message)
        with self.path.open("r+b", buffering=0) as file:
            found = file.read()
            self._must_be_as_known(found)
            if len(found) > len(content.known):
                os.ftruncate(file.fileno(), len(content.known))
            content.leftover = piece  # until all is done it may stand there, in part or whole
            try:
                _write(file.fileno(), piece, len(content.known), sync)
            except BaseException:
                with suppress(OSError):  # if this fails too, the next append finds what is left
                    os.ftruncate(file.fileno(), len(content.known))
                raise
        content.add(piece)

    def _must_be_as_known(self, found: bytes) -> None:
        """Refuse to write unless the file has what this object knows, and rests of its own."""
        known, rest = self._content.known, found[len(self._content.known) :]
        if not found.startswith(known) or not self._content.leftover.startswith(rest):
            self._end(CONTINUED)
            raise GameContinued(self.path, CONTINUED)

    def _claim(self) -> bool:
        """Let this object be the one of this process that writes; False: another process has it."""
        name = os.path.realpath(self.path)
        if (earlier := _WRITING.get(name)) is not None:
            earlier._end(CONTINUED)
        with suppress(Timeout):
            self._mark.acquire()
        if self._mark.is_locked:
            _WRITING[name] = self
        return self._mark.is_locked

    def _take_over(self) -> None:
        """Tell a window that is alive, by a line, that it is no longer the one that plays."""
        old = Path(self._mark.lock_file)
        self._append({"kind": "window"})
        self._mark = self._mark_of_now()
        self._claim()
        with suppress(OSError):  # nobody asks for it again; Windows keeps it while it is held
            old.unlink()

    def _mark_of_now(self) -> FileLock:
        """The mark that somebody alive has this game open; it ends with the process that holds it.

        Each taking over makes a new one: the old one may be held on, by a window that lost its say.
        """
        times = sum(line["kind"] == "window" for line in self.lines)
        return FileLock(_beside(self.path, f"open{times or ''}"), timeout=0, thread_local=False)

    def _end(self, refusal: str) -> None:
        self.refusal = refusal
        self._mark.release(force=True)


_WRITING: WeakValueDictionary[str, Journal] = WeakValueDictionary()
"""The object of this process that writes a file, by its path."""


def is_game(path: Path) -> bool:
    """Tell whether a file says in its first line that it is a game, of whatever version."""
    if not path.is_file():
        return False
    with _said(path, "cannot be read"), path.open("rb") as file:
        return format_of(file.read(200)) is not None


def _must_be_a_file(path: Path) -> None:
    if path.is_dir():
        raise GameError(path, "is a folder, not a game; name the file of the game in it")
    if not path.exists():
        raise GameError(path, "there is no such file; check its name and folder")
    if not path.is_file():
        raise GameError(path, "is not a file; name the file of a game")


def _read(path: Path) -> bytes:
    with _said(path, "cannot be read"):
        if (size := path.stat().st_size) > MAX_BYTES:
            raise GameError(path, f"is no game: it has {size >> 20} MB")
        return path.read_bytes()


def _looked_at(path: Path) -> Content:
    """Read a file without leaving a lock beside it, perhaps in the moment of a write."""
    content = Content(path, _read(path))
    if content.leftover:
        time.sleep(SETTLED_SECONDS)
        content = Content(path, _read(path))
    return content


def _beside(path: Path, end: str) -> str:
    """The hidden file that belongs to a game, whichever way the game's path was written."""
    real = Path(os.path.realpath(path))
    return str(real.with_name(f".{real.name}.{end}"))


@contextmanager
def _brief(path: Path) -> Iterator[None]:
    """Keep other windows from reading and writing for a moment."""
    lock = FileLock(_beside(path, "lock"), timeout=PATIENCE_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        message = f"another window has been writing for {PATIENCE_SECONDS:.0f} s; try again"
        raise GameError(path, message) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _said(path: Path, what: str) -> Iterator[None]:
    """Turn what the disk says into a GameError with a remedy."""
    try:
        yield
    except OSError as error:
        raise GameError(path, f"{what}: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    if error.errno in (ENOSPC, EDQUOT, EFBIG):
        return "the disk is full; free some space and try again"
    if isinstance(error, FileNotFoundError):
        return "the file was moved or deleted; put it back, or branch the game into a new file"
    if isinstance(error, PermissionError):
        return "you may not write there; look only, or copy it to a folder of yours"
    return f"{error.strerror or error}; try again, or use another folder"


def _write(fd: int, data: bytes, place: int = 0, sync: bool = True) -> None:
    """Write all of `data` from `place` on and see it onto the disk."""
    os.lseek(fd, place, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
    if sync:
        os.fsync(fd)


def _write_new(path: Path, raw: bytes) -> None:
    """Let a file appear with all of its content at once."""
    if os.path.lexists(path):
        raise GameError(path, "there is a file already: open it, or choose another name")
    draft = Path(_beside(path, "part"))
    try:
        with draft.open("wb", buffering=0) as file:
            _write(file.fileno(), raw)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    with suppress(OSError):  # the name in the folder too; Windows does so by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
