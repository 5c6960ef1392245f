"""Contact cadence in words, and the rule it follows, for templates."""

from __future__ import annotations

from django import template

from engagements.models import DEFAULT_IDEAL_DAYS, DEFAULT_MAXIMUM_DAYS, CadenceRAG

register = template.Library()


@register.filter
def cadence_label(value: str) -> str:
    """The word of a contact cadence: "Lapsed" for red."""
    return CadenceRAG(value).label


@register.inclusion_tag("engagements/_cadence_rule.html")
def cadence_rule() -> dict[str, int]:
    """The rule in one paragraph, to print beside whatever shows the RAG."""
    return {"default_ideal_days": DEFAULT_IDEAL_DAYS, "default_maximum_days": DEFAULT_MAXIMUM_DAYS}
