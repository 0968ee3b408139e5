"""Pages of incidents and activations."""
