"""Reading a text file that somebody exported: what it is, and in which encoding."""

import re
from pathlib import Path
from typing import NoReturn

from simkit.scenario.record import Problem, ScenarioError

MAX_BYTES = 64 * 2**20
"""Largest file that is read, about a million and a half orders."""

EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS = "save the file again as 'CSV UTF-8'"


def read_text(path: str | Path) -> str:
    r"""Return the text of the file `path`, with "\n" at the end of lines and no BOM.

    UTF-8 (with or without BOM) and GB18030 are told apart by their bytes.

    Raises
    ------
    ScenarioError
        When the file is missing, empty, larger than 64 MB, not text, or in another or several
        encodings; the message names the line and the remedy.
    """
    raw = _read_bytes(Path(path))
    if not raw.strip():
        _refuse(path, None, "the file is empty; it needs a header and rows")
    _refuse_binary(path, raw)
    encoding = _encoding(path, raw)
    return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of a file that is there and not too large."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            _refuse(path, None, "this is not a file; name a CSV file")
        if size > MAX_BYTES:
            limit = f"the limit is {MAX_BYTES / 2**20:.0f} MB; keep only the years you need"
            _refuse(path, None, f"the file has {size / 2**20:.0f} MB, {limit}")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        _refuse(path, None, f"the file cannot be read: {reason}; check its name and folder")


def _refuse_binary(path: str | Path, raw: bytes) -> None:
    """Refuse what is no plain text, with a word on what it seems to be."""
    if raw.startswith(EXCEL):
        _refuse(path, None, f"this is an Excel workbook; open it and {SAVE_AS}")
    if raw.startswith(UTF16):
        _refuse(path, 1, f"the file is UTF-16 text; {SAVE_AS}")
    if (place := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, place) + 1
        _refuse(path, line, f"the file is binary, not text; {SAVE_AS}")


def _encoding(path: str | Path, raw: bytes) -> str:
    """Return the one encoding of all lines; refuses the file when there is none."""
    if _decodes(raw, "utf-8"):
        return "utf-8-sig"
    # Alone these lines are evidence: the rest is the same in both encodings.
    lines = [(n, line) for n, line in enumerate(re.split(rb"\r\n|\n|\r", raw), 1) if _high(line)]
    other = next(n for n, line in lines if not _decodes(line, "utf-8"))
    utf8 = next((n for n, line in lines if _surely_utf8(line)), None)
    if utf8 is not None:
        message = f"mixed encodings: line {utf8} is UTF-8, this line is not"
        _refuse(path, other, f"{message}; {SAVE_AS}, from one source")
    for number, line in lines:
        if not _decodes(line, "gb18030"):
            _refuse(path, number, f"the line is neither UTF-8 nor GB18030; {SAVE_AS}")
    return "gb18030"


def _high(line: bytes) -> bool:
    """Return whether a line has anything but ASCII."""
    return not line.isascii()


def _decodes(raw: bytes, encoding: str) -> bool:
    """Return whether `raw` is valid text in `encoding`."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _surely_utf8(line: bytes) -> bool:
    """Return whether a line is UTF-8 and not by accident.

    Short Chinese words in GB2312 may be valid UTF-8 too, but then they are common GB2312
    characters, which real UTF-8 text read that way is not.
    """
    return _decodes(line, "utf-8") and not _decodes(line, "gb2312")


def _refuse(path: str | Path, line: int | None, message: str) -> NoReturn:
    """Raise ScenarioError with one mistake."""
    raise ScenarioError([Problem(str(path), line, None if line is None else 1, message)])
