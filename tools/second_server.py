"""The second pass of ``make test``: integration tests on the distribution's PostgreSQL 15, besides the embedded 18.

The same launcher starts it, from Debian's programs, as an unprivileged account on a private socket.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
TESTS = ("tests/engines", "tests/services")


def main() -> int:
    """Runs the pass; says so when there is nothing to run it on."""
    if "DATABASE_URL" in os.environ:
        print("DATABASE_URL is set: all tests run on that server, there is no second pass.", file=sys.stderr)
        return 0
    if not (PROGRAMS / "postgres").exists():
        print(
            f"No PostgreSQL 15 in {PROGRAMS}: the second pass DOES NOT RUN (apt install postgresql-15).",
            file=sys.stderr,
        )
        return 0
    tests = [path for path in TESTS if Path(path).is_dir()]
    print(f"Integration tests on PostgreSQL 15 ({PROGRAMS})", file=sys.stderr, flush=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-q",
        "-m",
        "not soak and not realdata",
        # Thousands of lives prove the law, not the server; the first pass lives them.
        "--ignore=tests/services/dossiers/test_lives_stateful.py",
        *tests,
    ]
    return subprocess.run(command, check=False, env=os.environ | {"MOTCUA_POSTGRES_BIN": str(PROGRAMS)}).returncode


if __name__ == "__main__":
    raise SystemExit(main())
