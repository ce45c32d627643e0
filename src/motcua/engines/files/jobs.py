"""Background work on files: the search for malware, previews, cleaning up."""

from __future__ import annotations

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.engines.files import cleaning
from motcua.engines.files.models import Blob, Scan
from motcua.engines.files.previews import make_preview, preview_path
from motcua.engines.files.scanning import ScannerAwayError, scanner_configured, search
from motcua.engines.files.store import open_blob
from motcua.foundation import clock
from motcua.foundation.errors import NotFound

logger = logging.getLogger(__name__)

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={ScannerAwayError})


@app.task(name="files.scan", retry=AGAIN)
def scan(sha256: str) -> None:
    """Scans one file and marks it. Does nothing when it is already marked, or no scanner is configured any more."""
    if scanner_configured():
        _scan(sha256)


def _scan(sha256: str) -> None:
    if not Blob.objects.filter(pk=sha256, scan=Scan.NONE).exists():
        return
    with open_blob(sha256) as file:
        finding = search(file)
    verdict = Scan.REFUSED if finding.harmful else Scan.CLEAN
    Blob.objects.filter(pk=sha256, scan=Scan.NONE).update(scan=verdict)
    if finding.harmful:
        preview_path(sha256).unlink(missing_ok=True)
        logger.warning("the scanner refused file %s: %s", sha256[:12], finding.name)


@app.periodic(cron="*/15 * * * *")
@app.task(name="files.scan_waiting", queueing_lock="files.scan_waiting")
def scan_waiting(timestamp: int) -> None:
    """Scans what was stored while there was no scanner, or whose job gave up: the oldest 500; stops at the first
    that the scanner does not answer for."""
    if not scanner_configured():
        return
    for sha256 in Blob.objects.filter(scan=Scan.NONE).order_by("created_at").values_list("pk", flat=True)[:500]:
        try:
            _scan(sha256)
        except ScannerAwayError as error:
            logger.warning("files wait for the scanner: %s", error)
            return
        except NotFound:
            logger.error("the bytes of file %s are gone", sha256[:12])


@app.task(name="files.preview")
def preview(sha256: str) -> None:
    """Makes the preview of one picture."""
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is not None:
        make_preview(blob)


@app.periodic(cron="20 * * * *")
@app.task(name="files.clean", queueing_lock="files.clean")
def clean(timestamp: int) -> None:
    """Hourly: expired uploads go."""
    cleaning.remove_expired_uploads()


@app.periodic(cron="40 19 * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep")
def sweep(timestamp: int) -> None:
    """Nightly: one sixteenth of the folders is compared with the database."""
    cleaning.sweep(f"{clock.today().toordinal() % 16:x}")
