"""The settings under which tests run: the project's own, in a home of their own that is thrown away.

Without ``DATABASE_URL`` the tests use the embedded server in that home (``tests/conftest.py`` joins it), as its
superuser, since a test database is made and dropped.
"""

from __future__ import annotations

import os
import tempfile

from motcua.interfaces.cli.embedded.place import SUPERUSER, Place

# Set by the first process of a run and inherited by its helpers, so that all share one server.
if "MOTCUA_TEST_HOME" not in os.environ:
    os.environ["MOTCUA_TEST_HOME"] = tempfile.mkdtemp(prefix="motcua-test-")
    os.chmod(os.environ["MOTCUA_TEST_HOME"], 0o711)  # noqa: S103 -- the server's account must pass, not look
    os.environ["MOTCUA_TEST_CONTROLLER"] = str(os.getpid())

HOME_OF_TESTS = os.environ["MOTCUA_TEST_HOME"]
os.makedirs(os.path.join(HOME_OF_TESTS, "static"), exist_ok=True)  # nothing is collected; WhiteNoise wants the folder
os.environ["MOTCUA_HOME"] = HOME_OF_TESTS
os.environ["MOTCUA_PLAIN_STATIC"] = "1"
# Playwright keeps an event loop in the main thread, where tests also ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
for _name in (
    "MOTCUA_DEMO",
    "MOTCUA_DEBUG",
    "MOTCUA_ENV",
    "MOTCUA_PUBLIC_URL",
    "MOTCUA_DB_ROLE",
    "MOTCUA_OWNER_SESSION",
):
    os.environ.pop(_name, None)
if "DATABASE_URL" not in os.environ:
    from pathlib import Path

    os.environ["MOTCUA_EMBEDDED_URL"] = Place(Path(HOME_OF_TESTS)).url(SUPERUSER)

from motcua.config.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Argon2 is slow on purpose; tests make many accounts. One test checks the real setting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
