"""The demo: a fictional district loaded into the real tables, and its emergency day driven through the real product."""
