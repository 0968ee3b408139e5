"""What the reader of a text is unsure of, and where. Codes are stable; the words shown come from `message_key`."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character range in the original text, counted in Unicode code points, and the physical line (from
    1) it is in.
    """

    start: int
    end: int
    line: int


class UncertaintyCode(StrEnum):
    """Each code says what a person should look at before confirming."""

    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY_LINES = "too_many_lines"
    LINE_TOO_LONG = "line_too_long"
    DOOR_MISSING = "door_missing"
    DOOR_UNKNOWN = "door_unknown"
    DOOR_GLUED = "door_glued"
    SEVERAL_DOORS = "several_doors"
    BUILDING_MISSING = "building_missing"
    BUILDING_FROM_TITLE = "building_from_title"
    BUILDING_OR_FLOOR = "building_or_floor"
    BUILDING_OR_UNIT = "building_or_unit"
    ROOM_MISSING = "room_missing"
    ROOM_WITHOUT_MARK = "room_without_mark"
    NAME_GUESSED = "name_guessed"
    ITEM_MISSING = "item_missing"
    ITEM_UNKNOWN = "item_unknown"
    ITEM_UNSURE = "item_unsure"
    ITEM_FROM_TITLE = "item_from_title"
    OFFER_UNKNOWN = "offer_unknown"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_RANGE = "quantity_range"
    QUANTITY_VAGUE = "quantity_vague"
    QUANTITY_HUGE = "quantity_huge"
    SEVERAL_QUANTITIES = "several_quantities"
    SAME_AS_ABOVE = "same_as_above"
    CHANGE_WITHOUT_ORIGINAL = "change_without_original"
    CANCEL_WITHOUT_ORIGINAL = "cancel_without_original"
    NUMBER_MISSING = "number_missing"
    NUMBER_REUSED = "number_reused"
    SAME_DOOR_AGAIN = "same_door_again"
    REPEATED_LINE = "repeated_line"
    OLDER_VERSION_SEEN_AGAIN = "older_version_seen_again"
    ABSENT_FROM_LATEST = "absent_from_latest"
    PRIVATE_CHANNEL = "private_channel"
    TEXT_LEFT_OVER = "text_left_over"


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """One doubt about one place of the text."""

    code: UncertaintyCode
    span: Span

    @property
    def message_key(self) -> str:
        """Key of the sentence to show; translations belong to the interface."""
        return f"juxing_text.uncertainty.{self.code}"
