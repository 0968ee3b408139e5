"""The states of a plan's version."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.lifecycle import Lifecycle, Transition
from juxing.plans import policy
from juxing.plans.enums import PlanImportSectionStatus, PlanImportStatus
from juxing.plans.enums import VersionStatus as State
from juxing.plans.models import PlanImport, PlanImportSection, PlanVersion

VERSION: Lifecycle[PlanVersion] = Lifecycle(
    model=PlanVersion,
    subject="plans.version",
    states=tuple(State),
    transitions=(
        Transition(
            "approve", _("Plan brought into force"), frozenset({State.DRAFT}), State.APPROVED, policy.can_approve
        ),
        Transition(
            "replace", _("Plan replaced by a newer version"), frozenset({State.APPROVED}), State.REPLACED,
            policy.can_approve,
        ),
        Transition("withdraw", _("Draft given up"), frozenset({State.DRAFT}), State.WITHDRAWN, policy.can_write),
    ),
)  # fmt: skip

_FILE = PlanImportStatus
IMPORT: Lifecycle[PlanImport] = Lifecycle(
    model=PlanImport,
    subject="plans.import",
    states=tuple(_FILE),
    transitions=(
        Transition("read", _("Plan text read"), frozenset({_FILE.WAITING}), _FILE.READY, policy.can_import),
        Transition("fail", _("Plan text not readable"), frozenset({_FILE.WAITING}), _FILE.FAILED, policy.can_import),
        Transition("retry", _("Plan text read once more"), frozenset({_FILE.FAILED}), _FILE.WAITING, policy.can_import),
        Transition("close", _("Import of a plan text finished"), frozenset({_FILE.READY}), _FILE.CLOSED,
                   policy.can_import),
    ),
)  # fmt: skip

_PART = PlanImportSectionStatus
SECTION: Lifecycle[PlanImportSection] = Lifecycle(
    model=PlanImportSection,
    subject="plans.import_section",
    states=tuple(_PART),
    transitions=(
        Transition("take", _("Section of a plan text taken over"), frozenset({_PART.OPEN}), _PART.TAKEN,
                   policy.can_import),
        Transition("leave", _("Section of a plan text left out"), frozenset({_PART.OPEN}), _PART.LEFT_OUT,
                   policy.can_import),
        Transition("reopen", _("Section of a plan text taken up again"), frozenset({_PART.TAKEN, _PART.LEFT_OUT}),
                   _PART.OPEN, policy.can_import),
    ),
)  # fmt: skip
