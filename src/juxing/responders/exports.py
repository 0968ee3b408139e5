"""Lines of one's own list to correct, given back as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.access.exporting import Table, declare_export
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.responders import policy, queries


def gather_problems(actor: Actor, _areas: Areas, arguments: Mapping[str, Any], _purpose: str) -> Table:
    """Return the lines of a list that were not taken in, with what to do about each."""
    sent = queries.list_of(actor=actor, uuid=arguments["list"])
    names = ("line", "column", "written", "message")
    return Table(
        (_("Line"), _("Column"), _("Written there"), _("What to do")),
        [[problem[name] for name in names] for problem in sent.report.get("problems", [])],
    )


PROBLEMS = declare_export(
    "responders.rejected", gettext_lazy("Lines of report-ins to correct"), right=policy.VERIFY, gather=gather_problems,
    file_name="lines-to-correct",
)  # fmt: skip
