"""Process data for others: every dossier a case, every entry of its ledger an event (IEEE 1849 XES, CSV, Parquet)."""

from motcua.services.dossiers.exporting.events import Case, Counts, Step, Wanted, cases, record_export
from motcua.services.dossiers.exporting.tables import write_csv, write_parquet
from motcua.services.dossiers.exporting.xes import write_xes

__all__ = [
    "Case",
    "Counts",
    "Step",
    "Wanted",
    "cases",
    "record_export",
    "write_csv",
    "write_parquet",
    "write_xes",
]
