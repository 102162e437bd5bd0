"""JupyterLab or Voila on a workspace: its settings, its port, its start and its end."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simkit.scenario.files import OWN_SCENARIOS

SETTINGS = ".simkit"  # the folder inside a workspace where all this is kept
FIRST_PORT, PORTS_TRIED = 8888, 100
# Voila's preview, inside JupyterLab, loads from elsewhere.
UNUSED = [
    "@jupyterlab/terminal-extension",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/debugger-extension",
    "@voila-dashboards/jupyterlab-preview",
]
START_SECONDS, STOP_SECONDS = 60, 10
TEMPLATES = Path(__file__).with_name("voila_template")
"""A folder of Jupyter data with a page for Voila that asks nothing of other machines."""


ONLY_SCREENS = """from simkit.screens.app_cells import screens_only

get_config().VoilaConfiguration.prelaunch_hook = screens_only
"""
"""Settings that only a Python file can hold."""


def write_settings(folder: Path, lang: str) -> None:
    """Write what JupyterLab needs to be quiet, local, and in the person's language."""
    overrides: dict[str, Any] = {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        # Over two channels, a click on a button overtakes what was entered just before it.
        "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"},
        "@jupyterlab/shortcuts-extension:shortcuts": {"shortcuts": _shortcuts()},
        "@jupyterlab/translation-extension:plugin": {
            "locale": "zh_CN" if lang == "zh" else "default"
        },
    }
    page = {"disabledExtensions": dict.fromkeys(UNUSED, True)}
    config = folder / SETTINGS / "config"
    lab = config / "labconfig"
    lab.mkdir(parents=True, exist_ok=True)
    _write_json(lab / "default_setting_overrides.json", overrides)
    _write_json(lab / "page_config.json", page)
    _write_json(config / "jupyter_server_config.json", _server_settings())
    _write_json(config / "voila.json", _app_settings())
    (config / "voila.py").write_text(ONLY_SCREENS, encoding="utf-8")


def _shortcuts() -> list[dict[str, Any]]:
    """Return the arrow keys such that they go from cell to cell, but not out of our own lists.

    JupyterLab's own ones take them away from every list and radio button on a screen.
    """
    inside = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite)"
    found: list[dict[str, Any]] = []
    for key in ("Down", "Up"):
        one = {"command": f"notebook:move-cursor-{key.lower()}", "keys": [f"Arrow{key}"]}
        found.append({**one, "selector": f"{inside} :focus", "disabled": True})
        found.append({**one, "selector": f"{inside} .jp-Cell:focus"})
    return found


def _server_settings() -> dict[str, Any]:
    return {
        "ServerApp": {
            "ip": "127.0.0.1",
            "open_browser": False,
            "terminals_enabled": False,
            "jpserver_extensions": {"voila.server_extension": False},
            "allow_root": True,  # a container has no other user
        },
        "LabApp": {"extension_manager": "readonly", "news_url": None},
        "KernelManager": {"transport_encryption": "required"},
        "MappingKernelManager": {"cull_idle_timeout": 3600, "cull_interval": 300},
    }


def _app_settings() -> dict[str, Any]:
    return {
        "Voila": {"ip": "127.0.0.1", "open_browser": False, "auto_token": True},
        "VoilaConfiguration": {"template": "simkit", "show_tracebacks": False},
        "KernelManager": {"transport_encryption": "required"},
        "MappingKernelManager": {"cull_idle_timeout": 3600, "cull_interval": 300},
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def free_port(wanted: int | None = None) -> int | None:
    """Return `wanted` when it is free, else None; without it, the first free one from 8888 on."""
    ports = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    return next((port for port in ports if _is_free(port)), None)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # so that a port just given back counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_server(
    folder: Path, lang: str, port: int, token: str, options: Sequence[str] = ()
) -> subprocess.Popen:
    """Start JupyterLab on a prepared workspace, its messages in `.simkit/server.log`."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", *options]
    return _start(command, folder, lang, token)


def start_app(folder: Path, lang: str, port: int, token: str, notebook: str) -> subprocess.Popen:
    """Start Voila on one notebook of a prepared workspace: its screens without its code."""
    command = [sys.executable, "-m", "voila", str(folder / notebook)]
    command += [f"--Voila.port={port}", "--Voila.port_retries=0"]
    return _start(command, folder, lang, token)


def _start(command: list[str], folder: Path, lang: str, token: str) -> subprocess.Popen:
    settings = folder / SETTINGS
    with (settings / "server.log").open("wb") as log:
        # In a group of its own: Ctrl-C reaches only simkit, which then ends the server itself,
        # instead of both, where Jupyter would ask whether it really should.
        return subprocess.Popen(
            command,
            cwd=folder,
            env=_server_environment(settings, lang, token),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def _server_environment(settings: Path, lang: str, token: str) -> dict[str, str]:
    """Return the environment: settings, data and history of this workspace, not the person's."""
    own = {
        "JUPYTER_TOKEN": token,  # not on the command line, which every user of a machine can read
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_CONFIG_PATH": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_PATH": str(TEMPLATES),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "IPYTHONDIR": str(settings / "ipython"),
        OWN_SCENARIOS: str(settings.parent / "scenarios"),
    }
    if lang != "en":
        own["SIMKIT_LANG"] = lang
    kept = {name: value for name, value in os.environ.items() if name != "SIMKIT_LANG"}
    return {**kept, **own}


def wait_until_up(server: subprocess.Popen, port: int) -> bool:
    """Wait until the server answers; False when it ended or did not answer in time."""
    # Without proxies: a company's proxy knows nothing of this machine's own addresses.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(f"http://127.0.0.1:{port}/login", timeout=2).close()
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def stop_server(server: subprocess.Popen) -> None:
    """End a server that `start_server` started, its kernels with it."""
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
