"""The words of journal actions, for templates."""

from django import template

from juxing.access.journal_queries import action_label
from juxing.kernel.refusals import Words

register = template.Library()


@register.filter
def action_words(code: str) -> Words:
    """Return the words for an action's code."""
    return action_label(code)
