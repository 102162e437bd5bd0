"""A folder of one's own with notebooks and scenarios, and JupyterLab opened on its start page.

The folder belongs to the person: a file that somebody changed is never written over.
"""

import contextlib
import hashlib
import json
import secrets
import shutil
import signal
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from simkit.scenario.files import data_folder
from simkit.screens.server import (
    FIRST_PORT,
    SETTINGS,
    free_port,
    start_app,
    start_server,
    stop_server,
    wait_until_up,
    write_settings,
)
from simkit.screens.texts import translator

SHIPPED_FOLDERS = {"notebooks": ".", "scenarios": "scenarios"}  # where each goes in a workspace
NOT_COPIED = {"pictures", "saved"}
"""The README's pictures, and what somebody entered while trying a notebook in a checkout."""
START_PAGE = "00_start_here.ipynb"


class WorkspaceError(Exception):
    """The workspace cannot be made or opened; the message says why and what to do."""


def default_folder() -> Path:
    """Return where a workspace goes when nobody says: "simkit" in the person's documents."""
    import platformdirs

    return platformdirs.user_documents_path() / "simkit"


def prepare_workspace(folder: Path, lang: str = "en") -> Path:
    """Copy notebooks and scenarios to `folder`, write JupyterLab's settings, return the folder.

    A file that the person changed stays. When simkit has a newer version of it, that is put
    beside it with ".new" in its name. A notebook that was only run counts as unchanged.

    Raises
    ------
    WorkspaceError
        When the folder cannot be written.
    """
    folder = folder.expanduser().resolve()
    try:
        (folder / SETTINGS).mkdir(parents=True, exist_ok=True)
        _copy_shipped(folder, folder / SETTINGS / "shipped.json")
        write_settings(folder, lang)
    except OSError as error:
        t = translator(lang)
        message = t("The folder {folder} cannot be used: {reason}. Choose another one.")
        reason = error.strerror or str(error)
        raise WorkspaceError(message.format(folder=folder, reason=reason)) from error
    return folder


def _copy_shipped(folder: Path, ledger: Path) -> None:
    """Bring the shipped files up to date; the ledger says what each looked like when copied."""
    try:
        before = json.loads(ledger.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        before = {}
    after = {}
    for name, source in _shipped_files().items():
        _copy_one(source, folder / name, before.get(name))
        after[name] = _fingerprint(source)
    ledger.write_text(json.dumps(after, indent=1), encoding="utf-8")


def _shipped_files() -> dict[str, Path]:
    found = {}
    for name, target in SHIPPED_FOLDERS.items():
        root = data_folder(name)
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root)
            hidden = any(part.startswith((".", "__")) for part in relative.parts)
            if path.is_file() and not hidden and not NOT_COPIED & {*relative.parts}:
                found[(Path(target) / relative).as_posix()] = path
    return found


def _copy_one(source: Path, target: Path, copied: str | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shipped = _fingerprint(source)
    present = _fingerprint(target) if target.exists() else None
    if present == shipped or (present and copied == shipped):
        return  # up to date, or the person's own version of what is still the newest
    if present is not None and present != copied:
        target = _beside(target)
    draft = target.with_name(target.name + ".part")
    shutil.copyfile(source, draft)
    draft.replace(target)


def _beside(target: Path) -> Path:
    """Return a name like "page.new.ipynb" that nothing has yet."""
    names = (target.with_suffix(f".new{n or ''}{target.suffix}") for n in [0, *range(2, 1000)])
    return next(name for name in names if not name.exists())


def _fingerprint(path: Path) -> str:
    """Return a digest of a file; of a notebook only what a person writes, not what cells print."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        with contextlib.suppress(ValueError, KeyError, TypeError):
            cells = json.loads(content)["cells"]
            # A source is one text in some notebooks and a list of lines in others.
            written = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            content = json.dumps(written).encode()
    return hashlib.sha256(content).hexdigest()


def start_page(folder: Path, lang: str, name: str = START_PAGE) -> str:
    """Return a page's path in the workspace, in `lang` where it is there; "" without the page."""
    pages = [f"zh/{name}", name] if lang == "zh" else [name]
    return next((page for page in pages if (folder / page).is_file()), "")


def open_workspace(
    lang: str = "en",
    browser: bool = True,
    port: int | None = None,
    folder: Path | None = None,
    app: str | None = None,
) -> int:
    """Prepare the workspace, open JupyterLab on its start page, and stay until Ctrl-C.

    Parameters
    ----------
    lang : {"en", "zh"}
        Language of JupyterLab and of the screens.
    browser : bool
        Open the browser; the address is printed in any case.
    port : int, optional
        Without it the first free one from 8888 on.
    folder : Path, optional
        Without it `default_folder`.
    app : str, optional
        Name of a notebook whose screens are opened without JupyterLab and without code.

    Returns
    -------
    int
        Exit code: 0 fine, 1 the server failed, 2 the folder or the port cannot be used, or there
        is no such notebook.
    """
    t = translator(lang)
    try:
        folder = prepare_workspace(folder or default_folder(), lang)
    except WorkspaceError as error:
        return _complain(str(error), 2)
    if app is not None and not start_page(folder, lang, f"{app}.ipynb"):
        return _complain(_unknown_app(app, folder, lang), 2)
    chosen = free_port(port)
    if chosen is None:
        message = t("Port {port} is in use. Leave out --port to use a free one.")
        return _complain(message.format(port=port or FIRST_PORT), 2)
    print(t("Your folder: {folder}").format(folder=folder), flush=True)
    try:
        with _interruptible():
            return _serve(folder, lang, browser, chosen, app)
    except KeyboardInterrupt:
        print("\n" + t("simkit has stopped. Your work is saved in the folder."), flush=True)
        return 0


def _unknown_app(name: str, folder: Path, lang: str) -> str:
    names = sorted(path.stem for path in folder.glob("*.ipynb"))
    message = translator(lang)("There is no notebook {name}; there are: {names}.")
    return message.format(name=name, names=", ".join(names))


def _serve(folder: Path, lang: str, browser: bool, port: int, app: str | None) -> int:
    t = translator(lang)
    token = secrets.token_urlsafe(24)
    if app is None:
        server, page = start_server(folder, lang, port, token), start_page(folder, lang)
        path = f"/lab{'/tree/' + page if page else ''}"
    else:
        page, path = start_page(folder, lang, f"{app}.ipynb"), "/"
        server = start_app(folder, lang, port, token, page)
    try:
        if not wait_until_up(server, port):
            log = folder / SETTINGS / "server.log"
            return _complain(t("JupyterLab did not start; see {file}.").format(file=log), 1)
        address = f"http://127.0.0.1:{port}{path}?token={token}"
        print(t("Open this address in a browser: {address}").format(address=address))
        print(t("To stop, press Ctrl-C here."), flush=True)
        if browser:
            webbrowser.open(address)
        return 1 if server.wait() else 0
    finally:
        stop_server(server)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Treat a closed terminal and a request to end like Ctrl-C, so that no server is left over."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
