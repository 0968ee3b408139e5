"""A version of a plan as a Word file: chapters to write in, and a table for each part that comes back row by row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from juxing.access.exporting import FileForm, Table, declare_export
from juxing.kernel.refusals import NotVisible
from juxing.plans import policy, queries
from juxing.plans.completeness import PART_LABELS
from juxing.plans.content import parsed
from juxing.plans.forms import LABELS
from juxing.plans.hazards import hazards
from juxing.plans.plan_form import CODE, TABLED, cells, columns
from juxing.plans.words import PlanWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document
    from docx.table import Table as WordTable

    from juxing.access.export_files import Mark
    from juxing.kernel.actors import Actor
    from juxing.kernel.areas import Areas

KIND = "plans.word"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY_FONT, HEAD_FONT = "FangSong", "SimHei"
"""The faces of official documents under the names by which Word and WPS know them."""
WIDE = {"title": 3, "text": 6, "duties": 4, "source": 2, "holder_roles": 2}
SHADE = "DCEBEE"


@dataclass(frozen=True, slots=True)
class PlanPaper(Table):
    """What stands in the file: the plan's title and subtitle, its chapters, and its parts as rows of cells."""

    title: str = ""
    subtitle: str = ""
    chapters: Sequence[tuple[str, str]] = field(default=())
    parts: Sequence[tuple[str, Sequence[Sequence[str]]]] = field(default=())


def gather(actor: Actor, _areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> PlanPaper:
    """Return a version of a plan the actor may read, as it is written."""
    detail = queries.plan_detail(actor=actor, uuid=UUID(arguments["plan"]))
    version = next((one for one in detail.versions if one.number == arguments["version"]), None)
    if version is None:
        raise NotVisible
    content = parsed(version.content).model_dump(mode="json")
    words = PlanWords(content)
    parts = [(part, [cells(part, row, words) for row in content[part]]) for part in TABLED]
    known = hazards().get(detail.plan.hazard)
    hazard = known.named(get_language() or "") if known is not None else detail.plan.hazard
    return PlanPaper(
        (), [row for _part, rows in parts for row in rows], title=detail.plan.title,
        subtitle=f"{hazard} · {detail.plan.get_area_kind_display()} · v{version.number} · "
                 f"{version.get_status_display()}",
        chapters=[(row["title"], row["text"]) for row in content["sections"]], parts=parts,
    )  # fmt: skip


def as_word(table: Table, mark: Mark) -> bytes:
    """Return the plan as a .docx with its mark below every page."""
    import docx
    from docx.enum.section import WD_ORIENT, WD_SECTION

    assert isinstance(table, PlanPaper)  # noqa: S101 - the kind's own gather made it
    document = docx.Document()
    _faces(document)
    document.core_properties.title, document.core_properties.comments = table.title, mark.number
    document.core_properties.author = ""
    document.add_paragraph(table.title, style="Title")
    document.add_paragraph(table.subtitle)
    document.add_paragraph(_how())
    for title, text in table.chapters:
        document.add_heading(title, 1)
        for line in text.split("\n"):
            document.add_paragraph(line)
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width
    for part, rows in table.parts:
        document.add_heading(str(PART_LABELS[part]), 1)
        _table(document, part, rows)
    for each in document.sections:
        each.footer.is_linked_to_previous = False
        each.footer.paragraphs[0].text = mark.heading
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _how() -> str:
    return _(
        "Write in the chapters and the tables; a new row leaves the last column empty. Sent in again, each row comes "
        "back to its place and is confirmed there."
    )


def _table(document: Document, part: str, rows: Sequence[Sequence[str]]) -> None:
    """Add a part's table, its header repeated on every page, the codes small and grey."""
    from docx.shared import Pt

    names = columns(part)
    made = document.add_table(1 + len(rows), len(names), style="Table Grid")
    made.autofit = False
    page = document.sections[-1]
    width = (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)
    shares = [WIDE.get(name, 1.2) for name in names]
    heads = [str(LABELS[name]) for name in names]
    for number, (line, texts) in enumerate(zip(made.rows, [heads, *rows], strict=True)):
        for name, share, cell, text in zip(names, shares, line.cells, texts, strict=True):
            cell.width = int(width * share / sum(shares))
            paragraph = cell.paragraphs[0]
            for at, piece in enumerate(text.split("\n")):
                paragraph = cell.add_paragraph() if at else paragraph
                run = paragraph.add_run(piece)
                run.bold, run.font.size = number == 0, Pt(6 if name == CODE and number else 9)
    _repeat_and_shade(made)


def _repeat_and_shade(table: WordTable) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way to it
    properties.append(OxmlElement("w:tblHeader"))
    for cell in table.rows[0].cells:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - the same


def _faces(document: Document) -> None:
    """Set the faces for Han, which the library's own template leaves to chance, and plain black headings."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    for name, face, size in (("Normal", BODY_FONT, 12), ("Title", HEAD_FONT, 22), ("Heading 1", HEAD_FONT, 15)):
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), "Times New Roman"
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


EXPORT = declare_export(
    KIND, gettext_lazy("Plan as a Word file"), right=policy.WRITE, gather=gather, file_name="plan",
    forms=(FileForm("docx", "Word", WORD, as_word),),
)  # fmt: skip
