"""A real JupyterLab in a real, headless Chromium, for tests of what a person sees."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Page, expect, sync_playwright

from simkit.screens.server import free_port, start_app, start_server, stop_server, wait_until_up
from simkit.screens.workspace import prepare_workspace

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = os.environ.get("SIMKIT_PICTURES")
"""A folder in which the screens are kept, to look at."""
AXE_SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# Running from the menu can come before the kernel listens, and is then lost; this waits for all.
RUN_ALL = """async (path) => {
  const app = window.jupyterapp, pause = () => new Promise(r => setTimeout(r, 50));
  await app.restored;
  while (app.shell.currentWidget?.context?.path !== path) await pause();
  const page = app.shell.currentWidget;
  await page.context.ready;
  await page.sessionContext.ready;
  const kernel = page.sessionContext.session.kernel;
  await kernel.info;
  while (kernel.connectionStatus !== 'connected') await pause();
  await app.commands.execute('notebook:run-all-cells');
}"""
CELL_ERRORS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
  .flatMap(cell => cell.outputs || []).filter(o => o.output_type === 'error')
  .map(o => o.ename + ': ' + o.evalue)"""
AXE = """async (selector) => {
  const found = await axe.run(selector, {resultTypes: ['violations']});
  return found.violations.map(v => ({id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.map(n => n.html.slice(0, 300))}));
}"""


@dataclass
class Lab:
    """A running JupyterLab, or Voila, on a prepared workspace."""

    folder: Path
    port: int
    token: str

    def address(self, notebook: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?reset&token={self.token}"


def own_port() -> int | None:
    """Return a port that no other test process asks for at the same moment."""
    first = 9000 + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return next((port for port in range(first, first + 100) if free_port(port)), None)


@contextmanager
def running_lab(folder: Path, lang: str = "en") -> Iterator[Lab]:
    """Prepare a workspace and serve it as `simkit open` does; end the server afterwards."""
    folder = prepare_workspace(folder, lang)
    port, token = own_port(), secrets.token_urlsafe(16)
    assert port
    options = ["--LabApp.expose_app_in_browser=True"]
    server = start_server(folder, lang, port, token, options)
    try:
        assert wait_until_up(server, port), (folder / ".simkit" / "server.log").read_text()
        yield Lab(folder, port, token)
    finally:
        stop_server(server)


@contextmanager
def running_app(folder: Path, notebook: str, lang: str = "en") -> Iterator[Lab]:
    """Serve a notebook of a workspace as `simkit app` does; end the server afterwards."""
    port, token = own_port(), secrets.token_urlsafe(16)
    assert port
    server = start_app(folder, lang, port, token, notebook)
    try:
        assert wait_until_up(server, port), (folder / ".simkit" / "server.log").read_text()
        yield Lab(folder, port, token)
    finally:
        stop_server(server)


class Screen:
    """A browser page that notes every request which left the machine, and every page error.

    `page` is the Playwright page; use it for clicking and expecting.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.external: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in {
            "127.0.0.1",
            "localhost",
        }:
            self.external.append(url)

    def open_and_run(self, lab: Lab, notebook: str) -> None:
        """Open a notebook of the workspace and run all its cells to the end."""
        self.page.goto(lab.address(notebook))
        self.page.wait_for_function("() => window.jupyterapp", timeout=60_000)
        self.page.evaluate(RUN_ALL, notebook)
        errors = self.page.evaluate(CELL_ERRORS)
        assert not errors, errors

    def axe(self, selector: str = ".sk-app") -> list[dict]:
        """Return the serious and critical accessibility findings inside our own widgets."""
        # Through the debugger's door: the page's content policy stops foreign script tags.
        self.page.evaluate(AXE_SCRIPT.read_text(encoding="utf-8") + "; 0")
        found = self.page.evaluate(AXE, selector)
        return [finding for finding in found if finding["impact"] in {"serious", "critical"}]

    def shot(self, path: Path) -> Path:
        """Save a picture of the page."""
        self.page.screenshot(path=path)
        return path


@contextmanager
def screen(width: int = 1280, height: int = 1000) -> Iterator[Screen]:
    """Open a headless Chromium with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        try:
            yield Screen(page)
        finally:
            browser.close()


def keep(seen, name):
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        seen.shot(Path(PICTURES) / f"{name}.png")


def keep_scrolling(seen, name, screens):
    """Keep pictures of so many screens, one below the other, where pictures are kept."""
    for number in range(1, screens + 1 if PICTURES else 1):
        keep(seen, f"{name}-{number}")
        seen.page.mouse.move(seen.page.viewport_size["width"] / 2, 500)
        seen.page.mouse.wheel(0, 750)
        seen.page.wait_for_timeout(300)


def must_be_sound(seen):
    """Check what holds on every page: accessible when all is open, no request out, no error."""
    for details in seen.page.locator(".sk-app details").all():
        details.evaluate("e => e.open = true")
    assert seen.axe() == []
    assert seen.external == []
    assert seen.errors == []


def played(page, week):
    """Wait until the screen says that this week is played; a bare number may stand there before."""
    said = re.compile(rf"(Week {week} is played\.|第 {week} 周已推演。)")
    expect(page.locator(".sk-status").first).to_contain_text(said)
    page.wait_for_timeout(600)  # a person, too, needs longer than for a double click


def show(page, selector):
    page.locator(selector).first.evaluate("e => e.scrollIntoView({block: 'start'})")


def enter(page, name, value):
    box = page.locator(f".sk-{name} input")
    box.fill(str(value))
    box.press("Enter")
