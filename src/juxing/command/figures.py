"""What this room counts in situation reports."""

from django.utils.translation import gettext_lazy as _

from juxing.kernel.situation import declare_figure

GROUP = "command"
declare_figure("command.orders", _("Orders given"), group=GROUP, actions=["command.order.issue"])
declare_figure(
    "command.acknowledged", _("Posts that acknowledged an order"), group=GROUP,
    actions=["command.delivery.acknowledge"],
)  # fmt: skip
declare_figure(
    "command.completed", _("Posts that carried an order out"), group=GROUP, actions=["command.delivery.complete"]
)
declare_figure("command.cannot", _("Posts that could not"), group=GROUP, actions=["command.delivery.refuse"])
declare_figure("command.escalated", _("Silent posts shown to the level above"), group=GROUP,
               actions=["command.delivery.escalate"])  # fmt: skip
declare_figure("command.answered", _("People who answered the call"), group=GROUP, things=True,
               actions=["command.muster.answer", "command.muster.arrive"])  # fmt: skip
declare_figure("command.arrived", _("People who stood at their posts"), group=GROUP, things=True,
               actions=["command.muster.arrive"])  # fmt: skip
declare_figure("command.logged", _("Lines in the activity log"), group=GROUP, actions=["command.log.write"])
declare_figure("activations.steps", _("Steps of conversion carried out"), group="activations",
               actions=["activations.step.convert", "activations.step.revert"])  # fmt: skip
declare_figure("activations.failed", _("Steps of conversion that failed"), group="activations",
               actions=["activations.step.fail"])  # fmt: skip
declare_figure("activations.measures", _("Area measures brought into force"), group="activations",
               actions=["activations.measure.publish"])  # fmt: skip
