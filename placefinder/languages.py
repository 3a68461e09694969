"""The languages people choose from: Japanese, やさしい日本語 with readings, English; and the catalogues of what is said in them.

Message ids are the Japanese sentences of the program; `web/translations/*.po` say the same in the other languages.
Readings stand in authored text only, as `{居場所|いばしょ}`: nothing guesses a reading. The pages make ruby of them.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

_ROOT = Path(__file__).parents[1]
TRANSLATIONS = tuple(_ROOT / face / "web" / "translations" for face in ("placefinder", "prescribing"))
"""A sentence means the same on whatever face it stands; `en.po`, or several `part.en.po`."""


class Language(StrEnum):
    """A language a resident may choose; the value stands in the cookie and in `?lang=`."""

    JA = "ja"
    EASY_JA = "easy-ja"
    EN = "en"

    @property
    def html(self) -> str:
        """The value of the `lang` attribute: やさしい日本語 is Japanese."""
        return "en" if self is Language.EN else "ja"

    @property
    def own_name(self) -> str:
        """How the language calls itself, for the switch."""
        return {"ja": "日本語", "easy-ja": "やさしい日本語", "en": "English"}[self.value]


def mark(message: str) -> str:
    """Names a sentence for the catalogues where it stands, to be translated where it is shown."""
    return message


@cache
def catalogue(language: Language) -> dict[str, tuple[str, ...]]:
    """The messages of a language by their Japanese, each with its plural forms; empty for Japanese itself."""
    if language is Language.JA:
        return {}
    messages: dict[str, tuple[str, ...]] = {}
    for path in (path for folder in TRANSLATIONS for path in sorted(folder.glob(f"*{language}.po"))):
        with path.open("rb") as file:
            messages |= {_first(message.id): _forms(message.string) for message in read_po(file) if message.id}
    return messages


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return _forms(text)[0]


@cache
def authored(language: Language) -> Callable[[str], str]:
    """What a Japanese sentence is in the language, as its catalogue has it: with `{漢字|かな}`, without HTML."""
    messages = catalogue(language)
    return lambda message: messages.get(message, (message,))[0]
