"""Posts that stand for the time of an activation."""

from __future__ import annotations

from django.db import models

from juxing.kernel.row_security import RowSecurity
from juxing.kernel.scope import AreaScoped
from juxing.organisations.models.posts import Post


class PostConversion(AreaScoped):
    """
    An activation counts on a post (岗位转换). Two activations over one place share the posts they both want.

    ``is_made`` says that the post was set up by a conversion; such a post is closed when no activation counts on it
    any more. ``code`` is the post's code in the plan.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="conversions")
    activation_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    is_made = models.BooleanField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            RowSecurity(name="organisations_postconversion_scope"),
            models.UniqueConstraint(
                fields=["activation_id", "post"], condition=models.Q(ended_at__isnull=True),
                name="organisations_counted_on_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="organisations_post_conversion_ends_after",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["activation_id", "area_code"], name="posts_of_activation")]
