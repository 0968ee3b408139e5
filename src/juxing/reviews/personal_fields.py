"""Why this room keeps what it keeps of people, and for how long."""

from __future__ import annotations

from juxing.people.personal_fields import say_not_personal

say_not_personal(
    ["reviews.reviewnote.text", "reviews.finding.text", "reviews.correctiveaction.text",
     "reviews.afteractionreview.summary"],
    why="what a plan and a response did well or badly; no person is judged",
)  # fmt: skip
