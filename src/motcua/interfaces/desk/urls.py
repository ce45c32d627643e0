"""Addresses of the desk. No name, number or other personal datum stands in an address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from motcua.interfaces.desk.views import administration, dossier, intake, worklist

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.worklist, name="worklist"),
    path("rail/", worklist.rail, name="rail"),
    path("search/", worklist.find, name="search"),
    path("bulk/", worklist.bulk, name="bulk"),
    path("post/", worklist.switch_post, name="switch_post"),
    path("views/keep/", worklist.save_view, name="save_view"),
    path("views/remove/", worklist.remove_view, name="remove_view"),
    path("intake/", intake.home, name="intake"),
    path("intake/begin/", intake.begin, name="intake_begin"),
    path("intake/<uuid:intake_id>/discard/", intake.discard, name="intake_discard"),
    path("intake/<uuid:intake_id>/receipt/", intake.receipt, name="intake_receipt"),
    path("intake/<uuid:intake_id>/<slug:name>/", intake.step, name="intake_step"),
    path("administration/", administration.home, name="administration"),
    path("dossiers/<uuid:dossier_id>/", dossier.dossier, name="dossier"),
    path("dossiers/<uuid:dossier_id>/preview/", worklist.preview, name="preview"),
    path("dossiers/<uuid:dossier_id>/act/<slug:verb>/", dossier.act, name="act"),
    path("dossiers/<uuid:dossier_id>/components/<uuid:component_id>/", dossier.judge, name="judge"),
    path("dossiers/<uuid:dossier_id>/files/<uuid:file_id>/", dossier.file, name="file"),
    path("dossiers/<uuid:dossier_id>/documents/<uuid:document_id>/", dossier.document, name="document"),
]
