from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "motcua.services.procedures"
    label = "procedures"

    def ready(self) -> None:
        from motcua.services.procedures import readers  # noqa: F401  (registers what follows from the ledger)
