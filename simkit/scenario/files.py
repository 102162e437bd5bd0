"""Where the files that ship with simkit are: in a checkout, or inside an installed wheel."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
OWN_SCENARIOS = "SIMKIT_SCENARIOS"
"""Environment variable: a person's own folder of scenarios, looked at before the shipped ones."""


def data_folder(name: str) -> Path:
    """Return the folder `name` ("scenarios" or "notebooks") of this installation.

    Raises FileNotFoundError when neither the wheel's copy nor the checkout's folder is there.
    """
    for folder in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of simkit")


def scenario_folders() -> list[Path]:
    """Return where scenarios are looked for by name: the person's own folder, then the shipped."""
    own = Path(os.environ.get(OWN_SCENARIOS, ""))
    return [*([own] if own.name and own.is_dir() else []), data_folder("scenarios")]
