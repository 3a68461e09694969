"""What can go wrong while foreign files are taken in. Every error says what, where and what to do, in a clerk's words."""

from placefinder.errors import PlacefinderError


class IntakeError(PlacefinderError):
    """Something foreign (a file, a mapping, a download) cannot be used.

    `rule` is a short English code for programs and tests; the text is Japanese, for clerks.
    """

    def __init__(self, rule: str, what: str, *, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}\n→ {remedy}")
        self.rule = rule
        self.what = what
        self.where = where
        self.remedy = remedy


class FileRefused(IntakeError):
    """The whole file is refused: damaged, hostile, too large, or no table."""


class MappingInvalid(IntakeError):
    """A mapping file asks for something that does not exist; `where` names the key."""


class SourceInvalid(IntakeError):
    """The source registry is wrong, or has no such source."""


class FetchFailed(IntakeError):
    """A download did not succeed, or was refused for its address or size."""
