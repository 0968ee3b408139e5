"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.people.personal_fields import (
    FOR_ACCOUNT,
    FOR_IMPORT,
    LegalBasis,
    Retention,
    Sensitivity,
    purposes,
    register,
    say_not_personal,
)

register(
    ["supplies.supplylist.content"], purpose=FOR_IMPORT, basis=LegalBasis.LEGAL_DUTY,
    sensitivity=Sensitivity.PERSONAL, retention=Retention.UNTIL_IMPORTED,
)  # fmt: skip
FOR_DONATIONS = "donations"
purposes.add(FOR_DONATIONS, _("Receipt and public account of donated goods"))

register(
    ["supplies.donation.donor_name", "supplies.donation.donor_phone"], purpose=FOR_DONATIONS,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.THREE_YEARS,
)  # fmt: skip
FOR_BUYING = "buying"
purposes.add(FOR_BUYING, _("Calling a supplier's people about goods that were ordered"))
register(
    ["supplies.suppliercontact.name", "supplies.suppliercontact.phone"], purpose=FOR_BUYING,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.WHILE_SERVING,
)  # fmt: skip
register(
    ["supplies.communitysharing.computed_by_name", "supplies.communitysharing.signed_by_name",
     "supplies.reserveplan.made_by_name", "supplies.stockalarm.taken_by_name",
     "supplies.stockmove.actor_name", "supplies.stocksheet.posted_by_name", "supplies.stocktake.started_by_name",
     "supplies.donationdisclosure.published_by_name", "supplies.supplyagreement.made_by_name",
     "supplies.supplyagreement.signed_by_name", "supplies.purchaseorder.made_by_name",
     "supplies.purchaseorder.approved_by_name", "supplies.purchaseorder.reviewed_by_name",
     "supplies.purchasedelivery.received_by_name"], purpose=FOR_ACCOUNT,
    basis=LegalBasis.LEGAL_DUTY, sensitivity=Sensitivity.PERSONAL, retention=Retention.WITH_THE_ACCOUNT,
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
say_not_personal(["supplies.stocksheet.name"], why="the name of a file of stock")
say_not_personal(["supplies.vehicle.name"], why="the name of a vehicle")
say_not_personal(["supplies.stockmove.reason"], why="which paper goods moved with; said of goods")
say_not_personal(
    [f"supplies.{model}.place" for model in ("stockentry", "stockbalance", "container")],
    why="an account of the ledger: a depot, a vehicle, the residents of a whole community",
)
say_not_personal(["supplies.donation.is_name_public"], why="whether a donor agreed to be named")
say_not_personal(
    ["supplies.supplyagreement.supplier_name", "supplies.purchaseorder.supplier_name"], why="names of organisations"
)
say_not_personal(
    ["supplies.supplyagreement.note", "supplies.purchaseorder.reason"], why="what was agreed and what it is bought for"
)
