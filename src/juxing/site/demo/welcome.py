"""What the demo prints: where to go, and one account per role."""

from __future__ import annotations

from juxing.access.models import RoleAssignment
from juxing.access.roles import Role
from juxing.places.models import Area
from juxing.site.demo.load import DEMO_PASSWORD


def welcome(address: str) -> str:
    """Return the text: address, pages for residents, one account per role with the shared password."""
    names = dict(Area.objects.values_list("code", "name"))
    lines = [
        "",
        f"  Juxing 聚星   {address}",
        f"  For residents, without an account: {address}/ask/",
        f"  Accounts (password for all: {DEMO_PASSWORD})",
        "",
    ]
    for role in Role:
        held = RoleAssignment.objects.select_related("account").filter(role=role, account__is_demo=True)
        first = held.order_by("id").first()
        if first is not None:
            place = names.get(first.area_code, first.area_code)
            lines.append(f"    {first.account.sign_in_name:44} {role.value:22} {place}")
    return "\n".join([*lines, "", ""])
