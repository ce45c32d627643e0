"""The WSGI entry that granian serves."""

from __future__ import annotations

import gc
import os

# What is loaded here stays for the life of the process: collecting garbage meanwhile finds none and costs a tenth of
# the start, and afterwards nobody need look at it again.
gc.disable()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the collector rests first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
_pages = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - needs Django set up

from motcua.interfaces.api.hot import Front  # noqa: E402

# Every view and form is loaded now, so that the first visitor does not wait for it.
get_resolver().url_patterns  # noqa: B018 - reading it is what loads it
application = Front(_pages)

gc.freeze()
gc.enable()
