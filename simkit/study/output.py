"""Writing results: all files of a run, or none."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    made = _missing_parents(folder)
    draft = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".simkit-", dir=folder))
        yield draft
        for file in sorted(draft.iterdir()):
            file.replace(folder / file.name)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot write the results: {reason}. Nothing was kept; choose another --out"
        _clear(draft, made)
        raise ScenarioError([Problem(str(folder), None, None, message)]) from error
    except BaseException:
        _clear(draft, made)
        raise
    shutil.rmtree(draft, ignore_errors=True)


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


def write_table(table: "pd.DataFrame", path: Path, manifest: dict[str, Any] | None = None) -> None:
    """Write a table as CSV (UTF-8 with BOM, so that Excel reads Chinese) and as Parquet.

    The Parquet file carries `manifest` in its metadata. Raises OSError when the disk is full.
    """
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
        raise OSError(28, str(error).splitlines()[0]) from error
