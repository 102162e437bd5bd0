"""Which cells of a notebook are served as an app: screens, not what is there for programmers."""

from typing import Any

CODE_ONLY = "code-only"
"""Tag of the cells that only make sense where code is seen: they would delay the screens."""


def screens_only(_handler: Any, notebook: Any, cwd: str) -> Any:
    """Return the notebook without the cells tagged so; Voila calls this before it runs them."""
    notebook.cells = [
        cell for cell in notebook.cells if CODE_ONLY not in cell.metadata.get("tags", [])
    ]
    return notebook
