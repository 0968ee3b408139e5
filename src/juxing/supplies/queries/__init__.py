"""Everything this room reads for its pages; writes nothing."""
