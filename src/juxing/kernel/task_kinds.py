"""Kinds of task whose gates an upper room knows, so that a plan below can ask for them by name."""

from __future__ import annotations

from juxing.kernel.registry import Registry

task_kinds: Registry[str] = Registry("kind of task")
