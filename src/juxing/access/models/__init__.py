"""The tables of access: accounts with their roles and tokens, how they prove themselves, and what is taken out."""

from juxing.access.models.accounts import (
    BREAK_GLASS_TIME,
    Account,
    AccountManager,
    ApiToken,
    BreakGlassAccess,
    ReviewVerdict,
    RoleAssignment,
    RoleAssignmentQuerySet,
)
from juxing.access.models.exports import Export
from juxing.access.models.reminders import Reminder
from juxing.access.models.sign_in import (
    AuthenticatorApp,
    CodeFailure,
    GovernmentIdentity,
    IdentityRequest,
    Passkey,
    RecoveryCode,
    SignInSession,
)

__all__ = [
    "BREAK_GLASS_TIME",
    "Account",
    "AccountManager",
    "ApiToken",
    "AuthenticatorApp",
    "BreakGlassAccess",
    "CodeFailure",
    "Export",
    "GovernmentIdentity",
    "IdentityRequest",
    "Passkey",
    "RecoveryCode",
    "Reminder",
    "ReviewVerdict",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "SignInSession",
]
