"""Looking back on the played response: posts the plan wrote down that nobody could fill become corrective actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from juxing.activations.models import Activation
from juxing.command.models import MusterPost
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.reviews import commands as reviews
from juxing.reviews.enums import FindingKind
from juxing_demo.data_files import data

SYSTEM = Actor.system("demo")
FILLED = 0.5
"""Share of a plan's posts of one kind with somebody in them below which the plan is wrong, not the day."""


@dataclass(frozen=True, slots=True)
class LookedBack:
    """What the review came to; ``draft_id`` is the plan's next version."""

    findings: int
    actions: int
    draft_id: int


@dataclass(frozen=True, slots=True)
class PostsOfKind:
    """Posts of one row of the plan as they were called up, and how many had somebody."""

    code: str
    title: str
    wanted: int
    held: int


def posts_by_kind(activation: Activation) -> list[PostsOfKind]:
    """Return how each row of posts was filled."""
    rows = MusterPost.objects.filter(activation=activation).values("code").order_by("code")
    held = Q(holders__isnull=False) | Q(people_called__gt=0)
    counted = rows.annotate(wanted=Count("id", distinct=True), held=Count("id", distinct=True, filter=held))
    titles = {row["code"]: row["title"] for row in activation.plan_version.content["posts"]}
    return [PostsOfKind(row["code"], titles[row["code"]], row["wanted"], row["held"]) for row in counted]


def look_back(activation: Activation, actor: Actor, *, now: datetime) -> LookedBack:
    """Open the review, write down what went well and what did not, agree what is changed, and close it."""
    words = data("response")["review"]
    review = reviews.open_review(
        actor=actor, now=now, activation=activation, due_on=(now + timedelta(days=30)).date()
    )  # fmt: skip
    with acting(SYSTEM):
        kinds = posts_by_kind(activation)
    reviews.write_finding(
        actor=actor, now=now, review=review, kind=FindingKind.STRENGTH,
        text=words["strength"].format(posts=sum(kind.held for kind in kinds)),
    )  # fmt: skip
    draft_id, actions = 0, 0
    for kind in kinds:
        if kind.held >= FILLED * kind.wanted:
            continue
        finding = reviews.write_finding(
            actor=actor, now=now, review=review, kind=FindingKind.GAP,
            text=words["gap"].format(title=kind.title, wanted=kind.wanted, held=kind.held),
        )  # fmt: skip
        action = reviews.promise_action(
            actor=actor, now=now, finding=finding, text=words["action"].format(title=kind.title),
            owner_post=words["owner"], due_on=(now + timedelta(days=30)).date(), part="posts", row_code=kind.code,
            field="holder_roles", value=words["roles"],
        )  # fmt: skip
        draft_id = reviews.apply_action(actor=actor, now=now, action=action).applied_in_id or draft_id
        actions += 1
    reviews.close_review(actor=actor, now=now, review=review, summary=words["summary"])
    return LookedBack(1 + actions, actions, draft_id)
