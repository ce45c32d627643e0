"""``make setup``: virtual environment, dependencies, front end, translations. Does only what has changed.

Runs on the machine's Python with the standard library alone; everything after the first step runs in ``.venv``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PINS = ROOT / "requirements" / "postgres.txt"


def say(text: str) -> None:
    """A line about what takes time."""
    print(f"Setup: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path) -> None:
    """Runs a step; ends with its status when it fails."""
    status = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if status:
        raise SystemExit(f"Setup failed ({status}): {' '.join(str(part) for part in command)}")


def make_environment() -> None:
    """``.venv``, with pip in it."""
    if PYTHON.exists():
        return
    if sys.version_info < OLDEST:
        raise SystemExit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    say("making the virtual environment")
    if importlib.util.find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", VENV)
    elif importlib.util.find_spec("pip"):
        # Debian keeps ensurepip in a package of its own; its pip can fill an environment that has none.
        run(sys.executable, "-m", "venv", "--without-pip", VENV)
        run(sys.executable, "-m", "pip", "--quiet", "--python", PYTHON, "install", "pip")
    else:
        raise SystemExit("This Python can make no virtual environment. Install the package python3-venv and try again.")


def install(extra: str) -> None:
    """The project and what it needs, at the versions that pyproject.toml names."""
    stamp = VENV / f".motcua-{extra or 'run'}"
    sources = (ROOT / "pyproject.toml").read_bytes() + PINS.read_bytes() + str(PYTHON.resolve()).encode()
    wanted = hashlib.sha256(sources).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing Python packages" + (f" ({extra})" if extra else ""))
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if sys.platform.startswith("linux"):
        run(*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", PINS)
    run(*pip, "-e", f".[{extra}]" if extra else ".")
    stamp.write_text(wanted)
    if extra:  # what is installed for developers serves the plain start as well
        (VENV / ".motcua-run").write_text(wanted)


def main() -> int:
    """Everything in its order; returns the exit status."""
    os.environ.pop("VIRTUAL_ENV", None)
    began = time.monotonic()
    make_environment()
    install("dev" if "--dev" in sys.argv else "")
    for module in ("tools.frontend", "tools.messages"):
        run(PYTHON, "-m", module, *(["compile"] if module == "tools.messages" else []))
    if time.monotonic() - began > 5:
        say(f"done in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
