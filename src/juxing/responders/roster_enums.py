"""States and kinds of rosters and of being there."""

from django.db import models
from django.utils.translation import pgettext_lazy


class RosterFor(models.TextChoices):
    """What a roster is made for."""

    GROUP = "group", pgettext_lazy("roster", "Group")
    POST = "post", pgettext_lazy("roster", "Post")
    VENUE = "venue", pgettext_lazy("roster", "Venue")


class RosterStatus(models.TextChoices):
    """A draft binds nobody; a published roster does, and is told; a closed one is the record."""

    DRAFT = "draft", pgettext_lazy("roster status", "Draft")
    PUBLISHED = "published", pgettext_lazy("roster status", "Published")
    CLOSED = "closed", pgettext_lazy("roster status", "Closed")


class WishKind(models.TextChoices):
    """What a member says of a day or shift."""

    CANNOT = "cannot", pgettext_lazy("roster wish", "Cannot come")
    RATHER_NOT = "rather_not", pgettext_lazy("roster wish", "Rather not")


class AttendanceStatus(models.TextChoices):
    """What became of a shift; a private fact between the person and the coordinator."""

    SCHEDULED = "scheduled", pgettext_lazy("attendance", "Planned")
    CHECKED_IN = "checked_in", pgettext_lazy("attendance", "Here")
    NO_SHOW = "no_show", pgettext_lazy("attendance", "Did not come")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")
    RELIEVED = "relieved", pgettext_lazy("attendance", "Relieved")
    COMPLETED = "completed", pgettext_lazy("attendance", "Completed")


class Excuse(models.TextChoices):
    """Why someone is excused; nothing beyond the kind is asked or kept."""

    ILL = "ill", pgettext_lazy("excuse", "Ill")
    CARE = "care", pgettext_lazy("excuse", "Cares for someone")
    TRANSPORT = "transport", pgettext_lazy("excuse", "Cannot get here")
    RELEASED = "released", pgettext_lazy("excuse", "Released by the coordinator")


class DutySource(models.TextChoices):
    """How someone came to a shift."""

    PLANNED = "planned", pgettext_lazy("duty source", "Planned")
    BY_HAND = "by_hand", pgettext_lazy("duty source", "Entered by hand")
    SIGN_UP = "sign_up", pgettext_lazy("duty source", "Signed up")
    SWAP = "swap", pgettext_lazy("duty source", "Swapped")
    STAND_IN = "stand_in", pgettext_lazy("duty source", "Stepped in")
    IMPORTED = "imported", pgettext_lazy("duty source", "From a table")


class SwapStatus(models.TextChoices):
    """A shift given to somebody else: offered, accepted by them, approved by the coordinator."""

    OFFERED = "offered", pgettext_lazy("swap", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("swap", "Accepted, waits for approval")
    APPROVED = "approved", pgettext_lazy("swap", "Approved")
    REFUSED = "refused", pgettext_lazy("swap", "Not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "Taken back")


BINDING = frozenset({AttendanceStatus.SCHEDULED, AttendanceStatus.CHECKED_IN})
"""A person in one of these is taken at that time."""
HELD = BINDING | {AttendanceStatus.COMPLETED}
"""The shift was or will be worked by this person."""
