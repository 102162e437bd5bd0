"""What a person entered, kept in a small file from one session to the next."""

import json
from pathlib import Path
from typing import Any


def save_record(path: Path, record: dict[str, Any]) -> None:
    """Write `record` to a file that is whole at every moment."""
    write_whole(path, json.dumps(record, ensure_ascii=False, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Write `text` so that the file is whole at every moment, also when the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_record(path: Path) -> dict[str, Any]:
    """Return the record at `path`, or an empty one when there is none that can be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
