"""Pages of responders: for desks, and for responders themselves on their phones."""
