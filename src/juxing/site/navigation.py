"""The side navigation and the phone's tabs: what a role can use, grouped as its work is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Words
from juxing.kernel.rights import rights


@dataclass(frozen=True, slots=True)
class Entry:
    """One page, shown to whoever holds the right somewhere (to every account when "")."""

    label: Words
    url_name: str
    icon: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    label: Words
    entries: tuple[Entry, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        _("Now"),
        (
            Entry(_("Operating picture"), "overview:picture", "map-2", "overview.view"),
            Entry(_("Incidents and responses"), "activations:incidents", "urgent", "activations.see"),
            Entry(_("Calls and orders"), "command:my_orders", "speakerphone"),
            Entry(_("Emergency plans"), "plans:list", "clipboard-list", "plans.see"),
            Entry(_("Drills"), "drills:list", "target", "drills.see"),
            Entry(_("Reviews"), "reviews:list", "history", "reviews.see"),
        ),
    ),
    Group(
        _("Needs"),
        (
            Entry(_("Needs"), "needs:list", "list", "needs.read"),
            Entry(_("Record a need"), "needs:record", "plus", "needs.record"),
            Entry(_("Collection rounds"), "needs:rounds", "door", "needs.record"),
            Entry(_("Paused intake"), "needs:pauses", "player-pause", "needs.pause"),
            Entry(_("Order chains"), "needs:order_chains", "messages", "needs.import"),
            Entry(_("Import a list"), "needs:import", "upload", "needs.import"),
        ),
    ),
    Group(
        _("Help"),
        (
            Entry(_("Matching"), "dispatch:runs", "link", "dispatch.view"),
            Entry(_("Tasks"), "dispatch:tasks", "checklist", "dispatch.view"),
            Entry(_("Delivery rounds"), "dispatch:rounds", "route", "dispatch.view"),
            Entry(_("Responders"), "responders:list", "users", "responders.view"),
            Entry(_("Talent pool"), "responders:talents", "certificate", "responders.view"),
            Entry(_("Trainings"), "responders:trainings", "school", "responders.train"),
            Entry(_("Recruitment calls"), "responders:calls", "heart-handshake", "responders.recruit"),
            Entry(_("Rosters"), "responders:rosters", "calendar-event", "responders.roster"),
            Entry(_("Supplies"), "supplies:stock", "package", "supplies.view"),
            Entry(_("Requests and offers"), "supplies:requests", "arrows-sort", "supplies.view"),
            Entry(_("Group purchases"), "group_purchases:list", "packages", "group_purchases.take_part"),
        ),
    ),
    Group(
        _("Ground"),
        (
            Entry(pgettext_lazy("site", "Places"), "places:areas", "building", "places.see"),
            Entry(_("Residents"), "people:search", "home", "people.find"),
            Entry(_("Requests about own data"), "people:requests", "inbox", "people.answer_requests"),
            Entry(_("Venues"), "venues:list", "door", "venues.see"),
        ),
    ),
    Group(
        _("Organisations and posts"),
        (
            Entry(_("Organisations"), "organisations:list", "building-community", "organisations.see"),
            Entry(_("Posts"), "organisations:board", "id-badge-2", "organisations.see"),
            Entry(_("My posts"), "organisations:own_posts", "user-check", "organisations.see"),
            Entry(_("Who answers for what"), "organisations:coverage", "map-pin", "organisations.see_coverage"),
            Entry(_("Branches and groups"), "organisations:branches", "users-group", "organisations.see"),
            Entry(_("Joint committees"), "organisations:committees", "sitemap", "organisations.see"),
            Entry(_("Programmes"), "organisations:programmes", "target", "organisations.count"),
            Entry(_("Staff register"), "organisations:staff", "school", "organisations.keep_staff"),
        ),
    ),
    Group(
        _("Oversight"),
        (
            Entry(_("Journal"), "access:journal", "history", "access.read_journal"),
            Entry(_("Emergency access"), "access:break_glass_list", "lock-open", "access.review_break_glass"),
            Entry(_("Files taken out"), "access:exports", "download", "access.see_exports"),
            Entry(_("Accounts"), "access:accounts", "key", "access.administer"),
        ),
    ),
)
PHONE_TABS: tuple[Entry, ...] = (
    Entry(_("My tasks"), "dispatch:my_tasks", "checklist"),
    Entry(_("Record"), "needs:record_phone", "plus", "needs.record"),
    Entry(_("Nearby needs"), "needs:list", "list", "needs.read"),
    Entry(_("Me"), "responders:me", "user"),
)


def navigation_for(actor: Actor, path: str) -> list[dict[str, Any]]:
    """Return the groups this actor can use, with the current page marked; empty groups are left out."""
    groups = [{"label": group.label, "entries": _shown(group.entries, actor, path)} for group in GROUPS]
    return [group for group in groups if group["entries"]]


def phone_tabs_for(actor: Actor, path: str) -> list[dict[str, Any]]:
    """Return the phone's tabs for this actor."""
    return _shown(PHONE_TABS, actor, path)


def _shown(entries: Sequence[Entry], actor: Actor, path: str) -> list[dict[str, Any]]:
    offered = [entry for entry in entries if _url(entry) and _may_use(entry, actor)]
    urls = {entry.url_name: _url(entry) for entry in offered}
    current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    return [
        {
            "label": entry.label, "url": urls[entry.url_name], "icon": entry.icon,
            "is_current": urls[entry.url_name] == current,
        }
        for entry in offered
    ]  # fmt: skip


def _may_use(entry: Entry, actor: Actor) -> bool:
    return not entry.right or actor.may_somewhere(rights[entry.right])


def _url(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""
