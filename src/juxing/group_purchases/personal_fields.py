"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.people.personal_fields import LegalBasis, Retention, Sensitivity, purposes, register, say_not_personal

FOR_BUYING = "buying_together"
purposes.add(FOR_BUYING, _("Buying together with one's neighbours: ordering, handing out, settling the money"))

register(
    [f"group_purchases.householdorder.{name}" for name in (
        "household", "contact_name", "contact_phone", "contact_phone_index",
    )] + [
        "group_purchases.purchasechain.text", "group_purchases.purchasechainline.written",
        "group_purchases.purchasechainline.understood", "group_purchases.purchasechainline.household",
        "group_purchases.moneyentry.reference", "group_purchases.grouppurchase.organiser_name",
    ],
    purpose=FOR_BUYING, basis=LegalBasis.CONSENT, sensitivity=Sensitivity.PERSONAL,
    retention=Retention.ENDED_PLUS_12_MONTHS,
)  # fmt: skip
say_not_personal(
    ["group_purchases.grouppurchase.supplier_name", "group_purchases.purchasepackage.name"],
    why="what is bought from which shop, told to every neighbour",
)
say_not_personal(
    ["group_purchases.grouppurchase.pickup_place", "group_purchases.pickupslot.place"],
    why="where goods are picked up, told to every neighbour",
)
say_not_personal(
    ["group_purchases.grouppurchase.cancel_reason", "group_purchases.grouppurchase.left_over_reason"],
    why="why a purchase was called off and what became of what was left, told to every neighbour",
)
say_not_personal(["group_purchases.packagecontent.written"], why="what a package holds")
