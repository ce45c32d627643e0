from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "motcua.engines.organisations"
    label = "organisations"
