from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "motcua.engines.cases"
    label = "cases"

    def ready(self) -> None:
        from motcua.engines.cases import readers  # noqa: F401 -- registers itself
