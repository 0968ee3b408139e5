"""The parts of a zipped office document, with bounds, and their XML without anything that reaches outside itself."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.etree import ElementTree
from xml.parsers import expat

from juxing_text.documents.document import Unreadable, UnreadableDocument

MAXIMUM_PARTS = 4000
MAXIMUM_PART_BYTES = 64 * 2**20
MAXIMUM_BYTES = 256 * 2**20
"""Of all parts unpacked, pictures included; a document of 400 pages with photos stays far below."""


_SPOILT = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError)


class _HasDoctype(Exception):
    pass


class Zipped:
    """A zipped document; parts are unpacked one by one when asked for."""

    def __init__(self, content: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
        except (*_SPOILT, ValueError):
            raise UnreadableDocument(Unreadable.DAMAGED) from None
        parts = self._file.infolist()
        if len(parts) > MAXIMUM_PARTS or sum(part.file_size for part in parts) > MAXIMUM_BYTES:
            raise UnreadableDocument(Unreadable.TOO_LARGE)
        self.names = frozenset(part.filename for part in parts)

    def part(self, name: str) -> ElementTree.Element | None:
        """
        Return a part's XML, None where there is no such part.

        Raises:
            UnreadableDocument: if it is damaged, too large when unpacked, or declares a document type: entities
                could otherwise blow it up or read other files. Office programs write none.
        """
        if name not in self.names:
            return None
        try:
            info = self._file.getinfo(name)
            if info.file_size > MAXIMUM_PART_BYTES:
                raise UnreadableDocument(Unreadable.TOO_LARGE)
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise UnreadableDocument(Unreadable.DAMAGED)
            if info.flag_bits & 1:
                raise UnreadableDocument(Unreadable.ENCRYPTED)
            text = self._file.read(info)
            _refuse_doctype(text)
            return ElementTree.fromstring(text)  # noqa: S314 - document types were refused, so there are no entities
        except UnreadableDocument:
            raise
        except (*_SPOILT, ElementTree.ParseError, expat.ExpatError, _HasDoctype, ValueError, LookupError):
            raise UnreadableDocument(Unreadable.DAMAGED) from None


def _refuse_doctype(text: bytes) -> None:
    def refuse(*_given: object) -> None:
        raise _HasDoctype

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(text, True)
