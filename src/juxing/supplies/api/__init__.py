"""Supplies over HTTP: stock and scans, and the papers behind goods."""
