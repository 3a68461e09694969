"""Everything placefinder can refuse. None of them knows a status code: placefinder/web/problems.py does.

PlacefinderError
├── SettingsError      an environment variable is not usable
└── UndeclaredRoute    a route does not say who may call it
"""


class PlacefinderError(Exception):
    """Base of all errors of this package; the text says what, where and what to do."""


class SettingsError(PlacefinderError):
    """An environment variable is not usable."""

    def __init__(self, variable: str, allowed: str) -> None:
        super().__init__(f"{variable} must be {allowed}.")


class UndeclaredRoute(PlacefinderError):
    """A route does not say who may call it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} does not declare who may call it: add @callers(…) to its endpoint.")
