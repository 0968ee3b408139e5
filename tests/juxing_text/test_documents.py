"""Word and PDF files: what is read of good ones, what is said of bad ones."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pypdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from juxing_text.documents import Origin, Paragraph, Table, UnreadableDocument
from juxing_text.documents.apart import read_apart
from juxing_text.documents.document import MAXIMUM_PAGES, Unreadable, from_data
from juxing_text.documents.reading import read_document
from tests.juxing_text.plan_files import TYPED, pdf, with_part, word

XXE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;</w:t>
</w:r></w:p></w:body></w:document>"""
LAUGHS = b"""<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"""


def texts(content: bytes) -> list[str]:
    return [block.text for block in read_document(content).blocks if isinstance(block, Paragraph)]


def reason(content: bytes) -> Unreadable:
    with pytest.raises(UnreadableDocument) as caught:
        read_document(content)
    return caught.value.reason


def test_word_gives_paragraphs_tables_styles_numbers_and_margins_in_order() -> None:
    def change(document: Any) -> None:
        document.add_paragraph("第一项", style="List Number")
        document.add_paragraph("第二项", style="List Number")
        document.sections[0].header.paragraphs[0].text = "云间区"
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "竖"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "横"
        table.cell(1, 1).text = "甲"

    read = read_document(word("# 总则\n正文", change))

    assert read.blocks == (
        Paragraph("总则", 1), Paragraph("正文"), Paragraph("1.第一项"), Paragraph("2.第二项"),
        Table((("竖", "横", ""), ("竖", "甲", ""))), Paragraph("云间区", origin=Origin.MARGIN),
    )  # fmt: skip
    assert from_data(read.as_data()) == read


def test_word_text_in_changes_controls_tags_and_boxes_is_not_lost() -> None:
    def change(document: Any) -> None:
        for xml in (
            "<w:p {0}><w:ins w:id='1' w:author='x'><w:r><w:t>插入</w:t></w:r></w:ins>"
            "<w:del w:id='2' w:author='x'><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>",
            "<w:sdt {0}><w:sdtContent><w:p><w:smartTag w:uri='u' w:element='e'><w:r><w:t>控件</w:t></w:r></w:smartTag>"
            "</w:p></w:sdtContent></w:sdt>",
            "<w:p {0}><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:txbxContent></w:pict>"
            "</w:r><w:r><w:t>段落</w:t></w:r></w:p>",
        ):
            document.element.body.insert(0, parse_xml(xml.format(nsdecls("w"))))

    assert texts(word("尾", change)) == ["段落", "文本框", "控件", "插入", "尾"]


def test_pdf_gives_paragraphs_over_lines_and_pages_tables_and_no_page_numbers() -> None:
    long = "为了依法、快速、有序地做好本区防汛工作，保护人民群众的生命财产安全，维护社会稳定，制定本预案。"
    content = pdf(
        f"一、总则\n{long}\n@物资名称|数量|存放地点;沙袋|2000条|区应急仓库;水泵|12台|街道仓库\n---\n二、指挥\n---\n三、保障",
        header="云间区防汛预案",
    )

    read = read_document(content)

    assert [block for block in read.blocks if isinstance(block, Table)] == [
        Table((("物资名称", "数量", "存放地点"), ("沙袋", "2000条", "区应急仓库"), ("水泵", "12台", "街道仓库")))
    ]
    assert [block.text for block in read.blocks if isinstance(block, Paragraph) and block.origin is Origin.BODY] == [
        "一、总则", long, "二、指挥", "三、保障"
    ]  # fmt: skip
    assert [block.text for block in read.blocks if isinstance(block, Paragraph) and block.origin is Origin.MARGIN] == [
        "云间区防汛预案"
    ]


def test_file_closed_damaged_scanned_or_of_another_kind_is_said_so() -> None:
    plan, pages = word("总则"), pdf("总则")
    scan = io.BytesIO()
    Image.new("RGB", (60, 80)).save(scan, "PDF")
    closed = pypdf.PdfWriter(clone_from=io.BytesIO(pages))
    closed.encrypt("secret")
    locked = io.BytesIO()
    closed.write(locked)
    blank = pypdf.PdfWriter()
    for _page in range(MAXIMUM_PAGES + 1):
        blank.add_blank_page(100, 100)
    endless = io.BytesIO()
    blank.write(endless)
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600

    assert [reason(content) for content in (
        b"", old, old + "EncryptedPackage".encode("utf-16-le"), b"GIF89a....", plan[:-200], pages[:60],
        scan.getvalue(), locked.getvalue(), endless.getvalue(), with_part(plan, "word/vbaProject.bin", b"x"), word(""),
    )] == [
        Unreadable.EMPTY, Unreadable.OLD_WORD, Unreadable.ENCRYPTED, Unreadable.UNKNOWN, Unreadable.DAMAGED,
        Unreadable.DAMAGED, Unreadable.SCANNED, Unreadable.ENCRYPTED, Unreadable.TOO_MANY_PAGES, Unreadable.MACROS,
        Unreadable.NO_TEXT,
    ]  # fmt: skip


@pytest.mark.parametrize("part", [XXE, LAUGHS, XXE.decode().encode("utf-16")])
def test_entities_are_refused_whatever_they_would_do(part: bytes) -> None:
    assert reason(with_part(word("总则"), "word/document.xml", part)) is Unreadable.DAMAGED


def test_part_that_unpacks_to_much_more_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(word("总则"), "word/document.xml", b" " * (65 * 2**20))

    assert len(bomb) < 200_000
    assert reason(bomb) is Unreadable.TOO_LARGE


def test_reading_apart_gives_the_same_and_stops_what_takes_too_long() -> None:
    content = word(TYPED)

    assert read_apart(content) == read_document(content)
    with pytest.raises(UnreadableDocument, match="too_hard"):
        read_apart(content, seconds=0.01)
    with pytest.raises(UnreadableDocument, match="old_word"):
        read_apart(b"{\\rtf1 x}")


@given(st.integers(0, 8000), st.binary(min_size=1, max_size=40), st.booleans())
@settings(max_examples=60, deadline=None)
def test_spoilt_file_is_read_or_refused(at: int, spoil: bytes, is_word: bool) -> None:
    content = WORD if is_word else PDF
    at %= len(content)
    read = None
    with contextlib.suppress(UnreadableDocument):
        read = read_document(content[:at] + spoil + content[at + len(spoil) :])
    assert read is None or read.blocks


WORD, PDF = word("一、总则\n正文"), pdf("一、总则\n正文")
