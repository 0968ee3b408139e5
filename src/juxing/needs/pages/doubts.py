"""Words for what the reader of a chain was unsure of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Words
from juxing_text.uncertainty import UncertaintyCode as Code

DOUBTS: dict[str, Words] = {
    Code.DOOR_MISSING: _("No door"),
    Code.DOOR_UNKNOWN: _("This door is not in the register"),
    Code.DOOR_GLUED: _("Door and number run together"),
    Code.SEVERAL_DOORS: _("Several doors"),
    Code.BUILDING_MISSING: _("No building; guessed from the door"),
    Code.BUILDING_FROM_TITLE: _("Building taken from the title"),
    Code.BUILDING_OR_FLOOR: _("Building or floor?"),
    Code.BUILDING_OR_UNIT: _("Building or stairwell unit?"),
    Code.ROOM_MISSING: _("No door number"),
    Code.ROOM_WITHOUT_MARK: _("Is this number the door?"),
    Code.NAME_GUESSED: _("Name guessed"),
    Code.ITEM_MISSING: _("Nothing asked for"),
    Code.ITEM_UNKNOWN: _("Not in the catalogue"),
    Code.ITEM_UNSURE: _("Which item is meant?"),
    Code.ITEM_FROM_TITLE: _("Item taken from the title"),
    Code.OFFER_UNKNOWN: _("Unknown package"),
    Code.QUANTITY_MISSING: _("No quantity; taken as one"),
    Code.QUANTITY_RANGE: _("A range, not a number"),
    Code.QUANTITY_VAGUE: _("Only “some”"),
    Code.QUANTITY_HUGE: _("Very many: a slip?"),
    Code.SEVERAL_QUANTITIES: _("Several quantities"),
    Code.SAME_AS_ABOVE: _("“Same as above”"),
    Code.CHANGE_WITHOUT_ORIGINAL: _("A change of a line that is not here"),
    Code.CANCEL_WITHOUT_ORIGINAL: _("Cancels a line that is not here"),
    Code.NUMBER_MISSING: _("No running number"),
    Code.NUMBER_REUSED: _("Running number used twice"),
    Code.SAME_DOOR_AGAIN: _("The same door again"),
    Code.REPEATED_LINE: _("The line stands there twice"),
    Code.OLDER_VERSION_SEEN_AGAIN: _("An older version stands below"),
    Code.ABSENT_FROM_LATEST: _("Missing from the newest version"),
    Code.PRIVATE_CHANNEL: _("Medicine or illness: ask in private"),
    Code.TEXT_LEFT_OVER: _("Some words were not understood"),
}


def doubt_words(code: str) -> Words:
    """Return what to look at, in words."""
    return DOUBTS.get(code, _("Look at this line"))
