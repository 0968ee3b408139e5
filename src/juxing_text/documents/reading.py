"""Telling what a file is by its first bytes, not by its name, and reading it."""

from __future__ import annotations

from juxing_text.documents.document import Document, Unreadable, UnreadableDocument
from juxing_text.documents.word import read_word

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF = b"%PDF-"
LOOKED_AT = 1024
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which Office keeps a document closed with a password."""


def read_document(content: bytes) -> Document:
    """
    Return what a .docx or PDF file says; call it through ``apart.read_apart`` for a file from outside.

    Raises:
        UnreadableDocument: if it is neither, is closed with a password, damaged, a scan, or too large.
    """
    kind = kind_of(content)
    if isinstance(kind, Unreadable):
        raise UnreadableDocument(kind)
    if kind == "docx":
        return read_word(content)
    from juxing_text.documents.pdf import read_pdf

    return read_pdf(content)


def kind_of(content: bytes) -> str | Unreadable:
    """Return "docx" or "pdf", or why the file is not read."""
    if not content.strip(b"\x00\t\r\n "):
        return Unreadable.EMPTY
    if content.startswith(ZIP):
        return "docx"
    if content.startswith(OLD_OFFICE):
        return Unreadable.ENCRYPTED if _ENCRYPTED_PACKAGE in content else Unreadable.OLD_WORD
    if PDF in content[:LOOKED_AT]:
        return "pdf"
    if content.startswith(b"{\\rtf"):
        return Unreadable.OLD_WORD
    return Unreadable.UNKNOWN
