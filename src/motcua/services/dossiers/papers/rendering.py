"""From plain data to a PDF: typst with our templates and our typeface alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from motcua.services.dossiers.papers.glyphs import printable

TEMPLATES: Final = Path(__file__).parent / "templates"
STANDARDS: Final = ["a-2a", "ua-1"]


def qr_svg(text: str) -> str:
    """A QR code as SVG text, medium error correction: still read from a folded sheet."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()


@cache
def _compiler() -> Any:
    """Made when the first paper is."""
    import fontpkg_be_vietnam_pro
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(fontpkg_be_vietnam_pro.ROOT) / "files")],
    )
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


_compiling = threading.Lock()


def render(template: str, content: dict[str, Any], at: datetime) -> bytes:
    """The PDF (PDF/A-2a, PDF/UA-1) of a template. The same content and moment give the same bytes.

    What people typed travels as data: nothing in it is ever read as markup.
    """
    with _compiling:
        made = _compiler().compile(
            input=str(TEMPLATES / f"{template}.typ"),
            format="pdf",
            sys_inputs={"data": json.dumps(printable(content), ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=int(at.astimezone(UTC).timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


def render_apart(template: str, content: dict[str, Any], at: datetime) -> bytes:
    """The same, in a process of its own: for papers of hundreds of pages.

    The compiler keeps what it made of the last ones, half a gigabyte for a volume of the register; so it goes back
    with the process. Raises ``RuntimeError`` when that fails.
    """
    asked = json.dumps({"template": template, "content": content, "at": at.isoformat()}, ensure_ascii=False)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "motcua.services.dossiers.paper_apart"],
        input=asked.encode(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # finds the same settings
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        # Only the kind of error: what follows it may quote the paper.
        raise RuntimeError(f"The paper {template} could not be made: {said.partition(':')[0] or done.returncode}")
    return done.stdout
