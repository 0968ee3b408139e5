"""How Juxing starts: its private PostgreSQL, its processes, and the environment they get.

Nothing here imports Django, so that a broken settings module can never keep the database from starting or
stopping.
"""
