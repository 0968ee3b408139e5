"""Lists of requests and offers, row by row."""
