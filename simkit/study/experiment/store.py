"""Finished worlds on disk: parts of a table that are whole or not there, from any process."""

import json
import math
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.study.experiment.regions import Share
from simkit.study.experiment.worlds import Summary, Task
from simkit.study.output import must_be_writable, reason
from simkit.study.run import canonical

FORMAT = "simkit-results-1"
ABOUT = "experiment.json"
SECONDS, ROWS = 5.0, 500
"""A part is written when the oldest row waits so long, or when there are so many."""
STALE = 3600.0
"""Seconds after which a half-written file is taken to be of a process that is no more."""
COLUMNS = ("key", "arm", "seed", "replication", "summary", "sha256")


Row = tuple[str, Task, Summary]
"""A finished world: the key of its task, the task, and what came of it."""


class Store:
    """A folder of finished worlds, by the key of their task; many processes may write into it.

    `about`: plain data that says which experiment the folder is for. Raises ScenarioError when the
    folder holds another one, or cannot be read or written. Nothing is written before the first row.
    `notes` say what was found damaged; such a part is put aside and its worlds are played again.
    """

    def __init__(self, folder: str | Path, about: Mapping[str, Any]) -> None:
        self.folder, self.about = Path(folder), json.loads(canonical(dict(about)))
        self.notes: list[Text] = []
        self._found: dict[str, str] = {}
        self._waiting: list[tuple[Any, ...]] = []
        self._oldest = 0.0
        must_be_writable(self.folder)
        self._must_be_ours()
        with _told(self.folder):
            self._sweep()
            for part in sorted(self.folder.glob("part-*.parquet")):
                self._take(part)

    @classmethod
    def open(cls, folder: str | Path, about: Mapping[str, Any]) -> Self:
        """Return the store in a folder, which need not exist yet; raises as the class does."""
        return cls(folder, about)

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: str) -> Summary | None:
        """Return what is known of a task, or None."""
        text = self._found.get(key)
        return None if text is None else unpacked(text)

    def add(self, rows: Iterable[Row]) -> None:
        """Keep finished worlds; they are on disk some seconds later. Raises as `flush`."""
        for key, task, summary in rows:
            text = packed(summary)
            self._found[key] = text
            row = (key, task.arm.name, task.seed, task.replication, text)
            self._oldest = self._oldest if self._waiting else time.monotonic()
            self._waiting.append((*row, _checksum(key, text)))
        self.flush_when_due()

    def flush_when_due(self) -> None:
        """Write what waits where it has waited long enough, or is much. Raises as `flush`."""
        late = self._waiting and time.monotonic() - self._oldest > SECONDS
        if late or len(self._waiting) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits, so that nothing is lost whatever happens to this process.

        Raises ScenarioError when it cannot be written; it waits on, and what was written stays.
        """
        if not self._waiting:
            return
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._say_about()
            name = f"part-{time.time_ns()}-{token_hex(8)}"
            _write_part(
                self._waiting, self.folder / f".{name}.tmp", self.folder / f"{name}.parquet"
            )
        self._waiting = []

    def _must_be_ours(self) -> None:
        file = self.folder / ABOUT
        try:
            whole = json.loads(file.read_text(encoding="utf-8"))
            theirs = whole["about"] if whole["format"] == FORMAT else None
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError):
            theirs = None
        if not isinstance(theirs, dict):
            raise _refused(file, f"cannot be read as the description of results; {REMEDY}")
        if differing := _differing(theirs, self.about):
            raise _refused(self.folder, f"holds results of something else: {differing}; {REMEDY}")

    def _say_about(self) -> None:
        """Write what the folder is for, unless another process just did."""
        file = self.folder / ABOUT
        if file.exists():
            self._must_be_ours()
            return
        draft = self.folder / f".about-{token_hex(8)}.tmp"
        text = json.dumps({"format": FORMAT, "about": self.about}, ensure_ascii=False, indent=1)
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(file)

    def _take(self, part: Path) -> None:
        """Read a part; one that is not as it was written is told, put aside, and saved in part."""
        rows = _read_part(part)
        good = [row for row in rows or () if row[-1] == _checksum(row[0], row[4])]
        self._found.update((row[0], row[4]) for row in good)
        if rows is None or len(good) < len(rows):
            self._waiting += good
            with suppress(OSError):
                part.replace(part.with_suffix(".damaged"))
            self.notes.append(
                Text(
                    en=f"{part}: this part of the results is damaged; what cannot be read of it is "
                    "played again",
                    zh=f"{part}：这部分结果已损坏，读不出的部分将重新运行",
                )
            )

    def _sweep(self) -> None:
        """Remove what processes left half written that ended long ago."""
        for draft in self.folder.glob(".*.tmp"):
            with suppress(OSError):
                if time.time() - draft.stat().st_mtime > STALE:
                    draft.unlink()


REMEDY = "choose another folder, or delete this one"


class _told:  # noqa: N801 - reads as a word
    """Turns what the file system says into a message with a remedy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            message = f"the results cannot be written: {reason(error)}"
            kept = "what was finished earlier is kept; the same command goes on from there"
            raise _refused(self.folder, f"{message}; {kept}") from error


def packed(summary: Summary) -> str:
    """Return a summary as JSON text; what is not a number becomes null."""
    plain = {
        "values": {name: None if math.isnan(v) else v for name, v in summary.values.items()},
        "weekly": {
            name: [None if math.isnan(v) else v for v in values]
            for name, values in summary.weekly.items()
        },
        "decisions": summary.decisions,
    }
    if summary.share is not None:
        plain["share"] = summary.share.plain()
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Summary:
    """Return the summary that became this text, exactly; raises ValueError or KeyError."""
    plain = json.loads(text)
    return Summary(
        {name: _number(value) for name, value in plain["values"].items()},
        {name: [_number(v) for v in values] for name, values in plain["weekly"].items()},
        plain["decisions"],
        Share.of(plain["share"]) if "share" in plain else None,
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _checksum(key: str, text: str) -> str:
    return sha256(f"{key}\n{text}".encode()).hexdigest()


def _write_part(rows: list[tuple[Any, ...]], draft: Path, file: Path) -> None:
    """Write rows as Parquet: the whole file or none. Raises OSError."""
    import duckdb
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(COLUMNS))
    try:
        with duckdb.connect() as connection:
            connection.register("finished", table)
            connection.execute(
                f"COPY finished TO '{_quoted(draft)}' (FORMAT parquet, COMPRESSION zstd)"
            )
        draft.replace(file)
    except duckdb.IOException as error:
        draft.unlink(missing_ok=True)
        raise OSError(ENOSPC, str(error).splitlines()[0]) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _read_part(part: Path) -> list[tuple[Any, ...]] | None:
    """Return the rows of a part, None for a damaged one; one taken away meanwhile has none."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            query = f"SELECT {', '.join(COLUMNS)} FROM read_parquet('{_quoted(part)}')"
            return connection.execute(query).fetchall()
    except (duckdb.Error, UnicodeDecodeError):
        return None if part.exists() else []


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _differing(theirs: dict[str, Any], ours: dict[str, Any]) -> str:
    names = [n for n in {**theirs, **ours} if theirs.get(n) != ours.get(n)]
    pairs = [f"{n} {_short(theirs.get(n))}, here {_short(ours.get(n))}" for n in names]
    return "; ".join(pairs)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _refused(place: Path, message: str) -> ScenarioError:
    return ScenarioError([Problem(str(place), None, None, message)])
