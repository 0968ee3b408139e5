"""Names of WordprocessingML (ISO/IEC 29500-1 part 17), as ElementTree writes them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

_MAIN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def w(name: str) -> str:
    """Return the full name of an element or attribute."""
    return _MAIN + name


def transitional(root: Element) -> Element:
    """Return the tree with the names of the strict form changed to the usual ones, in place."""
    if root.tag.startswith(_STRICT):
        for element in root.iter():
            element.tag = element.tag.replace(_STRICT, _MAIN)
            for name in [name for name in element.attrib if name.startswith(_STRICT)]:
                element.attrib[name.replace(_STRICT, _MAIN)] = element.attrib.pop(name)
    return root


def value_of(element: Element, name: str) -> str:
    """Return the ``val`` of a direct child, "" where there is none."""
    child = element.find(w(name))
    return child.get(w("val"), "") if child is not None else ""
