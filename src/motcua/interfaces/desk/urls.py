"""Addresses of the desk. No name, number or other personal datum stands in an address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from motcua.interfaces.desk.administration import calendars, catalogue, flows, home, ledger, people, units, wording
from motcua.interfaces.desk.views import dossier, intake, worklist

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
    path("dossiers/<uuid:dossier_id>/", dossier.dossier, name="dossier"),
    path("dossiers/<uuid:dossier_id>/preview/", worklist.preview, name="preview"),
    path("dossiers/<uuid:dossier_id>/act/<slug:verb>/", dossier.act, name="act"),
    path("dossiers/<uuid:dossier_id>/components/<uuid:component_id>/", dossier.judge, name="judge"),
    path("dossiers/<uuid:dossier_id>/files/<uuid:file_id>/", dossier.file, name="file"),
    path("dossiers/<uuid:dossier_id>/documents/<uuid:document_id>/", dossier.document, name="document"),
    path("administration/", home.home, name="administration"),
    path("administration/procedures/", catalogue.procedures, name="procedures"),
    path("administration/procedures/new/", catalogue.procedure_new, name="procedure_new"),
    path("administration/procedures/<uuid:key>/", catalogue.procedure, name="procedure"),
    path("administration/procedures/<uuid:key>/edit/", catalogue.procedure_edit, name="procedure_edit"),
    path("administration/procedures/<uuid:key>/publish/", catalogue.procedure_publish, name="procedure_publish"),
    path("administration/procedures/<uuid:key>/discard/", catalogue.procedure_discard, name="procedure_discard"),
    path("administration/procedures/<uuid:key>/status/", catalogue.procedure_status, name="procedure_status"),
    path("administration/versions/<uuid:key>/", catalogue.procedure_version, name="procedure_version"),
    path("administration/versions/<uuid:key>/withdraw/", catalogue.procedure_withdraw, name="procedure_withdraw"),
    path("administration/review/", catalogue.review, name="review"),
    path("administration/review/<uuid:key>/", catalogue.review_settle, name="review_settle"),
    path("administration/flows/", flows.flows, name="flows"),
    path("administration/flows/new/", flows.flow_new, name="flow_new"),
    path("administration/flows/<slug:key>/", flows.flow, name="flow"),
    path("administration/flows/<slug:key>/bpmn/", flows.flow_bpmn, name="flow_bpmn"),
    path("administration/forms/", wording.designed_forms, name="forms"),
    path("administration/forms/<uuid:key>/", wording.form, name="form"),
    path("administration/forms/<uuid:key>/publish/", wording.form_publish, name="form_publish"),
    path("administration/notices/", wording.notices, name="notices"),
    path("administration/notices/<str:kind>/<slug:channel>/<slug:language>/", wording.notice, name="notice"),
    path("administration/units/", units.units, name="units"),
    path("administration/units/new/", units.unit_new, name="unit_new"),
    path("administration/units/<uuid:key>/", units.unit, name="unit"),
    path("administration/roles/", units.roles, name="roles"),
    path("administration/calendars/", calendars.calendars, name="calendars"),
    path("administration/calendars/new/", calendars.calendar_new, name="calendar_new"),
    path("administration/calendars/days/remove/", calendars.day_remove, name="common_day_remove"),
    path("administration/calendars/<uuid:key>/", calendars.calendar, name="calendar"),
    path("administration/calendars/<uuid:key>/days/remove/", calendars.day_remove, name="day_remove"),
    path("administration/people/", people.people, name="people"),
    path("administration/people/new/", people.person_new, name="person_new"),
    path("administration/people/<uuid:key>/", people.person, name="person"),
    path("administration/posts/<uuid:key>/end/", people.appointment_end, name="appointment_end"),
    path("administration/clients/", people.clients, name="clients"),
    path("administration/clients/<uuid:key>/revoke/", people.client_revoke, name="client_revoke"),
    path("administration/ledger/", ledger.ledger, name="ledger"),
    path("administration/ledger/<uuid:key>/", ledger.stream, name="stream"),
]
