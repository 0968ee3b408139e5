"""Reading Word and PDF files people send: paragraphs and tables in their order, with nothing left out in silence.

Files are not to be trusted: ``apart.read_apart`` reads one in a process of its own, with bounds on time and memory.
"""

from juxing_text.documents.document import Document, Origin, Paragraph, Table, UnreadableDocument

__all__ = ["Document", "Origin", "Paragraph", "Table", "UnreadableDocument"]
