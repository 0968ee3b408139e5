"""
Who holds promises on stock: each room that reserves goods says here what it holds, so that none can be lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from juxing.kernel.registry import Registry

Held = Mapping[tuple[int, int], Decimal]
"""What is promised, by depot and item."""

holders: Registry[Callable[[], Held]] = Registry("holder of promised stock")
