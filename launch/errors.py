"""What the launcher tells a person when it cannot go on."""


class LaunchRefused(Exception):  # noqa: N818 - reads as what happened
    """Something on this machine stands in the way; the message says what, and what to do."""
