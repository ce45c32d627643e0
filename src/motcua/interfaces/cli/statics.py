"""Collects the static files when something has changed since the last time."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
from pathlib import Path


def collect() -> bool:
    """Collects into ``STATIC_ROOT`` under names with a hash. Returns whether there was anything to do."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    stamp = root / ".motcua-sources"
    # Two web servers may start together.
    with (root.parent / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0, clear=root.exists())
        stamp.write_text(wanted)
    return True


def _fingerprint() -> str:
    """What the static files come from: our files by time and size, packages by version."""
    from django.contrib.staticfiles import finders

    total = hashlib.sha256()
    for package in ("django", "django-ninja", "django-allauth", "whitenoise"):
        total.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    package_root = os.sep + "site-packages" + os.sep
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            full = storage.path(path)
            if package_root not in full:
                found = os.stat(full)
                total.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return total.hexdigest()
