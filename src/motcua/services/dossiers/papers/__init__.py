"""The papers that the law makes us hand out (TT 03/2025/TT-VPCP, Phụ lục I), as PDF/A-2a and PDF/UA-1 with tags.

Each is made once per dossier, form and number, from what the ledger says happened; making it again gives the same.
"""

from motcua.services.dossiers.papers.control import control_sheet
from motcua.services.dossiers.papers.editions import TITLES, form_note, titles_of
from motcua.services.dossiers.papers.handing_over import hand_over_sheet
from motcua.services.dossiers.papers.issuing import FORMS, Form, called_for, content_of, issue
from motcua.services.dossiers.papers.rendering import STANDARDS, qr_svg, render

__all__ = [
    "FORMS",
    "STANDARDS",
    "TITLES",
    "Form",
    "called_for",
    "content_of",
    "control_sheet",
    "form_note",
    "hand_over_sheet",
    "issue",
    "qr_svg",
    "render",
    "titles_of",
]
