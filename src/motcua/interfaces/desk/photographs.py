"""Reading the QR code of an identity card out of a photograph, for counters without a scanner."""

from __future__ import annotations

from typing import Any, Final

import zxingcpp
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 2400


def code_in(photo: UploadedFile[Any]) -> str:
    """The text of the first QR code in the picture; empty when there is none, or it is no picture."""
    if photo.size is None or photo.size > MOST_BYTES:
        return ""
    try:
        with Image.open(photo) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return ""
            upright = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        # whatever was sent is not a picture that can be read
        return ""
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    found = zxingcpp.read_barcodes(upright, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    return next((code.text for code in found if code.valid), "")
