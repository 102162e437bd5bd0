"""A file that a person hands in: uploaded, or by the path of one in the workspace."""

import html
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.parts import action_button, row, text_box
from simkit.screens.texts import Translate

Safely = Callable[[Callable[..., Any]], Callable[..., Any]]
Take = Callable[[Path], str]
"""Takes a file; returns what is wrong with it as HTML, or ""."""
MAX_UPLOAD_BYTES = 8 * 2**20
"""What one message to the notebook's server can carry for certain (assumption)."""
FORBIDDEN = '<>:"/\\|?*'


class FileChoice:
    """A button to upload a file and a box for a path, one under the other.

    Parameters
    ----------
    t, safely :
        As those of the practice.
    label, action : str
        Of the box for the path, and of the button that takes it.
    ending : str
        How names of such files end, for example ".csv".
    name : str
        For the classes of the widgets.
    take : callable
        Called with the path typed. Without `take_upload`, with that of what is uploaded as well,
        which is gone afterwards.
    """

    def __init__(
        self,
        t: Translate,
        safely: Safely,
        *,
        label: str,
        action: str,
        ending: str,
        name: str,
        take: Take,
        take_upload: Take | None = None,
    ) -> None:
        self.t, self._take, self._take_upload = t, take, take_upload or take
        self.complaint = W.HTML()
        self.path = text_box(label).add_class("sk-path").add_class(f"sk-{name}-path")
        self.button = action_button(action, safely(self._press)).add_class(f"sk-{name}")
        about = t("Upload a file ({ending})").format(ending=ending)
        self.upload = W.FileUpload(accept=ending, multiple=False, description=about)
        self.upload.add_class("sk-button").add_class(f"sk-{name}-upload")
        self.upload.observe(safely(self._uploaded), "value")
        self.view = W.VBox([row(self.path, self.button), row(self.upload), self.complaint])

    def complain(self, told: str) -> None:
        """Show at the boxes what is wrong, as HTML; "" takes it away."""
        self.complaint.value = f'<div role="alert">{told}</div>' if told else ""

    def _press(self) -> None:
        typed = str(self.path.value).strip().strip('"“”')
        if not typed:
            self.complain(html.escape(self.t("Enter where the file is, or upload it.")))
            self.path.focus()
            return
        self.complain(self._take(Path(typed).expanduser()))

    def _uploaded(self, change: Any) -> None:
        if not change.new:  # it was emptied below
            return
        sent = change.new[0]
        content = bytes(sent["content"])
        self.upload.value = ()
        if len(content) > MAX_UPLOAD_BYTES:
            said = self.t("{name} is too large to upload; put it into the folder, enter its path.")
            self.complain(html.escape(said.format(name=sent["name"])))
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / plain_name(str(sent["name"]))
            file.write_bytes(content)
            self.complain(self._take_upload(file))


def plain_name(name: str) -> str:
    """Return a name that a file may have everywhere, as like the one given as can be."""
    kept = "".join("_" if c in FORBIDDEN or not c.isprintable() else c for c in name)
    return kept.strip(" .")[-80:] or "file"


def free_name(file: Path) -> Path:
    """Return the path itself, or with a number where a file is there already."""
    names = (file, *(file.with_stem(f"{file.stem}-{n}") for n in range(2, 10_000)))
    return next(name for name in names if not name.exists())
