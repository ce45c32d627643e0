from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "motcua.engines.cases"
    label = "cases"
