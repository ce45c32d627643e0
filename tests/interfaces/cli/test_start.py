"""``motcua start``: everything comes up, and everything goes, however it is told to."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Platform, clean_environment, end_platform, make_home, processes_of, start_platform

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def used_home() -> Iterator[Path]:
    """A home whose database has been made, as at a second start."""
    home = make_home("start")
    subprocess.run(command("migrate", "--quiet"), env=clean_environment(home), check=True)
    platform = start_platform(home)
    assert platform.answers()
    platform.stop()
    yield home
    end_platform(platform)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "motcua.interfaces.cli", *arguments]


def gone(home: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not processes_of(home):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing_behind(used_home: Path, number: signal.Signals) -> None:
    platform = start_platform(used_home)
    assert platform.answers()
    assert len(platform.processes()) >= 6  # start, supervisor, server, web with its workers, worker
    platform.stop(number)
    assert processes_of(used_home) == []


def test_killed_it_takes_everything_along(used_home: Path) -> None:
    platform = start_platform(used_home)
    os.kill(platform.process.pid, signal.SIGKILL)
    platform.process.wait()
    assert gone(used_home, 40), [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_of(used_home)]


def test_second_start_is_quick(used_home: Path) -> None:
    """Below 10 s. Other tests run beside this one: the best of three tells what the start itself takes."""
    took = []
    for _ in range(3):
        platform = start_platform(used_home, wait=False)
        platform.wait_until_ready(60)
        platform.stop()
        took.append(float(re.findall(r"ready after ([\d.]+) s", platform.log.read_text())[-1]))
        if took[-1] < 10:
            break
    assert min(took) < 10, took


@pytest.mark.parametrize("victim", ["web", "worker"])
def test_a_process_that_dies_is_started_again(used_home: Path, victim: str) -> None:
    platform = start_platform(used_home)
    try:
        found = children_named(platform, victim)
        assert found
        os.kill(found[0], signal.SIGKILL)
        end = time.monotonic() + 60
        while time.monotonic() < end and not (set(children_named(platform, victim)) - set(found)):
            time.sleep(0.1)
        assert set(children_named(platform, victim)) - set(found)
        while time.monotonic() < end and not platform.answers():
            time.sleep(0.1)
        assert platform.answers()
    finally:
        platform.stop()
    assert processes_of(used_home) == []


def children_named(platform: Platform, name: str) -> list[int]:
    """Direct children of the start command that run the subcommand ``name``."""
    found = []
    for pid in platform.processes():
        try:
            parts = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        if name.encode() in parts and parent == platform.process.pid:
            found.append(pid)
    return found


def test_taken_port_gives_way_to_the_next(used_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        platform = start_platform(used_home, f"--port={port}")
        platform.stop()
    text = platform.log.read_text()
    assert f"Port {port} is taken; using" in text


def test_commands_join_the_running_platform(used_home: Path) -> None:
    platform = start_platform(used_home)
    try:
        answer = subprocess.run(
            command("setup-check", "--json"), env=clean_environment(used_home), capture_output=True, text=True
        )
        findings = {item["what"]: item for item in json.loads(answer.stdout)["findings"]}
        assert findings["Database"]["ok"]
        assert findings["Ledger"]["ok"]
        assert findings["Durability"]["ok"]
    finally:
        platform.stop()


@pytest.mark.parametrize(
    "setting",
    [{"MOTCUA_ENV": "production"}, {"MOTCUA_PUBLIC_URL": "https://dichvucong.hue.gov.vn"}],
    ids=["env", "url"],
)
def test_demo_mode_cannot_be_switched_on_elsewhere(tmp_path: Path, setting: dict[str, str]) -> None:
    answer = subprocess.run(
        command("start", "--demo"), env=clean_environment(tmp_path) | setting, capture_output=True, text=True
    )
    assert answer.returncode != 0
    assert "Demo mode" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (tmp_path / "pg").exists()


def test_demo_mode_listens_to_this_machine_only(used_home: Path) -> None:
    environment = clean_environment(used_home) | {"MOTCUA_DEMO": "1"}
    answer = subprocess.run(command("web", "--host=0.0.0.0"), env=environment, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "this machine only" in answer.stderr


def test_web_worker_is_small_and_soon_there(used_home: Path) -> None:
    """DESIGN: a web worker holds at most 150 MB and starts in 1.5 s (here: until its first answer)."""
    platform = start_platform(used_home)
    try:
        for _ in range(50):
            assert platform.answers()
        web = children_named(platform, "web")[0]
        workers = Path(f"/proc/{web}/task/{web}/children").read_text().split()
        sizes = [int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) for pid in workers]
    finally:
        platform.stop()
    assert len(sizes) == 2
    assert max(sizes) <= 150 * 1024, f"{[size // 1024 for size in sizes]} MB"
