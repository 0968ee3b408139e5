"""Lines of one's own list to correct, given back as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.exporting import Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import NotVisible
from juxing.needs import policy
from juxing.needs.models import NeedImport


def gather_rejected(_actor: Actor, areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return the problems of an import to correct by."""
    kept = NeedImport.objects.inside(areas).filter(uuid=arguments["import"]).first()
    if kept is None:
        raise NotVisible
    names = ("line", "column", "written", "message")
    return Table(
        (_("Line"), _("Column"), _("Written there"), _("What is wrong and what to do")),
        [[problem[name] for name in names] for problem in kept.report.get("problems", [])],
    )


REJECTED = declare_export(
    "needs.rejected", gettext_lazy("Lines of needs to correct"), right=policy.IMPORT, gather=gather_rejected,
    file_name="lines-to-correct",
)  # fmt: skip
