"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import (
    FOR_ACCOUNT,
    FOR_IMPORT,
    LegalBasis,
    Retention,
    Sensitivity,
    register,
    say_not_personal,
)

register(
    ["supplies.supplylist.content"], purpose=FOR_IMPORT, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
register(
    ["supplies.allocationrun.computed_by_name", "supplies.allocationrun.signed_by_name"], purpose=FOR_ACCOUNT,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.WITH_THE_ACCOUNT,
)  # fmt: skip
say_not_personal(
    ["supplies.supplyitem.name_zh", "supplies.supplyitem.name_en", "supplies.depot.name",
     "supplies.allocationline.reason"],
    why="names of goods and depots; codes of reasons",
)  # fmt: skip
say_not_personal(
    [f"supplies.{model}.{name}" for model in ("supplyrequest", "supplyoffer")
     for name in ("written_item", "written_quantity")],
    why="what organisations ask for and offer",
)  # fmt: skip
say_not_personal(["supplies.supplylist.name"], why="the name a clerk gave to a file")
