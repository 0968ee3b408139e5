"""What this room counts in situation reports."""

from django.utils.translation import gettext_lazy as _

from juxing.kernel.situation import declare_figure

GROUP = "needs"
declare_figure("needs.recorded", _("Needs recorded"), group=GROUP, things=True, actions=["needs.need.record"])
declare_figure("needs.confirmed", _("Needs met and confirmed"), group=GROUP, things=True,
               actions=["needs.need.confirm"])  # fmt: skip
declare_figure("needs.unmet", _("Needs that could not be met"), group=GROUP, things=True,
               actions=["needs.need.mark_unmet"])  # fmt: skip
