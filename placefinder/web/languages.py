"""The languages of the residents' face as HTML: readings become ruby, everything else is escaped.

Ruby stands in authored text only, as `{居場所|いばしょ}`, or comes from a supplied kana field: nothing guesses a reading.
"""

import re
from collections.abc import Callable
from functools import cache

from markupsafe import Markup, escape

from placefinder.languages import Language, authored, catalogue, mark

__all__ = ["Language", "catalogue", "gettext_of", "mark", "ngettext_of", "plain", "ruby", "say", "with_kana"]

_READING = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_RUBY_ANNOTATION = re.compile(r"<r[tp]>.*?</r[tp]>")


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
def gettext_of(language: Language) -> Callable[[str], Markup]:
    """The `gettext` of a language: a Japanese sentence to safe HTML, with readings where they were authored."""
    told = authored(language)

    @cache
    def gettext(message: str) -> Markup:
        return ruby(told(message))

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
