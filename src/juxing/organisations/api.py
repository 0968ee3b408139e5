"""Organisations and posts over HTTP: the register, who holds and works in posts, bodies, pledges, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from juxing.kernel import clock
from juxing.kernel.api import PageSchema, once, page_answer
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.web import ActorRequest
from juxing.organisations import commands, policy, queries, schemas
from juxing.organisations.commands import Answers, AwayInput, BodyInput, PostWords
from juxing.organisations.enums import CoverageKind, OrganisationType, PledgeKind, PledgeStatus
from juxing.organisations.models import Post

MOST_AT_ONCE = 2000
organisations = Router(tags=["organisations"])
posts = Router(tags=["posts"])


@organisations.get("/", response=PageSchema[schemas.OrganisationOut])
def list_organisations(
    request: ActorRequest, area: str = "", organisation_type: OrganisationType | None = None, cursor: str = ""
) -> dict[str, Any]:
    """Organisations the token may see, by place and name."""
    page = queries.organisations_page(
        actor=request.actor, area_code=area, organisation_type=organisation_type or "", cursor=cursor or None
    )
    return page_answer(page, schemas.organisation_out)


@organisations.post("/", response={201: schemas.OrganisationOut})
@once
def add_organisation(request: ActorRequest, given: schemas.OrganisationIn) -> Status[dict[str, Any]]:
    """Add an organisation."""
    added = commands.add_organisation(
        actor=request.actor, now=clock.now(), area_code=given.area, name=given.name,
        organisation_type=given.organisation_type,
    )  # fmt: skip
    return Status(201, schemas.organisation_out(queries.organisation(actor=request.actor, uuid=added.uuid)))


@organisations.get("/bodies", response=PageSchema[schemas.BodyOut])
def list_bodies(request: ActorRequest, area: str = "", kind: str = "", cursor: str = "") -> dict[str, Any]:
    """Temporary branches, functional groups and task forces that stand, by place."""
    page = queries.groups.bodies_page(actor=request.actor, area_code=area, kind=kind, cursor=cursor or None)
    return page_answer(page, schemas.body_out)


@organisations.post("/bodies", response={201: dict[str, int]})
@once
def form_bodies(request: ActorRequest, given: list[schemas.BodyIn]) -> Status[dict[str, int]]:
    """Set up bodies, at most 2,000 at once; those that stand already are passed over."""
    _require_few(given)
    bodies = [BodyInput(each.area, each.kind, each.name, each.group_type or "", each.purpose) for each in given]
    made = commands.form_bodies(actor=request.actor, now=clock.now(), bodies=bodies)
    return Status(201, {"formed": len(made)})


@organisations.get("/pledges", response=PageSchema[schemas.PledgeOut])
def list_pledges(
    request: ActorRequest,
    area: str = "",
    kind: PledgeKind | None = None,
    status: PledgeStatus | None = None,
    cursor: str = "",
) -> dict[str, Any]:
    """Pledges of member units, by place."""
    page = queries.committees.pledges_page(
        actor=request.actor, area_code=area, kind=kind or "", status=status or "", cursor=cursor or None
    )
    return page_answer(page, schemas.pledge_out)


@organisations.get("/coverage", response=PageSchema[schemas.PlaceOut])
def list_coverage(
    request: ActorRequest, kind: CoverageKind = CoverageKind.BUILDING, area: str = "", state: str = "", cursor: str = ""
) -> dict[str, Any]:
    """Places of a kind and who answers for them; ``state`` may be gap or covered."""
    request.actor.require(policy.SEE_COVERAGE, _some_area(request))
    page = queries.coverage.places_page(
        actor=request.actor, now=clock.now(), kind=kind, area_code=area, state=state, cursor=cursor or None
    )
    return page_answer(page, schemas.place_out)


@organisations.post("/coverage", response={201: dict[str, str]})
@once
def cover(request: ActorRequest, given: list[schemas.CoverageIn]) -> Status[dict[str, str]]:
    """Say who answers for places of one kind, at most 2,000 at once; answers the batch by which it can be undone."""
    actor, now = request.actor, clock.now()
    areas = actor.areas_with(policy.COVER)
    _require_few(given)
    kind = given[0].kind
    if any(each.kind != kind for each in given):
        raise InvalidInput("kinds_mixed", _("Send places of one kind at a time."), field="kind")
    answers = {}
    for each in given:
        ids = [
            queries.account_working_in(areas=areas, sign_in_name=name, now=now).pk if name else None
            for name in (each.sign_in_name, each.alternate)
        ]
        unit = queries.organisation(actor=actor, uuid=each.organisation).pk if each.organisation else None
        answers[each.place] = Answers(ids[0], ids[1], unit)
    batch = commands.cover_places(actor=actor, now=now, kind=kind, answers=answers)
    return Status(201, {"batch": str(batch)})


@organisations.get("/{uuid}", response=schemas.OrganisationOut)
def read_organisation(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One organisation."""
    return schemas.organisation_out(queries.organisation(actor=request.actor, uuid=uuid))


@posts.get("/", response=PageSchema[schemas.PostOut])
def list_posts(
    request: ActorRequest, area: str = "", state: str = "", cursor: str = "", size: int = 50
) -> dict[str, Any]:
    """Open posts with their holders, by place; ``state`` may be vacant, stood_in or without_alternate."""
    page = queries.posts.board(
        actor=request.actor, now=clock.now(), area_code=area, state=state, cursor=cursor or None, size=size
    )
    return page_answer(page, schemas.post_out)


@posts.post("/", response={201: schemas.PostOut})
@once
def add_post(request: ActorRequest, given: schemas.PostIn) -> Status[dict[str, Any]]:
    """Add a post to an organisation."""
    found = queries.organisation(actor=request.actor, uuid=given.organisation)
    made = commands.add_post(
        actor=request.actor, now=clock.now(), organisation=found, title=given.title, area_code=given.area,
        words=PostWords(duties=given.duties, carries_role=given.carries_role, checklist=given.checklist),
    )  # fmt: skip
    return Status(201, _shown(request, made.uuid))


@posts.get("/{uuid}", response=schemas.PostOut)
def read_post(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """One post with its holders, and who works in it now."""
    return _shown(request, uuid)


@posts.post("/{uuid}/hold", response=schemas.PostOut)
@once
def hold_post(request: ActorRequest, uuid: UUID, given: schemas.HoldIn) -> dict[str, Any]:
    """Let somebody take a place of a post; whoever had it is relieved."""
    actor, now = request.actor, clock.now()
    post = queries.post_to_manage(actor=actor, uuid=uuid)
    account = queries.account_for_post(actor=actor, sign_in_name=given.sign_in_name, now=now)
    commands.hold_post(actor=actor, now=now, post=post, account=account, slot=given.slot, rank=given.rank)
    return _shown(request, uuid)


@posts.post("/holdings/{uuid}/away", response=schemas.PostOut)
@once
def declare_absence(request: ActorRequest, uuid: UUID, given: schemas.AwayIn) -> dict[str, Any]:
    """Say that a holder is away; the next in order steps in at once."""
    actor, now = request.actor, clock.now()
    holding = queries.posts.holding_for(actor=actor, uuid=uuid)
    away = AwayInput(given.kind, given.starts_at, given.ends_at, given.handover_note)
    commands.declare_absence(actor=actor, now=now, account=holding.account, given=away, holdings=[holding])
    return _shown(request, holding.post.uuid)


@posts.post("/holdings/{uuid}/back", response=schemas.PostOut)
@once
def declare_return(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    """Say that a holder is back in every post the token may speak for."""
    actor, now = request.actor, clock.now()
    holding = queries.posts.holding_for(actor=actor, uuid=uuid)
    commands.declare_return(actor=actor, now=now, account=holding.account)
    return _shown(request, holding.post.uuid)


def _shown(request: ActorRequest, uuid: UUID) -> dict[str, Any]:
    post: Post = queries.posts.post_for(actor=request.actor, uuid=uuid)
    post.line = queries.posts.post_line(actor=request.actor, post=post, now=clock.now())  # type: ignore[attr-defined]
    return schemas.post_out(post)


def _require_few(given: Sequence[object]) -> None:
    if not 1 <= len(given) <= MOST_AT_ONCE:
        raise InvalidInput("too_many_rows", _("Send between 1 and 2000 at once."))


def _some_area(request: ActorRequest) -> str:
    """Return a place where the actor sees coverage, so that a token without the right is refused, not shown nothing."""
    prefixes = request.actor.areas_with(policy.SEE_COVERAGE).prefixes
    return prefixes[0] if prefixes else "0"
