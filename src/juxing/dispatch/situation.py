"""What this room counts in situation reports."""

from django.utils.translation import gettext_lazy as _

from juxing.kernel.situation import declare_figure

GROUP = "dispatch"
declare_figure("dispatch.accepted", _("Tasks accepted by helpers"), group=GROUP, things=True,
               actions=["dispatch.task.accept"])  # fmt: skip
declare_figure("dispatch.finished", _("Tasks done"), group=GROUP, things=True, actions=["dispatch.task.finish"])
