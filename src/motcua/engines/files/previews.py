"""Small pictures of pictures. PDFs are shown by the browser's own viewer, in an <iframe> of ``file_response``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from django.conf import settings

from motcua.engines.files.kinds import MOST_PIXELS
from motcua.engines.files.models import Blob, Scan
from motcua.engines.files.store import open_blob
from motcua.foundation.keys import new_id

SIDE: Final = 480
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def preview_path(sha256: str) -> Path:
    """Where the preview lies. It can always be made again, so it is no blob and needs no sync."""
    return Path(settings.FILES_DIR) / "previews" / sha256[:2] / f"{sha256}.webp"


def has_preview(blob: Blob) -> bool:
    """Whether a preview can be made of this kind of file."""
    return blob.media_type in PICTURES and blob.scan != Scan.REFUSED


def make_preview(blob: Blob) -> Path | None:
    """Makes the preview (WebP, 480 px at most, no metadata) unless it is there. ``None`` where none can be made.

    Raises ``NotFound`` when the bytes are gone.
    """
    if not has_preview(blob):
        return None
    target = preview_path(blob.sha256)
    if target.exists():
        return target
    from PIL import Image, ImageOps, UnidentifiedImageError

    with open_blob(blob.sha256) as file:
        try:
            with Image.open(file, formats=["PNG", "JPEG", "WEBP", "GIF"]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("RGB", (SIDE * 2, SIDE * 2))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((SIDE, SIDE))
                shown = upright.convert("RGBA" if "A" in upright.getbands() else "RGB")
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return None
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{new_id()}.part")
    try:
        shown.save(aside, "WEBP", quality=75)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return target
