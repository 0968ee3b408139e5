"""
Duties of a plan and who accepted them (责任签收): what a post does and answers for, said by whoever may hold it.

Asked are those whose role comes first or second among the roles that may hold a post: they would be its A or B. To
refuse costs nothing but a reason; it tells the plan's writers where the plan stands on nobody. An answer holds for a
year, then it is forgotten and asked for again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from juxing.access.models import RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.plans.models import DutyAnswer, EmergencyPlan, PlanVersion
from juxing.plans.queries import PUBLIC, versions_in_force_for

ACCEPTED = journal.declare_action("plans.duty.accept", _("Duty of a plan accepted"))
REFUSED = journal.declare_action("plans.duty.refuse", _("Duty of a plan not accepted"))
ASKED_FIRST = 2
"""How many of the roles that may hold a post are asked: those of A and B."""
HOLDS_FOR = timedelta(days=365)
REASONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Duty:
    """A post the reader may hold: its row, the steps it carries out and answers for, and what was answered."""

    plan: EmergencyPlan
    post: Mapping[str, Any]
    carries_out: tuple[Mapping[str, Any], ...]
    answers_for: tuple[Mapping[str, Any], ...]
    digest: str
    area_code: str
    answer: DutyAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer: none was given, or to other words."""
        return self.answer is None or self.answer.duties != self.digest


def digest_of_duties(content: Mapping[str, Any], code: str) -> str:
    """Return the digest of what a plan lays on a post."""
    return hashlib.sha256(json.dumps(_laid_on(content, code), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def my_duties(*, actor: Actor) -> list[Duty]:
    """Return the duties the actor is asked about, those that wait for an answer first."""
    found: list[Duty] = []
    for version in versions_in_force_for(actor):
        content = version.content
        for post in content.get("posts", ()):
            place = _place_of(actor, version.area_code, tuple(post["holder_roles"])[:ASKED_FIRST])
            if place:
                found.append(_duty(version, content, post, place))
    with acting(PUBLIC):
        rows = DutyAnswer.objects.filter(account_id=actor.account_id or 0, plan__in=[duty.plan for duty in found])
        given = {(row.plan_id, row.post_code): row for row in rows}
    told = [
        Duty(duty.plan, duty.post, duty.carries_out, duty.answers_for, duty.digest, duty.area_code,
             given.get((duty.plan.pk, duty.post["code"])))
        for duty in found
    ]  # fmt: skip
    return sorted(told, key=lambda duty: not duty.is_open)


@transaction.atomic
def answer_duty(
    *, actor: Actor, now: datetime, plan: str, post_code: str, seen: str, is_accepted: bool, reason: str = ""
) -> DutyAnswer:
    """
    Accept what a plan lays on a post, or say why not; ``plan`` is its uuid, ``seen`` the digest of what was read.

    Raises:
        NotVisible: if the actor is not asked about this post.
        InvalidInput: if it is refused without a reason.
        Refusal: if the plan says something else by now.
    """
    asked = {(str(duty.plan.uuid), duty.post["code"]): duty for duty in my_duties(actor=actor)}
    duty = asked.get((plan, post_code))
    if duty is None or actor.account_id is None:
        raise NotVisible
    if duty.digest != seen:
        raise Refusal("duty_changed", _("The plan was changed meanwhile. Read it again."))
    if not is_accepted and not reason.strip():
        raise InvalidInput("reason_missing", _("Say what stands against it, so that the plan can be put right."),
                           field="reason")  # fmt: skip
    with acting(PUBLIC):
        row, _new = DutyAnswer.objects.update_or_create(
            plan=duty.plan, post_code=post_code, account_id=actor.account_id,
            defaults={"area_code": duty.area_code, "duties": seen, "is_accepted": is_accepted, "answered_at": now,
                      "reason": "" if is_accepted else reason.strip()[:400]},
        )  # fmt: skip
        row.refresh_from_db(fields=["uuid"])
        journal.record(ACCEPTED if is_accepted else REFUSED, actor=actor, subject=row, happened_at=now,
                       changes={"post": post_code, "plan": str(duty.plan.uuid)})  # fmt: skip
    return row


def answers_to(version: PlanVersion, *, now: datetime) -> dict[str, tuple[int, int]]:
    """
    Return by post how many accepted and how many refused what this version lays on it; call it inside a scope.

    Whoever does not serve any more in a role that may hold the post counts no more.
    """
    posts = version.content.get("posts", ())
    current = {post["code"]: digest_of_duties(version.content, post["code"]) for post in posts}
    by_roles: dict[tuple[str, ...], list[str]] = {}
    for post in posts:
        by_roles.setdefault(tuple(post["holder_roles"]), []).append(post["code"])
    serving = Q(pk__in=[])
    for roles, codes in by_roles.items():
        held = RoleAssignment.objects.in_force(now).filter(account_id=OuterRef("account_id"), role__in=roles)
        serving = serving | Q(Q(post_code__in=codes) & Exists(held))
    rows = DutyAnswer.objects.filter(serving, plan_id=version.plan_id, account__is_active=True)
    counted = rows.values("post_code", "duties").order_by().annotate(
        yes=Count("id", filter=Q(is_accepted=True)), no=Count("id", filter=Q(is_accepted=False))
    )  # fmt: skip
    found = dict.fromkeys(current, (0, 0))
    return found | {
        row["post_code"]: (row["yes"], row["no"]) for row in counted if current.get(row["post_code"]) == row["duties"]
    }


def what_stands_against(version: PlanVersion) -> list[DutyAnswer]:
    """Return the latest refusals of what this version lays on its posts, for its writers; call it inside a scope."""
    digests = [digest_of_duties(version.content, post["code"]) for post in version.content.get("posts", ())]
    rows = DutyAnswer.objects.filter(plan_id=version.plan_id, is_accepted=False, duties__in=digests)
    return list(rows.order_by("-answered_at", "pk")[:REASONS_SHOWN])


def forget_answers(*, now: datetime) -> int:
    """Delete answers older than a year, and return how many; whoever gave them is asked again."""
    return DutyAnswer.objects.filter(answered_at__lt=now - HOLDS_FOR).delete()[0]


def _duty(version: PlanVersion, content: Mapping[str, Any], post: Mapping[str, Any], place: str) -> Duty:
    steps = content.get("playbook", ())
    does, answers = (
        tuple(step for step in steps if step.get(name) == post["code"]) for name in ("responsible", "accountable")
    )
    return Duty(version.plan, post, does, answers, digest_of_duties(content, post["code"]), place)


def _laid_on(content: Mapping[str, Any], code: str) -> list[Any]:
    post: Mapping[str, Any] = next((row for row in content.get("posts", ()) if row["code"] == code), {})
    steps = [
        [name, step["code"], step["title"], step.get("text", ""), step.get("after_min"), step.get("due_min")]
        for step in content.get("playbook", ()) for name in ("responsible", "accountable") if step.get(name) == code
    ]  # fmt: skip
    return [post.get("title", ""), post.get("duties", ""), steps]


def _place_of(actor: Actor, plan_area: str, roles: tuple[str, ...]) -> str:
    """Return where in the plan's place the actor holds one of the roles, "" where nowhere."""
    held = (grant.area_code for grant in actor.grants if grant.role in roles)
    return next((code for code in held if code.startswith(plan_area)), "")
