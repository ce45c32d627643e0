from pathlib import Path

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "motcua.services.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.engines.notices import wording
        from motcua.services.dossiers import readers  # noqa: F401 -- registers itself
        from motcua.services.dossiers.addresses import page_of

        wording.register(Path(__file__).parent / "notices.json", page_of)
