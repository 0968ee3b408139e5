"""The demo speaks the product's words, so that nothing has to be translated on loading."""

from __future__ import annotations

from juxing.access.roles import Role
from juxing.needs.enums import IntakeChannel, NeedType, Priority
from juxing.organisations.enums import BranchType, OrganisationType, TeamType
from juxing.people.enums import CareCategory, Mobility
from juxing.places.enums import AreaLevel, EstateType
from juxing.responders.enums import Language, ResponderKind, Skill, Transport
from juxing.supplies.enums import SupplyCategory
from juxing_demo import Day, District


def test_district_uses_the_products_values(medium: District) -> None:
    used = [
        (medium.areas.level, AreaLevel),
        (medium.estates.estate_type, EstateType),
        (medium.residents.mobility, Mobility),
        (medium.special_care.category, CareCategory),
        (medium.organisations.organisation_type, OrganisationType),
        ([each for each in medium.organisations.branch_type if each], BranchType),
        (medium.teams.team_type, TeamType),
        (medium.staff.role, Role),
        (medium.responders.kind, ResponderKind),
        ([skill for own in medium.responders.skills for skill in own], Skill),
        ([each for own in medium.responders.languages for each in own], Language),
        (medium.responders.transport, Transport),
        (medium.responders.reported_in_channel, IntakeChannel),
        (medium.supply_items.category, SupplyCategory),
    ]

    for values, choices in used:
        assert set(values) <= set(choices.values), choices.__name__


def test_day_uses_the_products_values(day: Day) -> None:
    assert set(day.needs.channel) <= set(IntakeChannel.values)
    assert set(day.needs.need_type) <= set(NeedType.values)
    assert set(day.needs.priority) <= set(Priority.values)
