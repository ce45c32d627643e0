from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "motcua.interfaces.portal"
    label = "portal"
