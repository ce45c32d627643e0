"""What can go wrong, as types. Interfaces turn them into a page, a problem document or an exit code.

Every message is an English msgid for gettext with named placeholders; it tells the person what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MotcuaError(Exception):
    """Base of all errors that are meant for a person. ``status`` is the HTTP status that fits."""

    status = 400
    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **params: Any) -> None:
        super().__init__(message)
        if code is not None and "(code)s" in message:
            # The message names a code of something; the error keeps its own stable name.
            params["code"], code = code, None
        self.message = message
        self.params: dict[str, Any] = params
        if code:
            self.code = code

    def text(self, translate: Any = None) -> str:
        """The message in the language of ``translate`` (gettext), placeholders filled."""
        template = translate(self.message) if translate else self.message
        return str(template) % self.params if self.params else str(template)

    def __str__(self) -> str:
        return self.text()


class NotFound(MotcuaError):
    """There is no such thing, or the asker may not know that there is."""

    status = 404
    code = "not_found"


class NotAllowed(MotcuaError):
    """The actor may not do this; the message says who can."""

    status = 403
    code = "not_allowed"


class Conflict(MotcuaError):
    """Somebody was faster, or the thing has moved on; the message says what it is now."""

    status = 409
    code = "conflict"


class Refused(MotcuaError):
    """A rule of law or procedure does not admit this now; ``basis`` in params cites it where there is one."""

    status = 422
    code = "refused"


class Invalid(MotcuaError):
    """Input that cannot be used. ``fields`` maps a field's name to messages (msgids, already in plain words)."""

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: str = "Please check the marked answers.",
        *,
        fields: Mapping[str, list[str]] | None = None,
        code: str | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message, code=code, **params)
        self.fields: dict[str, list[str]] = {key: list(value) for key, value in (fields or {}).items()}


class TooLarge(Invalid):
    """More bytes than the door admits."""

    status = 413
    code = "too_large"
