from pathlib import Path

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "motcua.services.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.engines.notices import wording
        from motcua.services.dossiers import (  # noqa: F401 -- they register themselves
            following_groups,
            following_helpers,
            following_turns,
            online,
            opinions,
            proposals,
            ratings,
            readers,
            reminding,
        )
        from motcua.services.dossiers.addresses import page_of

        wording.register(Path(__file__).parent / "notices.json", page_of)
        wording.register(Path(__file__).parent / "notices_moving.json", page_of)
        wording.register(Path(__file__).parent / "notices_linked.json", following_groups.page)
        wording.register(Path(__file__).parent / "notices_work.json", page_of)
        wording.register(Path(__file__).parent / "notices_turns.json", page_of)
        wording.register(Path(__file__).parent / "notices_ratings.json", ratings.page_of)
