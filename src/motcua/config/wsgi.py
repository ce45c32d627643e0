"""The WSGI entry that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
_pages = get_wsgi_application()

from motcua.interfaces.api.hot import Front  # noqa: E402 - needs Django set up

application = Front(_pages)
