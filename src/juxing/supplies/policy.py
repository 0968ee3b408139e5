"""Who may see and move stock, and share out scarce goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.rights import declare

VIEW = declare("supplies.view", _("See stock and requests"), roles={*COMMAND, *COMMUNITY_DESK, Role.STOREKEEPER})
MOVE_STOCK = declare("supplies.move_stock", _("Receive and hand out goods"), roles={*COMMAND, Role.STOREKEEPER})
SHARE_OUT = declare("supplies.share_out", _("Share scarce goods between organisations"), roles=COMMAND)
