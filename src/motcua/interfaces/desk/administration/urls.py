"""Addresses below ``administration/`` that are kept together here: roles, posts, reasons, figures, search words."""

from __future__ import annotations

from django.urls import path

from motcua.interfaces.desk.administration import policies, posts, reasons, roles, search_words

urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("roles/<slug:code>/", roles.role, name="role"),
    path("roles/<slug:code>/remove/", roles.role_remove, name="role_remove"),
    path("posts/<uuid:key>/end/", posts.appointment_end, name="appointment_end"),
    path("reasons/", reasons.reasons, name="reasons"),
    path("reasons/<slug:kind>/<slug:code>/", reasons.reason, name="reason"),
    path("reasons/<slug:kind>/<slug:code>/use/", reasons.reason_use, name="reason_use"),
    path("figures/", policies.policies, name="policies"),
    path("figures/<slug:key>/", policies.policy, name="policy"),
    path("figures/<uuid:key>/take-back/", policies.policy_take_back, name="policy_take_back"),
    path("words/", search_words.words, name="words"),
    path("words/<uuid:key>/", search_words.word, name="word"),
    path("words/<uuid:key>/remove/", search_words.word_remove, name="word_remove"),
]
