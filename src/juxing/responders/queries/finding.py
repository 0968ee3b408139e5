"""Finding a person among those one may see: by name, the first letters of its pinyin, or the whole telephone number."""

from __future__ import annotations

import re

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.search_text import folded, meant_by
from juxing.people.phone_numbers import normal_phone, phone_index
from juxing.responders import policy
from juxing.responders.enums import ReportInStatus
from juxing.responders.models import Responder

LETTERS = re.compile(r"[a-z ]{1,30}")
MOST_READ = 20_000
"""Names whose pinyin is looked at in one search: a district's responders."""


def found_people(*, actor: Actor, text: str, most: int) -> list[Responder]:
    """
    Return up to ``most`` people of the actor's places whom the text may mean, by name.

    Latin letters are pinyin: ``wxy`` and ``wang xiu`` both find the same person. A telephone number finds its holder.
    """
    said = folded(text.strip())[:60]
    if not said:
        return []
    rows = policy.visible_responders(actor).exclude(status=ReportInStatus.WITHDRAWN)
    index = _index(text)
    if index:
        return list(rows.filter(phone_index=index)[:most])
    if not LETTERS.fullmatch(said):
        return list(rows.filter(name__contains=text.strip()).order_by("name", "id")[:most])
    names = rows.order_by("name", "id").values_list("pk", "name")[:MOST_READ]
    means = meant_by(said)
    ids = [pk for pk, name in names if means(name)][:most]
    return sorted(rows.filter(pk__in=ids), key=lambda one: (one.name, one.pk))


def _index(text: str) -> str:
    try:
        phone = normal_phone(text)
    except InvalidInput:
        return ""
    return phone_index(phone) if phone else ""
