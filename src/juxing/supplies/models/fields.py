"""Columns of this room."""

from __future__ import annotations

from typing import Any

from django.db import models


class QuantityField(models.DecimalField):  # type: ignore[type-arg]
    """An exact quantity of supplies, in the unit written beside it: thousandths at most."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_digits", 14)
        options.setdefault("decimal_places", 3)
        super().__init__(*args, **options)
