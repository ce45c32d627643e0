"""Derives the catalogue that the project ships from the full national one: facts only, no prose.

    python -m tools.derive_demo_catalogue [SOURCE [TARGET]]

Codes, names, fields, levels, channels with times and fees, labels of components and results, legal references. The
steps, requirements and descriptions stay behind, and so do components that explain instead of naming a paper. The
output has the format of the source, so the same importer reads both; it is the same for the same source, byte by byte.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from motcua.services.procedures import rules
from motcua.services.procedures.records import legal_number

ROOT = Path(__file__).parents[1]
SOURCE = ROOT.parent / "shared" / "data" / "procedures" / "procedures.jsonl.gz"
TARGET = ROOT / "src" / "motcua" / "services" / "procedures" / "data" / "demo_catalogue.jsonl.gz"

PLAIN = ("code", "decision_no", "name", "level", "kind", "field", "issuer", "subjects")
LABELS = ("executing", "authority", "results", "keywords")
MOST = 1_000_000  # bytes, so that the checkout stays small


def derive(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of one record of the source."""
    derived: dict[str, Any] = {key: record[key] for key in PLAIN}
    derived |= {key: rules.short_label(record[key]) for key in LABELS}
    derived["methods"] = [_method(method) for method in record["methods"]]
    derived["components"] = [case for case in map(_case, record["components"]) if case["items"]]
    references = (legal_number(title) or rules.short_label(title, 80) for title in record["legal_basis"])
    derived["legal_basis"] = list(dict.fromkeys(references))
    return {key: value for key, value in derived.items() if value not in ("", [])}


def _method(method: dict[str, Any]) -> dict[str, Any]:
    derived = {"channel": method["channel"], "time_value": method["time_value"], "time_unit": method["time_unit"]}
    if label := rules.method_label(method["note"]):
        derived["note"] = label
    fees = [
        {"amount": fee["amount"], "currency": fee["currency"]}
        | ({"note": note} if (note := rules.short_label(fee["note"], 60)) and len(method["fees"]) > 1 else {})
        for fee in method["fees"]
    ]
    return derived | ({"fees": fees} if fees else {})


def _case(case: dict[str, Any]) -> dict[str, Any]:
    items = [
        {"name": _component(item["name"]), "original": item["original"], "copy": item["copy"]}
        for item in case["items"]
        if "original" in item and not rules.is_prose(item["name"], item["original"], item["copy"])
    ]
    label = rules.short_label(case["case"])
    return ({"case": label} if label else {}) | {"items": [item for item in items if item["name"]]}


def _component(name: str) -> str:
    """The label of a component; that it depends on the case stays known where the clause that said so is left out."""
    label = rules.short_label(name)
    lost = rules.is_conditional(name) and not rules.is_conditional(label)
    return f"{label} (tùy trường hợp)" if label and lost else label


def lines(source: Path) -> Iterator[str]:
    """One compact JSON line per record, in the order of the source."""
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.dumps(derive(json.loads(line)), ensure_ascii=False, separators=(",", ":")) + "\n"


def packed(text: str) -> bytes:
    """gzip without time and name, so that the same text gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]) if arguments else SOURCE
    target = Path(arguments[1]) if len(arguments) > 1 else TARGET
    content = packed("".join(lines(source)))
    if len(content) > MOST:
        sys.stderr.write(f"{len(content)} bytes are more than {MOST}.\n")
        return 1
    target.write_bytes(content)
    sys.stderr.write(f"{target.name}: {len(content)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
