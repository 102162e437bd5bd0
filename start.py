"""Set simkit up on a machine with nothing but Python, then run it.

    python3 start.py [simkit arguments]         without arguments JupyterLab opens in the browser
    python3 start.py test [pytest arguments]    runs the tests

The packages go into the folder .venv beside this file, when their list is new or has changed.
"""

# No newer syntax than that of Python 3.6: an old Python shall say what to do, not "SyntaxError".
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent
LOCK, TEST_LOCK = "requirements.lock", "tests/requirements.lock"
PYTHON = Path(".venv", "Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = Path(".venv", "installed-by-start")
PIP = [str(PYTHON), "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
OLD_PYTHON = """simkit needs Python 3.11 or newer, and this is Python {}.{} ({}).
Install a newer one and name it in the command, for example: python3.12 start.py"""
VENV_FAILED = """Python could not make the folder .venv. On Debian: sudo apt install python3-venv
Elsewhere: close what still uses .venv, see that this folder is writable, give the command again."""
PIP_FAILED = """pip could not install the packages. Often it is the network: check the connection
(a proxy or a mirror belongs in pip's own settings). Then give the same command again."""


class SetupError(Exception):
    """What went wrong and what to do about it, for the person at the keyboard."""


def check_version(version: tuple) -> None:
    """Refuse a Python that simkit can't run on."""
    if tuple(version[:2]) < (3, 11):
        raise SetupError(OLD_PYTHON.format(version[0], version[1], sys.executable))


def fingerprint(root: Path, lock: str) -> str:
    """Return a hash of all that an environment with the packages of a lock file depends on."""
    # The folder too: the checkout is installed by its path, so a moved or copied one starts anew.
    digest = hashlib.sha256(f"{sys.version_info[:2]} {root}".encode("utf-8", "replace"))
    for name in ("pyproject.toml", lock):
        if not (root / name).is_file():
            raise SetupError(f"{name} is missing: start.py needs the whole simkit folder.")
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def installed(root: Path) -> list:
    """Return the fingerprints of what is completely installed."""
    usable = (root / PYTHON).exists() and (root / STAMP).exists()
    return (root / STAMP).read_text().split() if usable else []


def run_quietly(command: list, root: Path, remedy: str) -> None:
    """Run a step of the installation in the folder; its output shows only when it fails."""
    done = subprocess.run(command, cwd=root, input=b"", capture_output=True)
    if done.returncode:
        tail = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()[-15:]
        raise SetupError("\n".join([*tail, "", remedy]))


def add_packages(root: Path, lock: str, kept: list, run: Callable) -> None:
    """Install a lock file's packages on top of what is kept, or else into a new environment."""
    stamp = root / STAMP
    stamp.unlink(missing_ok=True)  # until all is well: an interrupted installation begins anew
    if not kept:
        run([sys.executable, "-m", "venv", "--clear", ".venv"], root, VENV_FAILED)
    try:
        run([*PIP, "--require-hashes", "-r", lock], root, PIP_FAILED)
        if not kept:
            run([*PIP, "--no-deps", "--no-build-isolation", "-e", "."], root, PIP_FAILED)
    except SetupError:
        stamp.write_text("\n".join(kept))  # pip has undone what it added to them
        raise
    stamp.write_text("\n".join([*kept, fingerprint(root, lock)]))


def wait_for_lock(file: BinaryIO) -> None:
    """Lock an open file as soon as no other start holds it; closing it, or any end, unlocks it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(1 << 30)  # Windows keeps readers out of the locked byte: take one past the end
        for _ in range(60):
            with contextlib.suppress(OSError):
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                return
    else:
        import fcntl

        with contextlib.suppress(OSError):  # a network folder may know no locks
            fcntl.flock(file, fcntl.LOCK_EX)


def prepare(root: Path, locks: list, run: Callable) -> None:
    """See to it that the packages of all the lock files are installed."""
    wanted = [fingerprint(root, lock) for lock in locks]
    if set(wanted) <= set(installed(root)):
        return
    say("installing the packages into .venv; this takes about a minute and happens once ...")
    with (root / LOCK).open("rb") as file:
        wait_for_lock(file)
        for done, lock in enumerate(locks):
            if wanted[done] not in installed(root):
                add_packages(root, lock, wanted[:done], run)


def hand_over(command: list, replace: bool = os.name == "posix") -> int:
    """Let a program take over the terminal, Ctrl-C and the exit code."""
    if replace:
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the program as well: it answers
    return child.wait()


def say(text: object) -> None:
    """Tell the person something; standard output belongs to simkit."""
    print("simkit:", text, file=sys.stderr, flush=True)


def main(arguments: list, root: Path = ROOT, run: Callable = run_quietly) -> int:
    """Install what is missing, then become simkit or the tests; return the exit code."""
    testing = arguments[:1] == ["test"]
    try:
        check_version(sys.version_info)
        prepare(root, [LOCK, TEST_LOCK] if testing else [LOCK], run)
    except (SetupError, OSError) as problem:
        say(problem)
        return 2
    except KeyboardInterrupt:
        say("interrupted; the next start begins the installation anew.")
        return 130
    if testing:
        os.chdir(root)
        return hand_over([str(root / PYTHON), "-m", "pytest", *arguments[1:]])
    # -P: a file of the current folder must not stand in for a module of the same name.
    return hand_over([str(root / PYTHON), "-P", "-m", "simkit", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
