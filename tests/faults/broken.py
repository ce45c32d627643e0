"""Files that nobody may hand in, and whether anything was left of them or of anything else."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from motcua.engines.files.models import Blob, Upload
from motcua.engines.ledger.models import Event
from motcua.services.dossiers.models import DossierFile
from tests.engines.files import samples

LIMIT = 1_000_000

BROKEN = {
    "a program that calls itself a PDF": ("don.pdf", b"MZ\x90\0" + b"\0" * 200),
    "a web page that calls itself a picture": ("anh.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a picture that calls itself a PDF": ("anh.pdf", samples.picture()),
    "a kind that nobody takes": ("a.exe", b"MZ\x90\0" + b"\0" * 200),
    "a name without an ending": ("don", samples.pdf()),
    "nothing": ("rong.pdf", b""),
    "a zip bomb": ("bom.docx", samples.docx({"word/media/a.bin": b"\0" * 30_000_000})),
    "too many members": ("bom.docx", samples.docx({f"word/{i}.xml": b"" for i in range(4000)})),
    "a path inside an archive": ("duong.docx", samples.docx({"../../etc/passwd": b"x"})),
    "macros": ("macro.docx", samples.docx({"word/vbaProject.bin": b"x"})),
    "cut off": ("nua.png", samples.picture()[:60]),
    "over the limit": ("lon.pdf", samples.pdf(padding=LIMIT)),
}


def stored() -> tuple[int, int, int, int, int]:
    """Everything that taking a file in would leave: rows and bytes."""
    bytes_there = sum(1 for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())
    return Blob.objects.count(), Upload.objects.count(), DossierFile.objects.count(), Event.objects.count(), bytes_there


HALVES = """
SELECT count(*) FROM dossiers_dossier d
LEFT JOIN cases_case c ON c.id = d.case_id
WHERE c.id IS NULL
   OR NOT EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = d.case_id)
   OR 1 <> (SELECT count(*) FROM ledger_event e WHERE e.stream = d.case_id AND e.kind = 'dossier.submitted')
   OR (SELECT max(seq) <> count(*) FROM ledger_event e WHERE e.stream = d.case_id)
"""
LONE_CASES = "SELECT count(*) FROM cases_case c WHERE NOT EXISTS (SELECT 1 FROM dossiers_dossier WHERE case_id = c.id)"


def nothing_half_written() -> None:
    """Every dossier has case, task and event, and every case its dossier."""
    with connection.cursor() as cursor:
        for question in (HALVES, LONE_CASES):
            cursor.execute(question)
            assert cursor.fetchone() == (0,), question
