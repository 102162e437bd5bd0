"""Opening an exported file of any size as text, row by row."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from simkit.scenario.record import Problem, ScenarioError
from simkit.scenario.text_file import EXCEL, MAX_BYTES, SAVE_AS, UTF16, read_text

CHUNK = 2**20


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """Open a UTF-8 or GB18030 file, however large, without holding it in memory.

    Raises ScenarioError as `text_file.read_text` does, but for the size.
    """
    if not path.is_file() or path.stat().st_size <= MAX_BYTES:
        if not path.is_file() or not _is_utf8(path):
            yield io.StringIO(read_text(path), newline="")
            return
        _must_have_content(path)
        encoding = "utf-8-sig"
    else:
        encoding = "utf-8-sig" if _is_utf8(path) else "gb18030"
        _must_be_text(path)
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        try:
            yield file
        except UnicodeDecodeError:
            message = f"the file is neither UTF-8 nor GB18030 throughout; {SAVE_AS}"
            raise ScenarioError([Problem(str(path), None, None, message)]) from None


def _must_have_content(path: Path) -> None:
    """Let the reader of small files say what is wrong with an empty or binary one."""
    if not _looks_like_text(path):
        read_text(path)


def _must_be_text(path: Path) -> None:
    if not _looks_like_text(path):
        message = f"the file is binary or UTF-16, not plain text; {SAVE_AS}"
        raise ScenarioError([Problem(str(path), None, None, message)])


def _looks_like_text(path: Path) -> bool:
    """Whether a file begins as text, has something in it, and no zero bytes."""
    with path.open("rb") as file:
        first = file.read(CHUNK)
        if first.startswith((*EXCEL, *UTF16)) or not first.strip():
            return False
        while first:
            if b"\0" in first:
                return False
            first = file.read(CHUNK)
    return True


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
