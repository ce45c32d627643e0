"""The folder that everything of this installation lives in. Apart from the settings, since it is needed before them."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[3]


def home() -> Path:
    """``MOTCUA_HOME``, absolute; ``.motcua`` in the checkout when it is not set."""
    return Path(os.environ.get("MOTCUA_HOME") or PROJECT_DIR / ".motcua").resolve()
