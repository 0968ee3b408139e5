"""Reporting in: to the community of residence, to the home unit, or to both (双报到)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Avg
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.models import Organisation
from juxing.people.phone_numbers import phone_index
from juxing.places.models import Area, Estate
from juxing.responders import policy
from juxing.responders.enums import ReportInChannel, ReportInScope, ReportInStatus
from juxing.responders.inputs import Period, ResponderInput, cleaned
from juxing.responders.links import LINK_LASTS, new_link
from juxing.responders.models import Availability, ReportIn, Responder

REGISTERED = journal.declare_action("responders.responder.register", _("Reported in"))
REPORTED_IN = journal.declare_action("responders.responder.report_in", _("Reported in to the home unit as well"))
LINK_GIVEN = journal.declare_action("responders.responder.give_link", _("New link given"))
ALREADY_IN = _("Someone with this telephone number has already reported in. Search the number in the list.")


@dataclass(frozen=True, slots=True)
class ReportedIn:
    """The responder, and the token of the link to the own report-in: shown now, kept nowhere."""

    responder: Responder
    link_token: str
    is_new: bool


@transaction.atomic
def register_responder(*, actor: Actor, now: datetime, given: ResponderInput) -> Responder:
    """
    Record someone who reported in; a person verifies them before they are asked.

    Raises:
        NotPermitted: if the actor may not record responders in this community.
        InvalidInput: naming the field that cannot be taken.
        Refusal: if the telephone number has reported in before, wherever.
    """
    clean = cleaned(given)
    actor.require(policy.VERIFY, clean.area_code)
    return _register(clean, actor=actor, now=now, account_id=None)


@transaction.atomic
def report_in_oneself(*, actor: Actor, now: datetime, given: ResponderInput) -> Responder:
    """
    Report in as the person behind the account; call it in the system's scope, for the community may be any.

    Raises:
        NotPermitted: if no account acts.
        Refusal: if the account or the telephone number has reported in before.
    """
    if actor.account_id is None:
        raise NotPermitted
    clean = cleaned(given)
    if Responder.objects.filter(account_id=actor.account_id).exists():
        raise Refusal("already_reported_in", _("You have already reported in."))
    return _register(clean, actor=actor, now=now, account_id=actor.account_id)


@transaction.atomic
def report_in_by_phone(*, now: datetime, given: ResponderInput, periods: Sequence[Period] = ()) -> ReportedIn:
    """
    Report in as the person who has proved the phone of the input; call it in the system's scope.

    Whoever reported in before, by whatever way, gets a new link to that; nothing else is changed.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    clean = cleaned(given)
    if not clean.phone:
        raise NotPermitted
    index = phone_index(clean.phone)
    known = Responder.objects.filter(phone_index=index).first()
    if known is None:
        try:
            responder = _register(clean, actor=Actor.resident(), now=now, account_id=None)
        except Refusal as refusal:
            known = Responder.objects.filter(phone_index=index).first()
            if known is None or refusal.code != "phone_known":
                raise
        else:
            Availability.objects.bulk_create(
                Availability(responder=responder, area_code=responder.area_code, starts_at=since, ends_at=until)
                for since, until in periods
            )
            return ReportedIn(responder, give_link(now=now, responder=responder), is_new=True)
    return ReportedIn(known, give_link(now=now, responder=known), is_new=False)


@transaction.atomic
def give_link(*, now: datetime, responder: Responder) -> str:
    """Return a new link token for the person who has proved the phone; the old link ends."""
    token, digest = new_link()
    Responder.objects.filter(pk=responder.pk).update(link_digest=digest, link_expires_at=now + LINK_LASTS)
    journal.record(LINK_GIVEN, actor=Actor.resident(), subject=responder, happened_at=now)
    return token


@transaction.atomic
def report_in(
    *,
    actor: Actor,
    now: datetime,
    responder: Responder,
    scope: str,
    channel: str = ReportInChannel.DESK,
    organisation: Organisation | None = None,
) -> bool:
    """
    Note a further report-in of someone known; return whether it is new.

    Raises:
        NotPermitted: if the actor is neither this person nor one who records responders here.
        InvalidInput: if a report-in to a home unit names none.
    """
    policy.require(policy.is_oneself_or_verifies(actor, responder))
    if scope == ReportInScope.HOME_UNIT and organisation is None:
        raise InvalidInput("home_unit_missing", _("Choose the home unit."), field="home_unit")
    _row, is_new = ReportIn.objects.get_or_create(
        responder=responder,
        scope=scope,
        organisation=organisation,
        defaults={"area_code": responder.area_code, "channel": channel, "reported_at": now},
    )
    if is_new:
        if scope == ReportInScope.HOME_UNIT:
            Responder.objects.filter(pk=responder.pk).update(home_unit=organisation)
        journal.record(REPORTED_IN, actor=actor, subject=responder, happened_at=now, changes={"scope": scope})
    return is_new


def _register(given: ResponderInput, *, actor: Actor, now: datetime, account_id: int | None) -> Responder:
    longitude, latitude = _point(given)
    index = phone_index(given.phone)
    with acting(Actor.system("report-in")):
        # A number may have reported in next door, where this actor sees nobody; one person is one responder.
        if index and Responder.objects.filter(phone_index=index).exists():
            raise Refusal("phone_known", ALREADY_IN, field="phone")
        home_unit = Organisation.objects.filter(pk=given.home_unit_id).first() if given.home_unit_id else None
    profile = given.profile
    try:
        with transaction.atomic():
            responder = Responder.objects.create(
                account_id=account_id, area_code=given.area_code, name=given.name, kind=given.kind,
                phone=given.phone, phone_index=index, skills=list(profile.skills), languages=list(profile.languages),
                transport=profile.transport, capacity=profile.capacity, reach_m=profile.reach_m,
                longitude=longitude, latitude=latitude, home_unit=home_unit, status=ReportInStatus.SUBMITTED,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("phone_known", ALREADY_IN, field="phone") from None
    scopes: list[tuple[str, Organisation | None]] = [(ReportInScope.RESIDENCE, None)]
    if home_unit is not None:
        scopes.append((ReportInScope.HOME_UNIT, home_unit))
    ReportIn.objects.bulk_create(
        ReportIn(area_code=responder.area_code, responder=responder, scope=scope, organisation=unit,
                 channel=given.channel, reported_at=now)
        for scope, unit in scopes
    )  # fmt: skip
    journal.record(
        REGISTERED, actor=actor, subject=responder, happened_at=now, changes={"scopes": [str(row[0]) for row in scopes]}
    )
    return responder


def _point(given: ResponderInput) -> tuple[float, float]:
    if given.longitude is not None and given.latitude is not None:
        return given.longitude, given.latitude
    area = Area.objects.filter(code=given.area_code).first()
    if area is None:
        raise InvalidInput("community_missing", _("Choose the community."), field="area_code")
    if area.longitude is not None and area.latitude is not None:
        return area.longitude, area.latitude
    with acting(Actor.system("report-in")):
        middle = Estate.objects.within(area.code).aggregate(longitude=Avg("longitude"), latitude=Avg("latitude"))
    if middle["longitude"] is None or middle["latitude"] is None:
        raise InvalidInput(
            "point_missing",
            _("Neither this community nor its estates have a place on the map yet. Ask the community to enter one."),
            field="area_code",
        )
    return middle["longitude"], middle["latitude"]
