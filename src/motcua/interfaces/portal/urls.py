"""Addresses of the portal. No name, number or other personal datum stands in an address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from motcua.interfaces.portal.views import dossiers, drafts, finding, linked, person, procedures, rating, watching

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", finding.home, name="home"),
    path("search/", finding.search, name="search"),
    path("life/<slug:key>/", finding.life_event, name="life_event"),
    path("counters/", finding.counters, name="counters"),
    path("lookup/", finding.lookup, name="lookup"),
    path("help/", finding.plain, {"name": "help"}, name="help"),
    path("accessibility/", finding.plain, {"name": "accessibility"}, name="accessibility"),
    path("privacy/", finding.plain, {"name": "privacy"}, name="privacy"),
    path("procedures/<str:code>/", procedures.procedure, name="procedure"),
    path("procedures/<str:code>/qr.svg", procedures.qr, name="procedure_qr"),
    path("procedures/<str:code>/start/", procedures.start, name="start"),
    path("linked/<slug:key>/", linked.offer, name="group_offer"),
    path("linked/<slug:key>/start/", linked.start, name="group_start"),
    path("drafts/linked/<uuid:key>/", linked.draft, name="group_draft"),
    path("drafts/linked/<uuid:key>/check/", linked.check, name="group_check"),
    path("drafts/linked/<uuid:key>/submit/", linked.submit, name="group_submit"),
    path("drafts/linked/<uuid:key>/delete/", linked.discard, name="group_discard"),
    path("dossiers/linked/<str:code>/", linked.group, name="group"),
    path("dossiers/linked/<str:code>/withdraw/", linked.withdraw, name="group_withdraw"),
    path("dossiers/linked/<str:code>/parts/<slug:part>/drop/", linked.drop, name="group_drop"),
    path("drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<uuid:draft_id>/check/", drafts.check, name="check"),
    path("drafts/<uuid:draft_id>/submit/", drafts.submit, name="submit"),
    path("drafts/<uuid:draft_id>/place/", drafts.place, name="place"),
    path("drafts/<uuid:draft_id>/delete/", drafts.discard, name="discard"),
    path("drafts/<uuid:draft_id>/files/<uuid:file_id>/", drafts.draft_file, name="draft_file"),
    path("drafts/<uuid:draft_id>/parts/<str:group_key>/", drafts.page, name="draft_page"),
    path("drafts/<uuid:draft_id>/parts/<str:group_key>/save/", drafts.autosave, name="autosave"),
    path("dossiers/", dossiers.my_dossiers, name="my_dossiers"),
    path("dossiers/<str:code>/", dossiers.dossier, name="dossier"),
    path("dossiers/<str:code>/submitted/", dossiers.submitted, name="submitted"),
    path("dossiers/<str:code>/calendar.ics", dossiers.calendar, name="calendar"),
    path("dossiers/<str:code>/answer/", dossiers.answer, name="answer"),
    path("dossiers/<str:code>/withdraw/", dossiers.withdraw, name="withdraw"),
    path("dossiers/<str:code>/files/<uuid:file_id>/", dossiers.file, name="file"),
    path("dossiers/<str:code>/documents/<uuid:document_id>/", dossiers.document, name="document"),
    path("rate/<str:token>/", rating.rate, name="rate"),
    path("inbox/", person.inbox, name="inbox"),
    path("inbox/read/", person.read_all, name="read_all"),
    path("inbox/<uuid:message_id>/", person.message, name="message"),
    path("account/", person.account, name="account"),
    path("account/looked-at/", watching.looked_at, name="looked_at"),
    path("account/contact/", person.contact, name="contact"),
    path("account/wishes/", person.wishes, name="wishes"),
    path("account/language/", person.speak, name="speak"),
]
