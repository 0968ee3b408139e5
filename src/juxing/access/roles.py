"""Role codes: the posts from which people use Juxing. Rights name the roles that carry them."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """Administrator, auditor and privacy officer are kept apart (三员分立): see ``KEPT_APART``."""

    SYSTEM_ADMIN = "system_admin", pgettext_lazy("role", "System administrator")
    SECURITY_AUDITOR = "security_auditor", pgettext_lazy("role", "Security auditor")
    PRIVACY_OFFICER = "privacy_officer", pgettext_lazy("role", "Privacy officer")
    DISTRICT_COMMANDER = "district_commander", pgettext_lazy("role", "District commander")
    DISTRICT_OPERATOR = "district_operator", pgettext_lazy("role", "District operator")
    STREET_COMMANDER = "street_commander", pgettext_lazy("role", "Street commander")
    STREET_OPERATOR = "street_operator", pgettext_lazy("role", "Street operator")
    COMMUNITY_SECRETARY = "community_secretary", pgettext_lazy("role", "Community secretary")
    SECOND_SECRETARY = "second_secretary", pgettext_lazy("role", "Second secretary")
    COMMUNITY_WORKER = "community_worker", pgettext_lazy("role", "Community worker")
    GRID_WORKER = "grid_worker", pgettext_lazy("role", "Grid worker")
    BUILDING_HEAD = "building_head", pgettext_lazy("role", "Building head")
    BRANCH_SECRETARY = "branch_secretary", pgettext_lazy("role", "Branch secretary")
    TEAM_LEADER = "team_leader", pgettext_lazy("role", "Team leader")
    RESPONDER = "responder", pgettext_lazy("role", "Responder")
    STOREKEEPER = "storekeeper", pgettext_lazy("role", "Storekeeper")
    HOTLINE_AGENT = "hotline_agent", pgettext_lazy("role", "Hotline agent")
    COUNSELLOR = "counsellor", pgettext_lazy("role", "Counsellor")
    MEDIATOR = "mediator", pgettext_lazy("role", "Mediator")
    DEPARTMENT_LIAISON = "department_liaison", pgettext_lazy("role", "Department liaison")
    ORGANISATION_MANAGER = "organisation_manager", pgettext_lazy("role", "Organisation manager")
    RESIDENT = "resident", pgettext_lazy("role", "Resident")


KEPT_APART = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER})
COMMAND = frozenset({Role.DISTRICT_COMMANDER, Role.DISTRICT_OPERATOR, Role.STREET_COMMANDER, Role.STREET_OPERATOR})
COMMUNITY_DESK = frozenset({Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER})
DOORSTEP = frozenset({Role.GRID_WORKER, Role.BUILDING_HEAD})
