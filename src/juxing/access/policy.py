"""Who may administer accounts, and read the journal."""

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, Role
from juxing.kernel.rights import declare

ADMINISTER = declare("access.administer", _("Give and end roles"), roles={Role.SYSTEM_ADMIN})
READ_JOURNAL = declare(
    "access.read_journal", _("Read what was done by whom"),
    roles={Role.SECURITY_AUDITOR, Role.PRIVACY_OFFICER, *COMMAND, *COMMUNITY_DESK},
)  # fmt: skip
