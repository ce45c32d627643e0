"""Addresses for tests of the shell alone: its own, and pages that use its behaviour."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from motcua.interfaces import shell_urls, styleguide

saved: list[dict[str, list[str]]] = []

PAGES = {
    "form": """{% extends "portal/base.html" %}{% load motcua %}{% block title %}Form{% endblock %}{% block content %}
<h1>Form</h1>{% saved_at None %}
<form method="post" action="/test/sink" data-once data-autosave-url="/test/autosave" data-plain>{% csrf_token %}
<label for="name">Name</label><input id="name" name="name">
<fieldset><legend>Kind</legend><label><input type="radio" name="kind" value="self">Self</label>
<label><input type="radio" name="kind" value="child">Child</label></fieldset>
<div data-show-when="kind=child" id="only-child"><label for="child">Child</label><input id="child" name="child">
<div data-show-when="child" id="deeper"><label for="age">Age</label><input id="age" name="age"></div></div>
<div data-repeat="rows" data-repeat-max="2"><div data-repeat-items></div><template data-repeat-template>
<div data-repeat-item><label>Row <input name="rows-__index__-x"></label><button data-repeat-remove>Remove</button></div>
</template><button name="_add" value="rows" data-repeat-add>Add</button></div>
<div class="mc-upload" data-upload data-max-bytes="1000"><label for="file">File</label>
<input type="file" id="file" name="file" accept="application/pdf,.txt" multiple></div>
<button id="send" name="go" value="1">Send</button></form>{% endblock %}""",
    "list": """{% extends "desk/base.html" %}{% load motcua %}{% block title %}List{% endblock %}{% block content %}
<h1>List</h1><a data-go="w" href="?went=1">W</a><label>Search <input data-key-search></label>
<form><table data-worklist><caption>List</caption><tbody>{% for n in numbers %}<tr data-row data-id="{{ n }}"
 data-href="?open={{ n }}" data-preview-url="/test/preview/{{ n }}">
<td><input type="checkbox" aria-label="{{ n }}"></td>
<td><a data-open href="?open={{ n }}">{{ n }}</a></td></tr>{% endfor %}</tbody></table>
<div class="mc-bulk-bar" data-bulk-bar hidden><span data-bulk-count></span></div></form>{% endblock %}
{% block preview %}<aside class="mc-preview" data-preview-pane aria-label="Preview"></aside>{% endblock %}""",
    "search": """{% extends "portal/base.html" %}{% block title %}Search{% endblock %}{% block content %}<h1>Search</h1>
<form data-instant data-instant-target="#found"><label for="q">Q</label>
<input id="q" name="q" value="{{ request.GET.q }}"></form>
<div id="found">{% if request.GET.q %}found {{ request.GET.q }}{% endif %}</div>{% endblock %}""",
}


def page(request: HttpRequest, name: str) -> HttpResponse:
    template = engines["django"].from_string(PAGES[name])
    return HttpResponse(template.render({"numbers": range(1, 6)}, request))


@require_POST
def sink(request: HttpRequest) -> HttpResponse:
    saved.append(dict(request.POST.lists()))
    return HttpResponse("received", content_type="text/plain")


def preview(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"<p>preview {number}</p>")


def broken(request: HttpRequest) -> Any:
    raise RuntimeError("on purpose")


def database_goes(request: HttpRequest) -> HttpResponse:
    """What was to be kept in the session is kept when the answer is ready; by then the connection is gone."""
    request.session["kept"] = "now"
    with connection.cursor() as cursor, psycopg.connect(**connection.get_connection_params()) as other:
        cursor.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())
    return HttpResponse("done")


urlpatterns = [
    *shell_urls.urlpatterns,
    path("style/", styleguide.page),
    path("test/sink", sink),
    path("test/autosave", sink),
    path("test/preview/<int:number>", preview),
    path("test/broken", broken),
    path("test/database-goes", database_goes),
    path("test/<str:name>", page),
]

handler400 = "motcua.interfaces.error_views.bad_request"
handler403 = "motcua.interfaces.error_views.forbidden"
handler404 = "motcua.interfaces.error_views.not_found"
handler500 = "motcua.interfaces.error_views.server_error"
