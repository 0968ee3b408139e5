"""What is said of a text that was sent in: why it is not read, and what in it a person should look at."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Words
from juxing_text.documents.document import MAXIMUM_PAGES, Unreadable

UNREADABLE: dict[Unreadable, Words] = {
    Unreadable.EMPTY: _("The file is empty. Choose the file of the plan."),
    Unreadable.UNKNOWN: _("This is neither a Word file (.docx) nor a PDF. Open it in Word or WPS, choose “Save as”, "
                          "type .docx, and send that."),
    Unreadable.OLD_WORD: _("This is an old Word file (.doc). Open it in Word or WPS, choose “Save as”, type .docx, "
                           "and send that."),
    Unreadable.MACROS: _("This file holds macros. Open it in Word or WPS, choose “Save as”, type .docx (without "
                         "macros), and send that."),
    Unreadable.ENCRYPTED: _("This file is closed with a password. Take the password off and send it again."),
    Unreadable.SCANNED: _("This file holds only pictures of pages, no text. Send the file it was printed from, or "
                          "have the text recognised first."),
    Unreadable.DAMAGED: _("This file is damaged. Open it, save it anew as .docx or PDF, and send that."),
    Unreadable.TOO_LARGE: _("This file is too large: more than 20 MB, or more text than any plan has. Leave pictures "
                            "out, or send its parts one by one."),
    Unreadable.TOO_MANY_PAGES: _("This file has more than %(pages)d pages. Send its parts one by one."),
    Unreadable.TOO_HARD: _("This file could not be read in time. Open it, save it anew as .docx, and send that."),
    Unreadable.NO_TEXT: _("There is no text in this file. Choose the file of the plan."),
}  # fmt: skip
DOUBTS: dict[str, Words] = {
    "numbering_jumps": _("The numbering jumps here"),
    "heading_without_number": _("The heading has no number"),
    "topic_unknown": _("What the chapter is about was not recognised"),
    "split_by_length": _("The chapter is long and was split"),
    "header_unknown": _("A table's header was not understood; it stands in the text"),
    "level_missing": _("No response level is named"),
    "level_from_colour": _("The level was taken from a warning's colour"),
    "title_cut": _("The title was shortened"),
    "duties_cut": _("The duties were shortened; they stand whole in the text"),
    "time_missing": _("No time is named; an hour was put in"),
    "responsible_missing": _("Nobody is named; the plan's first post was put in"),
    "responsible_unknown": _("The one named is no post of the plan; the plan's first post was put in"),
    "organisation": _("An organisation: posts are for people"),
    "item_unknown": _("Not in the catalogue"),
    "item_unsure": _("The catalogue item is a guess"),
    "quantity_missing": _("No quantity is named"),
    "unit_differs": _("The unit is not the catalogue's"),
    "quantity_for_whole_place": _("The quantity of the whole place; it is divided among its communities"),
    "there_already": _("The draft has one of this name"),
    "replaces": _("It takes the place of the one the draft has"),
    "unchanged": _("As the draft has it"),
    "new_row": _("New: the draft has none such"),
    "cell_not_understood": _("A cell was not understood; this field stays as it is"),
    "chapter_replaced": _("It takes the place of the draft's chapter of this name"),
}  # fmt: skip
REMARKS: dict[str, Words] = {
    "pages_without_text": _("Some pages are pictures without text; what stands on them is not here."),
    "tables_from_pdf": _("A PDF does not know its tables: rows were put together by where the words stand. The Word "
                         "file is read more surely."),
}  # fmt: skip


def unreadable_words(reason: str) -> Words:
    """Say why a file is not read and what to do."""
    known = UNREADABLE[Unreadable(reason)]
    return known % {"pages": MAXIMUM_PAGES} if reason == Unreadable.TOO_MANY_PAGES else known
