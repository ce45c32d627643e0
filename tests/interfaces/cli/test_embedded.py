"""The embedded server: started by the first, joined by others, gone with the last, whatever way they go."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.embedded.client import Membership
from motcua.interfaces.cli.embedded.place import OWNER, SOCKET_NAME, SUPERUSER, Place
from tests.support.running import clean_environment, make_home, processes_of

# A client as a process of its own: joins, says so, waits.
CLIENT = """
import sys, time
from pathlib import Path
from motcua.interfaces.cli.embedded.client import Membership
member = Membership(Path(sys.argv[1]))
print("joined", flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home; whatever a failed test leaves running in it is ended."""
    made = make_home("embedded")
    yield made
    wait_until(lambda: not processes_of(made), 15, fail=False)
    for pid in processes_of(made):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(made, ignore_errors=True)


def wait_until(condition: Callable[[], bool], seconds: float, *, fail: bool = True) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    if fail:
        pytest.fail(f"Not within {seconds} s")


def client(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(home)], stdout=subprocess.PIPE, text=True, env=clean_environment(home)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "joined\n"
    return process


def postmaster(home: Path) -> int:
    return int((Place(home).data / "postmaster.pid").read_text().split("\n", 1)[0])


def supervisor(home: Path) -> int:
    for pid in processes_of(home):
        if b"embedded.supervisor" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    pytest.fail("There is no supervisor")


def test_starts_stops_and_keeps_what_was_written(home: Path) -> None:
    member = Membership(home)
    with psycopg.connect(member.place.url(OWNER)) as connection:
        connection.execute("create table kept as select 1 as n")
    member.leave(wait=20)
    assert processes_of(home) == []
    again = Membership(home)
    with psycopg.connect(again.place.url(OWNER)) as connection:
        assert connection.execute("select n from kept").fetchone() == (1,)
    again.leave(wait=20)


def test_cluster_is_safe_and_private(home: Path) -> None:
    member = Membership(home)
    place = member.place
    with psycopg.connect(place.url(SUPERUSER)) as connection:
        settings = dict(connection.execute("select name, setting from pg_settings").fetchall())
        encoding = connection.execute("select pg_encoding_to_char(encoding) from pg_database").fetchone()
    assert [settings[name] for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")] == [
        "on"
    ] * 4
    assert settings["listen_addresses"] == ""
    assert encoding == ("UTF8",)
    assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    assert os.stat(f"/proc/{postmaster(home)}").st_uid != 0, "PostgreSQL runs as root"
    member.leave(wait=20)


def test_the_application_makes_nothing(home: Path) -> None:
    member = Membership(home)
    with psycopg.connect(member.place.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("create table mine (n int)")
    member.leave(wait=20)


def test_many_at_once_share_one_server(home: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        clients = list(pool.map(lambda _: client(home), range(6)))
    servers = [pid for pid in processes_of(home) if b"-D" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    assert servers == [postmaster(home)]
    first = postmaster(home)
    for process in clients[:-1]:
        process.kill()
        process.wait()
    time.sleep(3)  # longer than the supervisor lingers
    assert postmaster(home) == first, "The server went while somebody still used it"
    clients[-1].kill()
    clients[-1].wait()
    wait_until(lambda: not processes_of(home), 15)


def test_joining_while_it_stops_starts_a_new_one(home: Path) -> None:
    for _ in range(3):
        process = client(home)
        process.kill()
        process.wait()
        time.sleep(1.9)  # about the moment when the supervisor closes the door
        member = Membership(home)
        with psycopg.connect(member.place.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        member.leave(wait=20)


def test_killed_server_comes_back_with_everything_committed(home: Path) -> None:
    member = Membership(home)
    with psycopg.connect(member.place.url(OWNER), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept select generate_series(1, 1000)")
        before = postmaster(home)
        os.kill(before, signal.SIGKILL)

    def answers() -> bool:
        try:
            with psycopg.connect(member.place.url(OWNER)) as again:
                return again.execute("select count(*) from kept").fetchone() == (1000,)
        except psycopg.OperationalError:
            return False

    wait_until(answers, 30)
    assert postmaster(home) != before
    member.leave(wait=20)


def test_a_server_struck_while_it_starts_is_started_again_by_the_same_keeper(home: Path) -> None:
    member = Membership(home)
    keeper = supervisor(home)
    children = Path(f"/proc/{keeper}/task/{keeper}/children")
    struck: set[int] = set()
    end = time.monotonic() + 60
    while len(struck) < 6 and time.monotonic() < end:
        for pid in (int(child) for child in children.read_text().split()):
            if pid not in struck:
                os.kill(pid, signal.SIGKILL)
                struck.add(pid)
    assert len(struck) == 6
    wait_until(lambda: member.place.ready.exists() and postmaster(home) not in struck, 30)
    assert supervisor(home) == keeper
    with psycopg.connect(member.place.url(SUPERUSER)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    member.leave(wait=20)


def test_killed_supervisor_takes_the_server_along_and_the_next_client_starts_anew(home: Path) -> None:
    process = client(home)
    killed = supervisor(home)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{killed}").exists() or b"Z" in Path(f"/proc/{killed}/stat").read_bytes(), 5)
    member = Membership(home)  # while the old server may still be stopping
    with psycopg.connect(member.place.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    process.kill()
    process.wait()
    member.leave(wait=20)
    wait_until(lambda: not processes_of(home), 15)


def test_everything_killed_at_once_leaves_a_stale_pid_that_is_no_hindrance(home: Path) -> None:
    process = client(home)
    os.kill(supervisor(home), signal.SIGSTOP)  # it must not tidy up
    os.kill(postmaster(home), signal.SIGKILL)
    os.kill(supervisor(home), signal.SIGKILL)
    process.kill()
    process.wait()
    wait_until(lambda: not processes_of(home), 15)
    pid_file = Place(home).data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    # The number belongs to somebody else by now, as happens after a restart of a container.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    member = Membership(home)
    with psycopg.connect(member.place.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    member.leave(wait=20)


def test_path_too_long_for_a_socket_gets_a_short_private_one(home: Path) -> None:
    deep = home / ("very-long-name-" * 8)
    member = Membership(deep)
    assert member.place.sockets.parent != member.place.run
    assert len(str(member.place.sockets / SOCKET_NAME)) <= 107
    assert stat.S_IMODE(member.place.sockets.stat().st_mode) == 0o700
    with psycopg.connect(member.place.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    member.leave(wait=20)
    shutil.rmtree(member.place.sockets)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder that the server's account cannot pass")
def test_home_in_a_folder_closed_to_others(home: Path) -> None:
    home.chmod(0o700)
    member = Membership(home / "inside")
    with psycopg.connect(member.place.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    member.leave(wait=20)


def test_cluster_of_another_version_is_refused_in_plain_words(home: Path) -> None:
    place = Place(home)
    Membership(home).leave(wait=20)
    (place.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(MotcuaError, match=r"was made by PostgreSQL 9; .* Dump it"):
        Membership(home)


def test_folder_that_cannot_be_written_is_refused_in_plain_words() -> None:
    with pytest.raises(MotcuaError, match="Set MOTCUA_HOME"):
        Membership(Path("/proc/motcua"))
