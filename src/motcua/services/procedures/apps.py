from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "motcua.services.procedures"
    label = "procedures"
