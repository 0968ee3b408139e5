"""Kinds of task whose gates an upper room knows, so that a plan below can ask for them by name."""

from __future__ import annotations

from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry

task_kinds: Registry[Words] = Registry("kind of task")
