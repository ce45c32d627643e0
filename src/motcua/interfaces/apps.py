"""The shell that portal, desk and board share: base pages, components, the installable app."""

from __future__ import annotations

from django.apps import AppConfig


class InterfacesConfig(AppConfig):
    """Makes the shared templates, template tags and static files known to Django; it has no tables."""

    name = "motcua.interfaces"
    label = "interfaces"
    verbose_name = "Interfaces"

    def ready(self) -> None:
        from motcua.interfaces import (
            checks,  # noqa: F401  (registers the system checks)
            connections,
        )
        from motcua.interfaces.signing_in import receivers  # noqa: F401  (listens to allauth)

        connections.install()
