"""A file of practice on the disk: JSON lines that are only ever added, whole when `add` returns.

Several windows may add to it: each add locks the file for a moment and reads first what the
others have written. A torn last line was never confirmed; the next add takes its place.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from simkit.scenario.record import Text

VERSION = 1
MAX_BYTES = 64 * 2**20
PATIENCE_SECONDS = 5.0
BEGINS = b'{"v": '
"""Every line begins like this."""
Line = dict[str, Any]


class PracticeError(ValueError):
    """What keeps a file of practice from being read or written, with a remedy."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def in_(self, lang: str) -> str:
        """Return what is wrong, in a language."""
        return self.text.in_(lang)


class NotSaved(PracticeError):  # noqa: N818 - it says what happened
    """Something could not be written; it is kept in memory, and the next add writes it too."""


class LinesFile:
    """An append-only file of JSON lines; `lines` are those that simkit of this version knows."""

    def __init__(self, path: str | Path, kinds: Sequence[str]) -> None:
        """Read the file, which need not exist; raises PracticeError when it is something else."""
        self.path, self.kinds = Path(path), frozenset(kinds)
        self.lines: list[Line] = []
        self._foreign, self._newer, self._tail, self._known = 0, 0, b"", 0
        self.read()

    @property
    def warnings(self) -> list[Text]:
        """What of the file is not used, for a person."""
        found = list[Text]()
        if self._tail:
            en = "the last line was not written to its end and is left out; all others are there"
            found.append(Text(en=en, zh="最后一行没有写完，已略过；其他记录都在"))
        if self._foreign:
            en = f"{_lines(self._foreign)} of the file not written by simkit, left out"
            found.append(Text(en=en, zh=f"文件中有 {self._foreign} 行不是 simkit 写的，已略过"))
        if self._newer:
            en = f"{_lines(self._newer)} written by a newer simkit: update simkit to see more"
            zh = f"有 {self._newer} 行由更新版本的 simkit 写入，升级后才能看到"
            found.append(Text(en=en, zh=zh))
        return found

    def read(self) -> int:
        """Read what was added since the last time; return how many lines of `lines` are new."""
        before = len(self.lines)
        with _said(self.path, PracticeError):
            if self.path.exists():
                self._read()
        return len(self.lines) - before

    def add(self, lines: Sequence[Line]) -> None:
        """Write lines to the disk, all or none.

        Raises NotSaved when the disk takes nothing; the file is then as before.
        """
        with _said(self.path, NotSaved):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=PATIENCE_SECONDS):
                if self.path.exists():
                    self._read()
                self._write(b"".join(map(_packed, lines)))
            self._read()

    def _read(self) -> None:
        if not self.path.is_file():
            raise IsADirectoryError(f"{self.path.name} is not a file")
        if (size := self.path.stat().st_size) > MAX_BYTES:
            raise PracticeError(_too_large(size))
        if size < self._known:  # somebody put another file here
            self.lines, self._foreign, self._newer, self._known = [], 0, 0, 0
        with self.path.open("rb") as file:
            file.seek(self._known)
            *whole, self._tail = file.read().split(b"\n")
        self._known += sum(len(line) + 1 for line in whole)
        if self._tail and not _is_torn(self._tail):  # only the end of the line is missing
            self._known += len(self._tail)
            whole, self._tail = [*whole, self._tail], b""
        for line in whole:
            self._use(line)
        if self._foreign and not self.lines and not self._newer:
            raise PracticeError(_no_practice(self.path))

    def _use(self, raw: bytes) -> None:
        """Add a line to `lines`, or count it."""
        line = _parsed(raw)
        if line is None:
            self._foreign += bool(raw.strip())
        elif line["v"] > VERSION:
            self._newer += 1
        elif line.get("kind") in self.kinds:
            self.lines.append(line)
        else:
            self._foreign += 1

    def refuse(self, line: Line) -> None:
        """Count a line whose content makes no sense as foreign."""
        self.lines.remove(line)
        self._foreign += 1

    def _write(self, piece: bytes) -> None:
        """Append; what is torn is replaced, a last line without its end gets it."""
        place = self._known
        with self.path.open("r+b" if self.path.exists() else "x+b", buffering=0) as file:
            if place and not self._ends(file, place):
                piece = b"\n" + piece
            try:
                os.ftruncate(file.fileno(), place)
                file.seek(place)
                rest = memoryview(piece)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(file.fileno(), place)
                raise

    @staticmethod
    def _ends(file: Any, place: int) -> bool:
        file.seek(place - 1)
        return bool(file.read(1) == b"\n")


def _parsed(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and isinstance(line.get("v"), int) else None


def _is_torn(tail: bytes) -> bool:
    """Return whether a line without its end was begun by simkit and not written to its end."""
    begun = tail.startswith(BEGINS) or BEGINS.startswith(tail)
    return begun and _parsed(tail) is None


def _lines(n: int) -> str:
    return f"{n} line" if n == 1 else f"{n} lines"


def _packed(line: Line) -> bytes:
    text = json.dumps({"v": VERSION, **line}, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def _too_large(size: int) -> Text:
    en = f"the file of practice has {size >> 20} MB; move it away and begin a new one"
    return Text(en=en, zh=f"练习记录文件有 {size >> 20} MB，太大了；请移走它，从新文件开始")


def _no_practice(path: Path) -> Text:
    en = f"{path.name} is no file of practice; choose another name, so that it is not changed"
    return Text(en=en, zh=f"{path.name} 不是练习记录，为避免改动它，请换一个文件名")


@contextmanager
def _said(path: Path, kind: type[PracticeError]) -> Iterator[None]:
    """Turn what the disk says into a message with a remedy."""
    try:
        yield
    except PracticeError as error:
        raise kind(error.text) from error
    except Timeout as error:
        en = "another window has been writing for 5 s; close it and try again"
        raise kind(Text(en=en, zh="另一个窗口正在写入，请关闭它再试一次")) from error
    except OSError as error:
        why = error.strerror or str(error)
        en = f"{path.name}: {why}; use a folder in which you may write, with space on the disk"
        zh = f"{path.name} 无法读写（{why}）；请换一个有写入权限、磁盘有空间的文件夹"
        raise kind(Text(en=en, zh=zh)) from error
