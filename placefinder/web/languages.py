"""The languages of the residents' face: Japanese, やさしい日本語 with readings, English.

Message ids are the Japanese sentences of the templates; `translations/*.po` say the same in the other languages.
Ruby stands in authored text only, as `{居場所|いばしょ}`, or comes from a supplied kana field: nothing guesses a reading.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

TRANSLATIONS = Path(__file__).parent / "translations"
_READING = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_RUBY_ANNOTATION = re.compile(r"<r[tp]>.*?</r[tp]>")


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


def ruby(text: str) -> Markup:
    """`{居場所|いばしょ}` as HTML ruby; everything else escaped."""
    return Markup(_READING.sub(r"<ruby>\1<rp>(</rp><rt>\2</rt><rp>)</rp></ruby>", str(escape(text))))  # noqa: S704 - escaped just here


def with_kana(text: str, kana: str | None, language: Language) -> Markup:
    """A name of the source, in やさしい日本語 under its reading where the source supplies one."""
    if language is not Language.EASY_JA or not kana or kana == text:
        return escape(text)
    return Markup("<ruby>{}<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>").format(text, kana)


def plain(text: str) -> str:
    """Translated text without readings and tags, for attributes, titles and options."""
    return Markup(_RUBY_ANNOTATION.sub("", str(text))).striptags()  # noqa: S704 - its tags are taken away


@cache
def catalogue(language: Language) -> dict[str, tuple[str, ...]]:
    """The messages of a language by their Japanese, each with its plural forms; empty for Japanese itself."""
    if language is Language.JA:
        return {}
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        return {_first(message.id): _forms(message.string) for message in read_po(file) if message.id}


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return _forms(text)[0]


@cache
def gettext_of(language: Language) -> Callable[[str], Markup]:
    """The `gettext` of a language: a Japanese sentence to safe HTML, with readings where they were authored."""
    messages = catalogue(language)

    @cache
    def gettext(message: str) -> Markup:
        return ruby(messages.get(message, (message,))[0])

    return gettext


@cache
def ngettext_of(language: Language) -> Callable[[str, str, int], Markup]:
    """The `ngettext` of a language; Japanese has one form for all counts."""
    messages = catalogue(language)

    def ngettext(one: str, many: str, count: int) -> Markup:
        forms = messages.get(one, (one,))
        return ruby(forms[0] if count == 1 else forms[-1])

    return ngettext


def say(language: Language, message: str, **values: object) -> Markup:
    """A Japanese sentence in the language, its `%(name)s` filled with escaped values."""
    return gettext_of(language)(message) % values
