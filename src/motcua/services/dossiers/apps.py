from pathlib import Path

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "motcua.services.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.engines.notices import wording
        from motcua.services.dossiers import following, online  # noqa: F401 -- they register themselves
        from motcua.services.dossiers.addresses import page_of
        from motcua.services.dossiers.following import groups
        from motcua.services.dossiers.office import proposals, reminding  # noqa: F401 -- they register themselves
        from motcua.services.dossiers.rating import ratings
        from motcua.services.dossiers.together import opinions  # noqa: F401 -- registers itself

        wording.register(Path(__file__).parent / "notices.json", page_of)
        wording.register(Path(__file__).parent / "notices_moving.json", page_of)
        wording.register(Path(__file__).parent / "notices_linked.json", groups.page)
        wording.register(Path(__file__).parent / "notices_work.json", page_of)
        wording.register(Path(__file__).parent / "notices_turns.json", page_of)
        wording.register(Path(__file__).parent / "notices_ratings.json", ratings.page_of)
