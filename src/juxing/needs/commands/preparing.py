"""From what was said to rows: triage, skills, languages, place and times, for one need or for tens of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.needs import policy, triage
from juxing.needs.enums import NeedStatus
from juxing.needs.inputs import NeedInput
from juxing.needs.models import Need
from juxing.needs.queries.circumstances import HouseholdFacts, household_facts, locations
from juxing.needs.requirements import DUE_WITHIN, fresh_for, required_skills
from juxing.people.phone_numbers import phone_index


@dataclass(slots=True)
class Around:
    """What is known of the places and people of a batch of inputs."""

    households: dict[int, HouseholdFacts]
    locations: dict[str, tuple[float, float]]


def around(inputs: Sequence[NeedInput], *, now: datetime) -> Around:
    """Read what is known around these inputs; at most four queries, whatever their number."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return Around(
        households=household_facts(
            {given.household_id for given in inputs if given.household_id is not None}, today=today
        ),
        locations=locations({given.area_code for given in inputs if given.household_id is None}),
    )


FIRST_STATUS = {True: NeedStatus.SUBMITTED, False: NeedStatus.TRIAGED}
"""A need begins triaged; a repetition of an open one waits beside it untriaged."""


def repeat(need: Need, same_id: int | None) -> None:
    """Begin an unsaved need as a repetition of another, if there is one."""
    need.duplicate_of_id = same_id
    need.status = FIRST_STATUS[same_id is not None]


def prepared(given: NeedInput, *, actor: Actor, now: datetime, known: Around) -> Need:
    """
    Return the need, not yet saved.

    Raises:
        InvalidInput: if the household or resident is not in scope, or not each other's.
        NotPermitted: if the actor may not record needs there.
    """
    home = None
    if given.household_id is not None:
        home = known.households.get(given.household_id)
        if home is None or (given.resident_id is not None and given.resident_id not in home.residents):
            raise InvalidInput("door_unknown", _("This door or person is not in the register."), field="household")
    area_code = home.area_code if home else given.area_code
    if not policy.can_record(actor, area_code):
        raise NotPermitted
    located = (home.longitude, home.latitude) if home else known.locations.get(area_code, (None, None))
    happened_at = given.happened_at or now
    judged = triage.triage(circumstances(given, home, now=now))
    return Need(
        area_code=area_code, household_id=given.household_id, resident_id=given.resident_id,
        need_type=given.need_type, status=NeedStatus.TRIAGED, priority=judged.priority, priority_score=judged.score,
        triage=judged.as_json(), details=given.details, place_text=given.place_text, channel=given.channel,
        is_proxy=given.is_proxy, contact_name=given.contact_name, contact_phone=given.contact_phone,
        contact_phone_index=phone_index(given.contact_phone), recorded_by_id=actor.account_id,
        required_skills=required_skills(given.need_type),
        languages=home.languages(given.resident_id) if home else [],
        longitude=located[0], latitude=located[1], happened_at=happened_at, recorded_at=now,
        due_at=happened_at + DUE_WITHIN[judged.priority], fresh_until=now + fresh_for(given.need_type),
        waiting_since=happened_at,
    )  # fmt: skip


def circumstances(given: NeedInput, home: HouseholdFacts | None, *, now: datetime) -> triage.Circumstances:
    """Return what triage is told: kind, care, age, mobility, urgency, waiting; nothing else of the person."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    waited = (now - (given.happened_at or now)).total_seconds() / 3600
    return triage.Circumstances(
        need_type=given.need_type,
        care=frozenset(home.care) if home else frozenset(),
        age=home.age(given.resident_id, today=today) if home else None,
        mobility=home.mobility(given.resident_id) if home else "",
        is_urgent=given.is_urgent,
        is_danger_to_life=given.is_danger_to_life,
        waiting_hours=waited,
    )
