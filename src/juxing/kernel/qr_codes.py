"""Links as drawings that a phone reads."""

from __future__ import annotations

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(link: str, *, scale: int | None = 4) -> SafeString:
    """Return a link of ours as SVG, ``scale`` pixels a module; with none it fills its place on the page."""
    code = segno.make(link, error="m")
    drawing = code.svg_inline(scale=scale or 1, border=2, omitsize=scale is None)
    return mark_safe(drawing)  # noqa: S308 - drawn by us from our own address; holds no text of others


def qr_picture(link: str) -> str:
    """Return a link of ours as a whole SVG document, for printed papers."""
    drawn = BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
