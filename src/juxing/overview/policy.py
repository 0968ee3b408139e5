"""Who may see the operating picture."""

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP
from juxing.kernel.rights import declare

VIEW = declare("overview.view", _("See the operating picture"), roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP})
