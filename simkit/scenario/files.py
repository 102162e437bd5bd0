"""Where the files that ship with simkit are: in a checkout, or inside an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def data_folder(name: str) -> Path:
    """Return the folder `name` ("scenarios" or "notebooks") of this installation.

    Raises FileNotFoundError when neither the wheel's copy nor the checkout's folder is there.
    """
    for folder in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of simkit")
