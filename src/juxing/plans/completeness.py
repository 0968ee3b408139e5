"""
How complete a plan is: what the document lacks, and what the registry lacks of what the document wants.

The second half asks the conversion steps of the rooms for a preview at the highest level, so a plan is measured
against the same register, by the same rules, as a conversion would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.kernel.actors import Actor
from juxing.kernel.conversion import ConversionOrder, Shortage, steps_in_order
from juxing.kernel.refusals import Words
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans.content import PlanContent, parsed
from juxing.plans.duties import answers_to
from juxing.plans.enums import ResponseLevel, VersionStatus
from juxing.plans.models import PlanVersion

NOBODYS = UUID(int=0)
STREET_LENGTH = 9


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of a plan: ``found`` of ``wanted``; ``missing`` names what is not there."""

    code: str
    label: Words
    weight: int
    found: int
    wanted: int
    missing: tuple[Words, ...] = ()

    @property
    def percent(self) -> int:
        """Share that is there, 0-100; full when nothing is wanted."""
        return 100 if self.wanted <= 0 else min(100, 100 * self.found // self.wanted)


@dataclass(frozen=True, slots=True)
class Completeness:
    """All checks of a version, and the parts of it that no room can look up yet."""

    checks: tuple[Check, ...]
    unanswered: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The weighted mean of the checks, 0-100."""
        total = sum(check.weight for check in self.checks)
        return sum(check.weight * check.percent for check in self.checks) // total if total else 0


def completeness(version: PlanVersion, *, now: datetime) -> Completeness:
    """Return how complete the version is, for its own place; call it inside a scope that holds the place."""
    content = parsed(version.content)
    checks = [*document_checks(content, today=now.date(), review_due_on=version.review_due_on)]
    if version.plan.versions.filter(status=VersionStatus.APPROVED).exists():
        checks.append(_accepted(version, content, now=now))
    found, unanswered = registry_checks(version, now=now)
    return Completeness(checks=(*checks, *found), unanswered=unanswered)


def document_checks(content: PlanContent, *, today: date, review_due_on: date | None) -> Iterable[Check]:
    """Return what can be seen from the document alone."""
    levels = {trigger.from_level for trigger in content.triggers}
    yield Check(
        "triggers", _("A trigger for each response level"), 2, len(levels), len(ResponseLevel.values),
        tuple(ResponseLevel(level).label for level in ResponseLevel.values if level not in levels),
    )  # fmt: skip
    posts = {post.code for post in content.posts}
    answered = [step for step in content.playbook if step.responsible in posts and step.accountable in posts]
    yield Check(
        "raci", _("Every step has a responsible and an accountable post"), 3, len(answered), len(content.playbook),
        tuple(step.title for step in content.playbook if step not in answered),
    )  # fmt: skip
    timed = [step for step in content.playbook if step.due_min > step.after_min]
    yield Check(
        "timed", _("Every step has a time by which it is done"), 1, len(timed), len(content.playbook),
        tuple(step.title for step in content.playbook if step not in timed),
    )  # fmt: skip
    named = {"sections", "first_actions", "people", "goods", "venues", "notices", "grants", "units", "rounds"}
    filled = [part for part in sorted(named) if getattr(content, part)]
    yield Check(
        "parts", _("Every part is written"), 2, len(filled), len(named),
        tuple(PART_LABELS[part] for part in sorted(named) if part not in filled),
    )  # fmt: skip
    is_due = review_due_on is None or review_due_on >= today
    yield Check("review", _("Reviewed in time"), 1, int(is_due), 1)


def _accepted(version: PlanVersion, content: PlanContent, *, now: datetime) -> Check:
    """Return whether each post that a step names was accepted; people are asked once a version is in force."""
    named = {code for step in content.playbook for code in (step.responsible, step.accountable)}
    answers = answers_to(version, now=now)
    posts = [post for post in content.posts if post.code in named]
    missing = tuple(post.title for post in posts if not answers[post.code][0])
    return Check("accepted", _("Duties accepted by somebody who may hold the post"), 1, len(posts) - len(missing),
                 len(posts), missing)  # fmt: skip


def registry_checks(version: PlanVersion, *, now: datetime) -> tuple[list[Check], tuple[str, ...]]:
    """Return one check per thing the plan wants of the register, and the parts no room answers for."""
    checks: list[Check] = []
    answered: set[str] = set()
    streets = streets_of(version.area_code)
    for step in steps_in_order():
        wanted_here = [part for part in step.parts if version.content.get(part)]
        answered |= step.parts
        if not wanted_here:
            continue
        by_key: dict[str, list[Shortage]] = {}
        for street, codes in streets:
            order = _order(version.content, street, codes, now=now)
            for shortage in step.preview(order).shortages:
                by_key.setdefault(shortage.key.partition(":")[0], []).append(shortage)
        for key, short in by_key.items():
            first = short[0]
            checks.append(
                Check(
                    f"{step.code}.{key}", step.describe(first.kind, first.facts), 1,
                    sum(min(each.found, each.wanted) for each in short), sum(each.wanted for each in short),
                )
            )  # fmt: skip
        if not by_key:
            checks.append(Check(step.code, step.label, 1, 1, 1))
    wanted = {part for part in MATERIAL if version.content.get(part)}
    return checks, tuple(sorted(wanted - answered))


def streets_of(area_code: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the streets of a place with the part of each that is meant; a part of a street is its own part."""
    if len(area_code) >= STREET_LENGTH:
        return [(area_code[:STREET_LENGTH], (area_code,))]
    below = Area.objects.filter(code__gte=area_code, code__lt=f"{area_code}~", level=AreaLevel.STREET)
    return [(code, (code,)) for code in below.order_by("code").values_list("code", flat=True)]


def _order(content: Mapping[str, Any], street: str, codes: tuple[str, ...], *, now: datetime) -> ConversionOrder:
    return ConversionOrder(
        activation_uuid=NOBODYS, activation_id=0, street=street, area_codes=codes, level=ResponseLevel.LEVEL_1,
        ends_at=now + timedelta(days=14), now=now, actor=Actor.system("completeness of plans"), wanted=content,
    )  # fmt: skip


PART_LABELS: dict[str, Words] = {
    "sections": _("Chapters"), "triggers": _("Triggers"), "first_actions": _("First actions"),
    "playbook": _("Playbook"), "posts": _("Posts"), "units": _("Branches and groups"),
    "grants": _("Emergency rights"), "people": pgettext_lazy("plans", "People"), "goods": _("Goods"),
    "venues": _("Venues"),
    "rounds": _("Collection rounds"), "notices": _("Prepared notices"),
}  # fmt: skip
MATERIAL = ("posts", "units", "grants", "people", "goods", "venues", "rounds", "notices")
