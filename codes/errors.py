"""The one exception of the library's readers."""


class MalformedError(ValueError):
    """The input is not what it should be. It says no more: the input came from a stranger."""
