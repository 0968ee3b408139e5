"""Reading the talent pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.responders import policy
from juxing.responders.models import Credential, Responder
from juxing.responders.talent_enums import CredentialStatus


def talents_page(
    *, actor: Actor, category: str = "", status: str = "", cursor: str | None = None
) -> Page[Credential]:  # fmt: skip
    """Return the talent pool of the actor's places, newest first."""
    rows = policy.visible_credentials(actor).defer("paper").select_related("responder")
    rows = rows.filter(category=category) if category else rows
    rows = rows.filter(status=status) if status else rows
    return page_of(rows, order=("-id",), cursor=cursor)


def counts_by_category(*, actor: Actor) -> dict[str, int]:
    """Return how many verified talents of each category there are in the actor's places."""
    rows = policy.visible_credentials(actor).filter(status=CredentialStatus.VERIFIED).order_by()
    return dict(rows.values("category").annotate(count=Count("id")).values_list("category", "count"))


def waiting_count(*, actor: Actor) -> int:
    """Return how many wait to be looked at."""
    return policy.visible_credentials(actor).filter(status=CredentialStatus.SUBMITTED).count()


def credential_of(*, actor: Actor, uuid: UUID) -> Credential:
    """
    Return one credential of the actor's places.

    Raises:
        NotVisible: if there is none.
    """
    found = policy.visible_credentials(actor).select_related("responder", "decided_by").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def own_credentials(responder: Responder) -> list[Credential]:
    """Return one's own, newest first; call it in the system's scope."""
    return list(Credential.objects.filter(responder=responder).defer("paper").order_by("-id"))


def own_credential(responder: Responder, uuid: UUID) -> Credential:
    """
    Return one of one's own; call it in the system's scope.

    Raises:
        NotVisible: if there is none.
    """
    found = Credential.objects.filter(responder=responder, uuid=uuid).select_related("responder").first()
    if found is None:
        raise NotVisible
    return found


def run_out_skills(responder_ids: Iterable[int], *, on: date) -> dict[int, set[str]]:
    """
    Return by person the skills whose verified paper is over on a day, with no other that holds.

    What ends is over without anyone's doing: the hourly job only writes it down. One query, and few rows.
    """
    people = set(responder_ids)
    rows = Credential.objects.filter(status=CredentialStatus.VERIFIED, valid_until__lt=on).exclude(skill="")
    over: defaultdict[int, set[str]] = defaultdict(set)
    for person, skill in rows.order_by().values_list("responder_id", "skill"):
        if person in people:
            over[person].add(skill)
    if over:
        others = Credential.objects.filter(status=CredentialStatus.VERIFIED, responder_id__in=list(over))
        for person, skill in others.exclude(valid_until__lt=on).values_list("responder_id", "skill"):
            over[person].discard(skill)
    return {person: skills for person, skills in over.items() if skills}
