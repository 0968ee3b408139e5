"""
Picking one of many by typing: a field that offers what fits, and reads the text also when nothing was offered.

What stands in the box is text. ``picked`` finds what it means: exactly what was offered, or the only thing it fits. So
a form works without a script, and from a keyboard, and says what it could have meant where that is not clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.http import JsonResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput

Thing = TypeVar("Thing")
MOST_OFFERED = 12
LONGEST = 140


@dataclass(frozen=True, slots=True)
class Choice(Generic[Thing]):
    """Something that can be picked: the text that stands for it and for nothing else, and a word to tell it apart."""

    thing: Thing
    text: str
    note: str = ""


Search = Callable[[str, int], Sequence[Choice[Thing]]]
"""Asked with what was typed and how many at most, the best first; asked with a whole ``text`` it finds that one."""


class PickerInput(forms.TextInput):
    """A text box that offers what fits, from an address that answers ``?q=`` (see ``offered``)."""

    template_name = "components/picker_input.html"

    def __init__(self, url_name: str, *, scope: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "off", **(attrs or {})})
        self._url, self._scope = reverse_lazy(url_name), scope

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the context of the box with the address it asks."""
        return {**super().get_context(name, value, attrs), "url": str(self._url), "scope": self._scope}


def offered(search: Search[Any], text: str) -> JsonResponse:
    """Return what fits the text, for the box that asked."""
    found = search(text.strip()[:LONGEST], MOST_OFFERED) if text.strip() else []
    return JsonResponse({"options": [{"text": one.text, "note": one.note} for one in found]})


def picked(search: Search[Thing], text: str, *, field: str) -> Thing:
    """
    Return what the text means: the one whose text it is, else the only one it fits.

    Raises:
        InvalidInput: if it fits nothing, or several; these are named.
    """
    said = text.strip()[:LONGEST]
    found = list(search(said, MOST_OFFERED)) if said else []
    exact = [one for one in found if one.text == said]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0].thing
    if not found:
        raise InvalidInput("nothing_fits", _("Nothing fits what you wrote. Choose what is offered."), field=field)
    named = "; ".join(one.text for one in found[:5])
    raise InvalidInput("several_fit", _("Several fit, write more: %(named)s") % {"named": named}, field=field)
