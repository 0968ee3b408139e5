"""Papers people hand in: only pictures and PDFs, only small ones, and nothing in them but what is seen."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from juxing.kernel.pictures import NotAPicture, TooManyPixels, redrawn
from juxing.kernel.refusals import InvalidInput

MAXIMUM_BYTES = 8 * 2**20
MAXIMUM_SIDE = 2000
PDF = "application/pdf"
HEAD, END = re.compile(rb"%PDF-[12]\.\d"), re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|Encrypt|OpenAction|AA|RichMedia|XFA)\b")
"""What makes a PDF more than paper: programs, other files, a lock."""


def checked_paper(content: bytes) -> tuple[bytes, str]:
    """
    Return a paper as it is kept, and its content type; pictures are redrawn without place, time and camera.

    What the file is called does not count. A PDF must begin and end as one, and may hold nothing that acts.

    Raises:
        InvalidInput: if it is too large, neither picture nor PDF, or a PDF that does more than show.
    """
    if len(content) > MAXIMUM_BYTES:
        raise InvalidInput("paper_too_large", _("The file is larger than 8 MB. Take a smaller one."), field="paper")
    if HEAD.match(content):
        return _plain_pdf(content), PDF
    return _redrawn(content)


def _plain_pdf(content: bytes) -> bytes:
    if not END.search(content[-2048:]):
        raise InvalidInput("paper_unreadable", _("This PDF is not whole. Save it once more."), field="paper")
    if ACTIVE.search(content):
        raise InvalidInput(
            "paper_acts", _("This PDF holds more than pages. Print it to a new PDF, or take a photo."), field="paper"
        )
    return content


def _redrawn(content: bytes) -> tuple[bytes, str]:
    try:
        return redrawn(content, widest=MAXIMUM_SIDE)
    except TooManyPixels:
        raise InvalidInput(
            "paper_too_large", _("The picture is too large. Take a smaller one."), field="paper"
        ) from None
    except NotAPicture:
        raise InvalidInput(
            "paper_unreadable", _("This is neither a picture nor a PDF. Use JPEG, PNG, WebP or PDF."), field="paper"
        ) from None
