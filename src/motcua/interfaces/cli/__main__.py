"""``python -m motcua.interfaces.cli``: the same as ``motcua``, for starting it from inside."""

from __future__ import annotations

import sys

from motcua.interfaces.cli import main

if __name__ == "__main__":
    sys.exit(main())
