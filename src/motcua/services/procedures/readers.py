"""What follows from changes of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.foundation import clock
from motcua.services.procedures import search_index


@reader("procedures.search", kinds=("procedure.",), reset=lambda: None)
def keep_search_index(events: Sequence[Event]) -> None:
    """Brings the search index up to what is in force; an import has done its own already."""
    search_index.bring_up(clock.today(), {event.stream for event in events})
