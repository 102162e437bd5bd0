"""The words of the screens in two languages: English in the code, Chinese in a gettext catalogue.

A text is written as ``t("Run")``, where `t` comes from `translator`. After changing texts, run
``python -m simkit.screens.texts``, fill in what is missing in the .po file, and run it again.
"""

import ast
import gettext
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages import Catalog

LANGUAGES = ("en", "zh")
PACKAGE = Path(__file__).resolve().parents[1]
CATALOGUE = Path(__file__).with_name("locale") / "zh_CN" / "LC_MESSAGES" / "simkit.po"

Translate = Callable[[str], str]


def default_language() -> str:
    """Return SIMKIT_LANG; without it "zh" inside a folder named zh (Chinese notebooks), else "en".

    A kernel starts in its notebook's folder, so a notebook of `notebooks/zh` speaks Chinese
    although its code is the same as that of the English one.
    """
    chosen = os.environ.get("SIMKIT_LANG", "")
    if chosen in LANGUAGES:
        return chosen
    return "zh" if Path.cwd().name == "zh" else "en"


def translator(lang: str | None = None) -> Translate:
    """Return the function that turns an English text of the screens into language `lang`.

    Parameters
    ----------
    lang : {"en", "zh"}, optional
        Without it, `default_language`.
    """
    lang = lang or default_language()
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    if lang == "en":
        return str
    file = CATALOGUE.with_suffix(".mo")
    return _texts_of(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _texts_of(path: Path, _changed: int) -> Translate:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file).gettext


def texts_in_code(folder: Path = PACKAGE) -> dict[str, list[str]]:
    """Return every text of the screens in the package, with the files it is in.

    That is what is written as ``t("...")``, and the constants WHY_... in which the evidence, below
    the screens, says why a figure does not agree.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder.parent).as_posix()
        # Babel's own extraction overlooks calls inside f-strings, the syntax tree does not.
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (value := _text_in(node)) is not None:
                text = ast.literal_eval(value)  # a text put together cannot be looked up
                found.setdefault(text, [])
                found[text] += [name] if name not in found[text] else []
    return found


def _text_in(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Call) and _is_t(node.func):
        return node.args[0]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        why = node.targets[0].id.lstrip("_").startswith("WHY_")
        return node.value if why else None
    return None


def _is_t(function: ast.expr) -> bool:
    name = getattr(function, "id", None) or getattr(function, "attr", None)
    return name == "t"


def read_catalogue(path: Path = CATALOGUE) -> "Catalog":
    """Return the Chinese catalogue as written in the .po file."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update_catalogue(path: Path = CATALOGUE) -> list[str]:
    """Bring the .po file in line with the code, compile it, and return what is not translated."""
    from babel.messages import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    written = read_catalogue(path)
    day = datetime(2026, 1, 1, tzinfo=UTC)  # any fixed day: the same texts give the same file
    catalogue = Catalog("zh_CN", project="simkit", creation_date=day, fuzzy=False)
    for text, files in texts_in_code().items():
        known = written.get(text)
        catalogue.add(text, known.string if known else "", locations=[(f, 0) for f in files])
    with path.open("wb") as file:
        write_po(
            file, catalogue, width=100, sort_output=True, omit_header=True, include_lineno=False
        )
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return [str(message.id) for message in catalogue if message.id and not message.string]


if __name__ == "__main__":
    for text in update_catalogue():
        print(f"not translated: {text}")
