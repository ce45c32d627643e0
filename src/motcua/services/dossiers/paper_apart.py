"""One large paper in a process of its own: ``python -m motcua.services.dossiers.paper_apart < JSON > PDF``.

``papers.rendering.render_apart`` starts it; the memory that the compiler keeps goes back when it ends.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime


def main() -> None:
    """Reads template, content and moment, writes the PDF."""
    import django

    django.setup()
    from motcua.services.dossiers.papers.rendering import render

    asked = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(render(asked["template"], asked["content"], datetime.fromisoformat(asked["at"])))


if __name__ == "__main__":
    main()
