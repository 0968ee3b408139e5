"""Pages of this room, by topic."""
