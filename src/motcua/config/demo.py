"""Demo mode: people sign in as personas by one click. It exists on a machine of one's own only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL = {"localhost", "127.0.0.1", "::1", "testserver"}


def demo_mode(public_url: str, allowed_hosts: Sequence[str]) -> bool:
    """Whether demo mode is on (``MOTCUA_DEMO=1``).

    Raises ImproperlyConfigured when it is asked for in production or under an address that others can reach.
    """
    if os.environ.get("MOTCUA_DEMO") != "1":
        return False
    names = [urlsplit(public_url).hostname or public_url, *(name.strip("[]") for name in allowed_hosts)]
    strangers = [name for name in names if name not in LOCAL]
    if os.environ.get("MOTCUA_ENV") == "production":
        raise ImproperlyConfigured(
            "Demo mode lets anybody sign in as anybody; it can't be on with MOTCUA_ENV=production."
        )
    if strangers:
        raise ImproperlyConfigured(
            "Demo mode lets anybody sign in as anybody; it can't be on for an address that is not local"
            f" ({', '.join(strangers)})."
        )
    return True
