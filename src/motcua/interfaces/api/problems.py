"""Errors as RFC 9457 problem details: one shape for everything that goes wrong."""

from __future__ import annotations

import json
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from motcua.foundation.errors import Invalid, MotcuaError
from motcua.interfaces.api import wording

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Refused",
    429: "Too many requests",
    503: "Not available now",
}


def problem(status: int, detail: str, *, code: str = "", **members: Any) -> HttpResponse:
    """A problem document. ``code`` is the stable name of the error; ``members`` are added beside it."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
    if code:
        body["code"] = code
    body.update(members)
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response["Retry-After"] = "2"
    return response


def of_error(error: MotcuaError) -> HttpResponse:
    """A typed error of ours."""
    members = {}
    if isinstance(error, Invalid) and error.fields:
        members["errors"] = [
            {"field": field, "detail": gettext(message)} for field, texts in error.fields.items() for message in texts
        ]
    return problem(error.status, error.text(gettext), code=error.code, **members)


def instead_of(response: HttpResponseBase) -> HttpResponseBase:
    """A problem document in place of a page or a bare line that Django or the API library made of an error."""
    kind = response.headers.get("Content-Type", "")
    if response.status_code < 400 or "json" in kind:
        return response
    texts = {
        404: (gettext("There is nothing at this address."), "not_found"),
        405: (gettext("This address does not take such a request."), "method_not_allowed"),
        503: (gettext("The service is being restarted. Please try again."), "unavailable"),
    }
    if response.status_code >= 500:
        other = (gettext("Something went wrong on our side. Please try again later."), "error")
    else:
        other = (gettext("The request can't be read."), "unreadable")
    detail, code = texts.get(response.status_code, other)
    made = problem(response.status_code, detail, code=code)
    if "Allow" in response.headers:
        made.headers["Allow"] = response.headers["Allow"]
    return made


def install(api: NinjaAPI) -> None:
    """Registers a handler for each kind of error that can reach the API's door."""

    @api.exception_handler(MotcuaError)
    def _typed(request: HttpRequest, error: MotcuaError) -> HttpResponse:
        return of_error(error)

    @api.exception_handler(ValidationError)
    def _schema(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"field": wording.member(each), "detail": wording.said(each)} for each in error.errors]
        return problem(422, gettext("Please check the marked answers."), code="invalid", errors=errors)

    @api.exception_handler(AuthenticationError)
    def _anonymous(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, gettext("A valid token is needed in the Authorization header."), code="not_signed_in")

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 400:
            return problem(400, gettext("The body can't be read. Please send JSON in UTF-8."), code="unreadable")
        return problem(error.status_code, str(error))

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, gettext("There is nothing at this address."), code="not_found")

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def _database(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(503, gettext("The service is being restarted. Please try again."), code="unavailable")
