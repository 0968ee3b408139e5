"""Links as drawings that a phone reads."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(link: str, *, scale: int = 4) -> SafeString:
    """Return a link of ours as SVG that scales with its place on the page."""
    drawing = segno.make(link, error="m").svg_inline(scale=scale, border=2, omitsize=False)
    return mark_safe(drawing)  # noqa: S308 - drawn by us from our own address; holds no text of others
