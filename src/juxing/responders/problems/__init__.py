"""Rows to the engine's arrays and back: the only modules of this room that know the engine."""
