"""Everything placefinder can refuse. None of them knows a status code: placefinder/web/problems.py does.

PlacefinderError
├── CheckRefused       a check of facts cannot be recorded
├── KindUnknown        a code is not in the list of kinds
├── NotPassedOn        a source's terms keep something from leaving as a file
├── RecurrenceRefused  a recurrence rule of a calendar says what a schedule cannot hold
├── SearchError        a search asks for something that cannot be
├── SettingsError      an environment variable is not usable
├── TooManyReports     residents' reports come faster than they can be meant
└── UndeclaredRoute    a route does not say who may call it
"""


class PlacefinderError(Exception):
    """Base of all errors of this package; the text says what, where and what to do."""


class KindUnknown(PlacefinderError, ValueError):
    """A code is not in the list of kinds."""

    def __init__(self, text: str, allowed: list[str]) -> None:
        super().__init__(
            f"{text[:40]!r} is no kind of place: one of {', '.join(allowed)} is expected (data/codelists/kinds.csv)."
        )


class SettingsError(PlacefinderError):
    """An environment variable is not usable."""

    def __init__(self, variable: str, allowed: str) -> None:
        super().__init__(f"{variable} must be {allowed}.")


class UndeclaredRoute(PlacefinderError):
    """A route does not say who may call it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} does not declare who may call it: add @callers(…) to its endpoint.")


class TooManyReports(PlacefinderError):
    """Too many reports of errors came within an hour."""

    def __init__(self) -> None:
        super().__init__("Too many reports came within the last hour: try again later.")


class CheckRefused(PlacefinderError):
    """A check of facts cannot be recorded; the text says why and what to do."""


class SearchError(PlacefinderError):
    """A search asks for something that cannot be: names the field and what is allowed, never the value."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__(f"{field} must be {allowed}.")
        self.field = field
        self.allowed = allowed


class RecurrenceRefused(PlacefinderError, ValueError):
    """A recurrence rule of a calendar says what a schedule cannot hold: names its part and what is allowed, never the value."""

    def __init__(self, part: str, allowed: str) -> None:
        super().__init__(f"{part} of this event must be {allowed}.")
        self.part = part
        self.allowed = allowed


class NotPassedOn(PlacefinderError):
    """A source's terms do not let something leave as a file (docs/decisions/0006)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The terms of its source do not let {what} be passed on as a file: the page shows it.")
