"""The side navigation: what a role can use, grouped as its work is."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from juxing.access import policy as access_policy
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Words
from juxing.kernel.rights import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation, shown to whoever holds the right somewhere (everyone when None)."""

    label: Words
    url_name: str
    icon: str
    right: Right | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    label: Words
    entries: tuple[Entry, ...]


GROUPS: tuple[Group, ...] = (
    Group(_("Oversight"), (Entry(_("Journal"), "journal", "history", access_policy.READ_JOURNAL),)),
)


def navigation_for(actor: Actor, path: str) -> list[dict[str, object]]:
    """Return the groups this actor can use, with the current page marked; empty groups are left out."""
    shown: list[dict[str, object]] = []
    for group in GROUPS:
        entries = [
            {"label": entry.label, "url": url, "icon": entry.icon, "is_current": path.startswith(url)}
            for entry in group.entries
            if (entry.right is None or actor.may_somewhere(entry.right)) and (url := _url(entry.url_name))
        ]
        if entries:
            shown.append({"label": group.label, "entries": entries})
    return shown


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
