# ruff: noqa: E501 — path data is one line each
"""The icons of the house: drawn on a 24 × 24 grid in strokes of 1.75, as path data (no third-party set)."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Each value is SVG inner markup. Colours come from currentColor alone.
ICONS: dict[str, str] = {
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "check-circle": '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.8 2.8 5.2-6"/>',
    "cross-circle": '<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6m0-6-6 6"/>',
    "alert": '<path d="M12 3.5 2.5 20h19z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.5 9.6a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1.9-1.1 1.7M12 16.7v.1"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.4 2"/>',
    "hourglass": '<path d="M6.5 3.5h11M6.5 20.5h11M8 3.5c0 5 4 5.5 4 8.5s-4 3.5-4 8.5M16 3.5c0 5-4 5.5-4 8.5s4 3.5 4 8.5"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M10 9v6M14 9v6"/>',
    "stop": '<circle cx="12" cy="12" r="9"/><path d="M9 9h6v6H9z"/>',
    "undo": '<path d="M8 5 4 9l4 4"/><path d="M4 9h9.5a5.5 5.5 0 0 1 0 11H8"/>',
    "refresh": '<path d="M20 5v5h-5"/><path d="M19.5 10A8 8 0 1 0 20 14"/>',
    "inbox": '<path d="M4 13.5 6.5 5h11L20 13.5V19H4z"/><path d="M4 13.5h4.5l1.5 2.5h4l1.5-2.5H20"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15z"/><path d="M10 20.5h4"/>',
    "mail": '<path d="M3.5 6h17v12.5h-17z"/><path d="m4 6.5 8 6.5 8-6.5"/>',
    "phone": '<path d="M6 3.5h3.5l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5V18a2.5 2.5 0 0 1-2.5 2.5A14.5 14.5 0 0 1 3.5 6 2.5 2.5 0 0 1 6 3.5z"/>',
    "home": '<path d="m3.5 11.5 8.5-8 8.5 8"/><path d="M6 9.5v10.5h12V9.5"/><path d="M10 20v-6h4v6"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.7-4.2 3.9-6.5 8-6.5s7.3 2.3 8 6.5"/>',
    "users": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.5-3.7 3.1-5.5 6.5-5.5s6 1.8 6.5 5.5"/><path d="M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.3c2.3.6 3.7 2.3 4 5.2"/>',
    "building": '<path d="M4 20.5h16M6 20.5V9.5M18 20.5V9.5M10 20.5V9.5M14 20.5V9.5M3.5 9.5h17L12 3.5z"/>',
    "briefcase": '<path d="M3.5 8h17v11.5h-17z"/><path d="M9 8V4.5h6V8M3.5 13h17"/>',
    "child": '<circle cx="12" cy="6" r="2.8"/><path d="M12 9v6M7 11.5l5-1.5 5 1.5M9 20.5l3-5.5 3 5.5"/>',
    "rings": '<circle cx="8.8" cy="14" r="5.5"/><circle cx="15.2" cy="14" r="5.5"/><path d="m7 5 1.8-1.5L10.6 5 8.8 8.5z"/>',
    "land": '<path d="M3.5 18.5h17M5 18.5V11l5-4 5 4v7.5M9 18.5v-4.5h2.5v4.5M17.5 18.5v-5M17.5 13.5c-1.7 0-2.5-1.3-2.5-2.7 0-1.7 1.2-3.3 2.5-4.8 1.3 1.5 2.5 3.1 2.5 4.8 0 1.4-.8 2.7-2.5 2.7z"/>',
    "vehicle": '<path d="M3.5 16.5v-4l2-5.5h13l2 5.5v4z"/><path d="M3.5 12.5h17"/><circle cx="7.5" cy="17" r="2"/><circle cx="16.5" cy="17" r="2"/>',
    "school": '<path d="m2.5 9.5 9.5-4.5 9.5 4.5-9.5 4.5z"/><path d="M6.5 11.5v5c1.5 1.3 3.3 2 5.5 2s4-.7 5.5-2v-5M21.5 9.5V15"/>',
    "heart": '<path d="M12 20C6.5 16 3.5 12.8 3.5 9.3a4.3 4.3 0 0 1 8.5-1.3 4.3 4.3 0 0 1 8.5 1.3C20.5 12.8 17.5 16 12 20z"/>',
    "lotus": '<path d="M12 18.5c-3-2-3.8-5-3.3-7.5.3-2 1.6-4.2 3.3-6 1.7 1.8 3 4 3.3 6 .5 2.5-.3 5.5-3.3 7.5z"/><path d="M8.5 10C6.5 9 4.5 8.8 2.5 9c.3 4.5 3.5 8.7 9.5 9.5 6-.8 9.2-5 9.5-9.5-2-.2-4 0-6 1"/>',
    "store": '<path d="M4 10v10.5h16V10"/><path d="M3 8.5 5 3.5h14l2 5c0 1.5-1 2.5-2.3 2.5S16.5 10 16.5 8.5c0 1.5-1 2.5-2.2 2.5S12 10 12 8.5c0 1.5-1 2.5-2.3 2.5S7.5 10 7.5 8.5C7.5 10 6.5 11 5.3 11S3 10 3 8.5z"/><path d="M9.5 20.5V15h5v5.5"/>',
    "document": '<path d="M6 3.5h8l4.5 4.5v12.5H6z"/><path d="M13.5 3.5V8.5h5M9 12.5h6.5M9 16h6.5"/>',
    "documents": '<path d="M8 6.5h7l4 4v10H8z"/><path d="M5 17.5v-14h8"/><path d="M14.5 6.5V11H19"/>',
    "image": '<path d="M3.5 5h17v14h-17z"/><circle cx="8.5" cy="9.5" r="1.5"/><path d="m4 17 5-4.5 3.5 3 3.5-4 4.5 4.5"/>',
    "file-pdf": '<path d="M6 3.5h8l4.5 4.5v12.5H6z"/><path d="M13.5 3.5V8.5h5"/><path d="M9 17.5v-5h1.5a1.5 1.5 0 0 1 0 3H9M13 12.5h1a2.5 2.5 0 0 1 0 5h-1z"/>',
    "clipboard": '<path d="M5.5 5h13v15.5h-13z"/><path d="M9 3.5h6v3H9zM9 11h6.5M9 15h4.5"/>',
    "pen": '<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19z"/><path d="m13.5 7 3.5 3.5"/>',
    "sign": '<path d="M3.5 20.5h17"/><path d="M4 15.5c2 2 3-1 4-4.5 1.2-4.2 2.5-7 4-7 2.5 0-.5 8-2 11.5 2-3.5 4-4.5 4.5-3s-.5 3 1 3 2.5-1.5 4.5-2.5"/>',
    "stamp": '<path d="M5 20.5h14M6 17h12v-2.5c0-1-.7-1.5-2-1.5h-1.5c-1 0-1.5-.7-1-1.8.6-1.3 1.5-2.6 1.5-4.2a3 3 0 1 0-6 0c0 1.6.9 2.9 1.5 4.2.5 1.1 0 1.8-1 1.8H8c-1.3 0-2 .5-2 1.5z"/>',
    "upload": '<path d="M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5"/><path d="M4 15v5h16v-5"/>',
    "download": '<path d="M12 4v11.5M7.5 11.5 12 16l4.5-4.5"/><path d="M4 15.5v5h16v-5"/>',
    "camera": '<path d="M3.5 7.5H8l1.5-3h5l1.5 3h4.5V19h-17z"/><circle cx="12" cy="13" r="3.5"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z"/><path d="M14 14h2.5v2.5H14zM17.5 17.5H20V20h-2.5zM20 14v.1M14 20v.1M7 7v.1M17 7v.1M7 17v.1"/>',
    "scan": '<path d="M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M4 12h16"/>',
    "copy": '<path d="M8.5 8.5h12v12h-12z"/><path d="M15.5 8.5v-5h-12v12h5"/>',
    "print": '<path d="M7 8.5v-5h10v5M7 17.5H3.5v-9h17v9H17"/><path d="M7 14h10v6.5H7z"/>',
    "trash": '<path d="M4 6.5h16M9 6.5v-3h6v3M6 6.5l1 14h10l1-14M10 10.5v6.5M14 10.5v6.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "filter": '<path d="M3.5 5h17l-6.5 8v6.5l-4-2V13z"/>',
    "sort": '<path d="m8 10 4-4.5L16 10M8 14l4 4.5 4-4.5"/>',
    "sort-up": '<path d="m7 14 5-5.5 5 5.5"/>',
    "sort-down": '<path d="m7 10 5 5.5 5-5.5"/>',
    "chevron-right": '<path d="m9 5 7 7-7 7"/>',
    "chevron-left": '<path d="m15 5-7 7 7 7"/>',
    "chevron-down": '<path d="m5 9 7 7 7-7"/>',
    "arrow-right": '<path d="M4 12h15.5M13.5 6l6 6-6 6"/>',
    "arrow-left": '<path d="M20 12H4.5M10.5 6l-6 6 6 6"/>',
    "external": '<path d="M13.5 4H20v6.5M20 4l-9 9"/><path d="M17 14v6H4V7h6"/>',
    "calendar": '<path d="M4 5.5h16v15H4zM4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "location": '<path d="M12 21c-4-4.5-7-7.8-7-11.2a7 7 0 0 1 14 0C19 13.2 16 16.5 12 21z"/><circle cx="12" cy="10" r="2.5"/>',
    "money": '<path d="M3 6.5h18v11H3z"/><circle cx="12" cy="12" r="2.8"/><path d="M6 9.5v.1M18 14.5v.1"/>',
    "scale": '<path d="M12 4v16M7 20.5h10M5 7h14M5 7l-2.5 7h5zM19 7l-2.5 7h5z"/>',
    "list": '<path d="M9 6h11.5M9 12h11.5M9 18h11.5M4 6h.1M4 12h.1M4 18h.1"/>',
    "history": '<path d="M4 5v5h5"/><path d="M4.5 10A8 8 0 1 1 4 14"/><path d="M12 8v4.5l3 1.5"/>',
    "chat": '<path d="M4 4.5h16v12h-9l-4.5 4v-4H4z"/>',
    "flag": '<path d="M5.5 21V4M5.5 4.5h13l-3 4 3 4.5h-13"/>',
    "star": '<path d="m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17.1 6.7 20l1.1-6L3.4 9.8l6-.8z"/>',
    "pin": '<path d="M9 3.5h6l-1 6 4 4H6l4-4zM12 13.5V21"/>',
    "eye": '<path d="M2.5 12C4.5 8 8 5.5 12 5.5s7.5 2.5 9.5 6.5c-2 4-5.5 6.5-9.5 6.5S4.5 16 2.5 12z"/><circle cx="12" cy="12" r="3"/>',
    "lock": '<path d="M5 10.5h14v10H5z"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2.5"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.3 12.3 20 3.5M16 7.5l3 3M13.5 10l2 2"/>',
    "shield": '<path d="M12 3.5 4.5 6v6c0 4.5 3 7.3 7.5 9 4.5-1.7 7.5-4.5 7.5-9V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>',
    "sign-in": '<path d="M13 4h7v16h-7M4 12h11M11 8l4 4-4 4"/>',
    "sign-out": '<path d="M11 4H4v16h7M9 12h11M16 8l4 4-4 4"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/>',
    "keyboard": '<path d="M2.5 6h19v12h-19z"/><path d="M6 10v.1M10 10v.1M14 10v.1M18 10v.1M8 14.5h8"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.7 2.6 4 5.6 4 9s-1.3 6.4-4 9c-2.7-2.6-4-5.6-4-9s1.3-6.4 4-9z"/>',
    "offline": '<path d="M4 4.5 20 20.5"/><path d="M5 12.5a10 10 0 0 1 3.7-2.3M12 9.5a10 10 0 0 1 7 3M2 9a14 14 0 0 1 4.5-2.9M11 5a14 14 0 0 1 11 4M8.5 16a5 5 0 0 1 5.5-1M12 19.5v.1"/>',
    "save": '<path d="M4 4h12.5L20 7.5V20H4z"/><path d="M8 4v5h7V4M8 20v-6h8v6"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.5-3.5a4 4 0 0 0-5.7-5.7L12 6.3"/><path d="M14 10a4 4 0 0 0-5.7 0l-3.5 3.5a4 4 0 0 0 5.7 5.7L12 17.7"/>',
    "flow": '<path d="M3 9.5h5v5H3zM16 3.5h5v5h-5zM16 15.5h5v5h-5z"/><path d="M8 12h4M16 6h-4v12h4"/>',
    "chart": '<path d="M4 4v16h16M8.5 16v-4M13 16V8M17.5 16v-6"/>',
    "route": '<circle cx="6" cy="18" r="2.5"/><circle cx="18" cy="6" r="2.5"/><path d="M8.5 18H15a3 3 0 0 0 0-6H9a3 3 0 0 1 0-6h6.5"/>',
    "more": '<path d="M5.5 12h.1M12 12h.1M18.5 12h.1"/>',
}


def icon_svg(name: str, size: int = 20, label: str = "") -> SafeString:
    """The icon as inline SVG of ``size`` px at 16 px text (it grows with the text).

    With a ``label`` it is an image with that name; without it is decoration, hidden from screen readers.
    Raises KeyError for a name that is not in ICONS, so that a typo fails the first render.
    """
    inner = mark_safe(ICONS[name])  # noqa: S308  (our own constants)
    if label:
        return format_html(
            '<svg class="mc-icon mc-icon--{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            size,
            label,
            inner,
        )
    return format_html(
        '<svg class="mc-icon mc-icon--{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        size,
        inner,
    )
