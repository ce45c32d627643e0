"""Records of a catalogue as tests need them; every field can be set."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any


def record(code: str = "1.001193", **changed: Any) -> dict[str, Any]:
    """A small, sound record in the format of the national catalogue."""
    return {
        "code": code,
        "decision_no": "163/QĐ-BTP",
        "name": "Thủ tục đăng ký khai sinh",
        "level": "Cấp Xã",
        "kind": "ASSIGNED_REGULATION",
        "field": "Hộ tịch",
        "methods": [method("ONLINE"), method("DIRECT", time_value=3)],
        "components": [{"case": "", "items": [{"name": "Giấy chứng sinh", "original": 1, "copy": 0}]}],
        "subjects": ["Công dân Việt Nam"],
        "executing": "Ủy ban nhân dân cấp xã",
        "authority": "",
        "receiving_address": "",
        "authorised": "",
        "coordinating": "",
        "results": "Giấy khai sinh",
        "legal_basis": ["Luật Hộ tịch (60/2014/QH13)"],
        "requirements": "",
        "keywords": "",
        "description": "",
        "issuer": "BTP",
        "steps": ["Nộp hồ sơ.", "Nhận kết quả."],
    } | changed


def method(channel: str = "DIRECT", **changed: Any) -> dict[str, Any]:
    return {
        "channel": channel,
        "time_value": 5,
        "time_unit": "WORKING_DAY",
        "time_raw": "5 WORKING_DAY",
        "fees": [{"amount": 8000, "note": "", "currency": "VND"}],
        "note": "",
    } | changed


def write(path: Path, *records: Any) -> Path:
    """A catalogue file of these records, packed when its name says so."""
    text = "".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path
