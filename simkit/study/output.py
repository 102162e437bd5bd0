"""Writing results: all files of a run, or none."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EISDIR, ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.scenario.record import Problem, ScenarioError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a temporary folder whose files move into `folder` only when everything went well.

    Raises ScenarioError with the reason when the disk is full or `folder` cannot be written.
    """
    made: list[Path] = []
    draft = None
    try:
        made = _missing_parents(folder)
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".simkit-", dir=folder))
        yield draft
        _move_in(draft, folder)
    except OSError as error:
        message = f"the results cannot be written: {reason(error)}; nothing was kept"
        _clear(draft, made)
        raise ScenarioError([Problem(str(folder), None, None, message)]) from error
    except BaseException:
        _clear(draft, made)
        raise
    shutil.rmtree(draft, ignore_errors=True)


class _EnoughError(Exception):
    """Ends a trial."""


def must_be_writable(folder: Path) -> None:
    """Raise ScenarioError when nothing can be written into `folder`; leave no trace."""
    with suppress(_EnoughError), all_or_nothing(folder):
        raise _EnoughError


def _move_in(draft: Path, folder: Path) -> None:
    """Move the files of `draft` into `folder`; when one cannot, all is as it was before."""
    files = sorted(draft.iterdir())
    earlier = draft / "earlier"
    earlier.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for file in files:
            target = folder / file.name
            if target.is_dir():
                raise IsADirectoryError(EISDIR, f"there is a folder named {target.name} in it")
            steps = [(target, earlier / file.name)] if target.exists() else []
            for source, place in [*steps, (file, target)]:
                source.replace(place)
                moved.append((source, place))
    except BaseException:
        for source, place in reversed(moved):
            place.replace(source)
        raise


def reason(error: OSError) -> str:
    """Return what is in the way, and what helps."""
    if error.errno in (ENOSPC, EDQUOT):
        return "the disk is full; free some space or choose a folder on another disk"
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "there is a file where the folder should be; choose another name for --out"
    if isinstance(error, PermissionError):
        return (
            "you may not write there, or one of the files is open in another program; close it "
            "or choose another folder for --out"
        )
    return f"{error.strerror or error}; choose another folder for --out"


def _missing_parents(folder: Path) -> list[Path]:
    """The folders that will have to be made, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _clear(draft: Path | None, made: list[Path]) -> None:
    if draft is not None:
        shutil.rmtree(draft, ignore_errors=True)
    for path in made:
        try:
            path.rmdir()
        except OSError:  # never made, or somebody else's files are in it
            return


def write_json(data: Any, path: Path) -> None:
    """Write `data` as readable JSON."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def write_table(
    table: "pd.DataFrame", path: Path, manifest: dict[str, Any] | None = None, csv: bool = True
) -> None:
    """Write a table as CSV (UTF-8 with BOM, so that Excel reads Chinese) and as Parquet.

    The Parquet file carries `manifest` in its metadata. Raises OSError when the disk is full.
    """
    if csv:
        table.to_csv(path.with_suffix(".csv"), index=False, encoding="utf-8-sig")
    import duckdb

    note = json.dumps(manifest or {}, ensure_ascii=False).replace("'", "''")
    target = str(path.with_suffix(".parquet")).replace("'", "''")
    plain = table.astype({name: str for name in table.columns if table[name].dtype == "category"})
    try:
        with duckdb.connect() as connection:
            connection.register("result", plain)
            connection.execute(
                f"COPY result TO '{target}' (FORMAT parquet, KV_METADATA {{simkit: '{note}'}})"
            )
    except duckdb.IOException as error:
        raise OSError(ENOSPC, str(error).splitlines()[0]) from error
