"""What some of the demo district's responders can give beyond a pair of hands, and what of it waits to be looked at."""

from __future__ import annotations

from datetime import datetime

from juxing.kernel.actors import Actor
from juxing.responders.commands.talents import CredentialInput, hand_in_credential, verify_credential
from juxing.responders.enums import SERVING
from juxing.responders.models import Responder
from juxing.responders.talent_enums import TalentCategory

LOADING = Actor.system("demo")
TALENTS = (
    (TalentCategory.MEDIATION, "人民调解员"), (TalentCategory.TRANSLATION_DIALECT, "会讲本地方言"),
    (TalentCategory.LOGISTICS, "仓库管理十年"), (TalentCategory.IT_DATA, "会做表格和统计"),
    (TalentCategory.TEACHING, "退休小学教师"), (TalentCategory.OTHER, "理发"),
)  # fmt: skip
WAITING = 2


def load_talents(responders: range, *, now: datetime) -> None:
    """Let a few people of the shown community hand in a talent that needs no paper; the last ones wait."""
    if not responders:
        return
    shown = Responder.objects.get(pk=responders[0])
    near = Responder.objects.within(shown.area_code).filter(status__in=sorted(SERVING)).order_by("-id")
    for number, (one, (category, title)) in enumerate(zip(near, TALENTS, strict=False)):
        made = hand_in_credential(
            actor=LOADING, now=now, responder=one, given=CredentialInput(category, title, "", b"", None)
        )
        if number < len(TALENTS) - WAITING:
            verify_credential(actor=LOADING, now=now, credential=made)
