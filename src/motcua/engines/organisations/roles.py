"""Permissions and the roles that a new installation starts with. Roles are data; permissions are what code asks for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "dossier.read": _("See the dossiers of the unit"),
    "dossier.receive": _("Receive dossiers at the one-stop counter"),
    "dossier.process": _("Process dossiers"),
    "dossier.sign": _("Approve and sign"),
    "dossier.return": _("Return results"),
    "dossier.assist": _("Submit for citizens with their consent"),
    "dossier.assign": _("Assign work to people of the unit"),
    "catalogue.edit": _("Edit procedures, forms and flows"),
    "organisations.edit": _("Edit units, roles and calendars"),
    "accounts.edit": _("Edit accounts and machine clients"),
    "ledger.read": _("Read the ledger"),
}

# code → (name in Vietnamese as offices know it, permissions)
DEFAULT_ROLES: dict[str, tuple[str, list[str]]] = {
    "counter": ("Cán bộ Một cửa", ["dossier.read", "dossier.receive", "dossier.return"]),
    "specialist": ("Chuyên viên thụ lý", ["dossier.read", "dossier.process"]),
    "head": ("Lãnh đạo phòng, đơn vị", ["dossier.read", "dossier.process", "dossier.sign", "dossier.assign"]),
    "leader": ("Lãnh đạo cơ quan", ["dossier.read", "dossier.sign", "dossier.assign", "ledger.read"]),
    "clerk": ("Văn thư", ["dossier.read", "dossier.return"]),
    "helper": ("Điểm hỗ trợ dịch vụ công, cộng tác viên", ["dossier.assist"]),
    "inspector": ("Kiểm soát thủ tục hành chính", ["dossier.read", "ledger.read"]),
    "administrator": (
        "Quản trị hệ thống",
        ["catalogue.edit", "organisations.edit", "accounts.edit", "ledger.read"],
    ),
}

STAGE_PERMISSION = {
    "intake": "dossier.receive",
    "process": "dossier.process",
    "sign": "dossier.sign",
    "return": "dossier.return",
    "consult": "dossier.process",
    "transfer": "dossier.receive",
}
