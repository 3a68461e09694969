"""Named queries: SQL lives in `.sql` files, Python asks for it by name."""

import re
from collections.abc import Iterator
from importlib.resources import files

_NAMED = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Queries:
    """The queries of one `.sql` file, each an attribute holding its SQL text.

    A query starts with `-- name: x`; its next line is a comment with the question it answers.
    Raises AttributeError for a name the file does not have, ValueError for a name given twice.
    """

    def __init__(self, package: str, file_name: str) -> None:
        self.file_name = file_name
        parts = _NAMED.split(files(package).joinpath(file_name).read_text("utf-8"))
        names = parts[1::2]
        if len(set(names)) != len(names):
            raise ValueError(f"{file_name} names a query twice: {sorted(names)}")
        self._sql: dict[str, str] = dict(zip(names, (sql.strip() for sql in parts[2::2]), strict=True))

    def __getattr__(self, name: str) -> str:
        try:
            return self._sql[name]
        except KeyError:
            raise AttributeError(f"{self.file_name} has no query named {name!r}") from None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._sql.items())
