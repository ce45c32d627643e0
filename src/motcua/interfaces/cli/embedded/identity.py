"""As whom the server runs. PostgreSQL refuses to run as root, and rightly."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from motcua.foundation.errors import MotcuaError

# linux/prctl.h, linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAPBSET_READ = 23
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

# Looked for in this order when root starts the server; all of them may do nothing else of note.
ACCOUNTS = ("motcua", "postgres", "nobody")

libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """Who the server runs as; ``drop`` when that is not who we are, ``capability`` when paths are closed to it."""

    uid: int
    gid: int
    drop: bool = False
    capability: int | None = None


def account_for(data: Path, paths: Iterable[Path]) -> Account:
    """The account for a cluster at ``data``; ``paths`` must be within its reach.

    An ordinary user is who they are. Root gives way to the cluster's owner, else to a system account. Where the
    checkout lies in a folder that is closed to others (``/root``), the server keeps the one capability to pass
    closed folders for reading (in containers without it, the one that Docker grants by default).
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = _entry(data)
    if all(_reaches(entry, path) for path in paths):
        return Account(entry.pw_uid, entry.pw_gid, drop=True)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1:
            return Account(entry.pw_uid, entry.pw_gid, drop=True, capability=capability)
    raise MotcuaError(
        "PostgreSQL may not run as root, and the account %(account)s cannot reach %(path)s. "
        "Use a folder that others may enter, another user, or DATABASE_URL.",
        account=entry.pw_name,
        path=data,
    )


def _entry(data: Path) -> pwd.struct_passwd:
    if data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError as error:
            raise MotcuaError(
                "The database in %(path)s belongs to user id %(uid)s, whom this machine does not know.",
                path=data,
                uid=owner,
            ) from error
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MotcuaError("PostgreSQL may not run as root, and this machine has no account to run it as.")


def _reaches(entry: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account may enter every folder down to ``path`` and read what is there."""
    for step in (*reversed(path.parents), path):
        try:
            found = step.stat()
        except FileNotFoundError:
            return True  # we shall make it ourselves
        if found.st_uid == entry.pw_uid:
            shift = 6
        elif found.st_gid == entry.pw_gid:
            shift = 3
        else:
            shift = 0
        need = 0o1 if stat.S_ISDIR(found.st_mode) else 0o4
        if not (found.st_mode >> shift) & need:
            return False
    return True


def becoming(account: Account, death: signal.Signals) -> Callable[[], None]:
    """A function for the moment between fork and exec: turns into ``account`` and dies with the parent.

    Only for a parent with one thread: the kernel means the thread when it says parent.
    """
    parent = os.getpid()

    def become() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        if account.drop:
            os.umask(0o077)
            if account.capability is not None:
                _must(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
            os.setgroups([])
            os.setresgid(account.gid, account.gid, account.gid)
            os.setresuid(account.uid, account.uid, account.uid)
            if account.capability is not None:
                _keep(account.capability)
        # After the change of user, since that clears it.
        die_with_parent(death, parent)

    return become


def die_with_parent(death: signal.Signals, parent: int) -> None:
    """Asks the kernel to send ``death`` to this process when its parent (by process id) ends in whatever way."""
    _must(libc.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0))
    if os.getppid() != parent:  # it ended before we could ask
        os.kill(os.getpid(), death)


def _keep(capability: int) -> None:
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable; twice, for the bits above 31
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _must(libc.capset(header, sets))
    _must(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _must(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
