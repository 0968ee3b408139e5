"""The one exception this package raises on purpose."""


class StartupError(Exception):
    """A condition the person at the keyboard can mend; the message says how."""
