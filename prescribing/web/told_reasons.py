"""Reasons, unknowns and refusals of the matching in the words of a language."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup

from placefinder.search import Said
from placefinder.store.vocabulary import Vocabulary
from placefinder.web.wording import Words
from prescribing.matching.suggesting import as_json

_HIDDEN = ("next_date", "weekly")
"""What the card says with its dates is not said a second time."""


def told(
    sentences: Mapping[str, str], all_said: Iterable[Mapping[str, Any] | Said], words: Words, words_of: Vocabulary
) -> list[Markup]:
    """Each code that has a sentence, its parameters in the words of the language; each sentence once."""
    lines: dict[Markup, None] = {}
    for one in all_said:
        said = as_json(one) if isinstance(one, Said) else one
        if said["code"] in sentences and said["code"] not in _HIDDEN:
            values = {name: _value(name, value, words, words_of) for name, value in said.items()}
            sentence = sentences[said["code"]]
            lines[words.say(sentence) % values] = None
    return list(lines)


def _value(name: str, value: Any, words: Words, words_of: Vocabulary) -> Any:
    if name in ("interest", "need"):
        term = words_of.of(name).get(str(value))
        return words.term(term) if term else value
    if name in ("date", "until") and value:
        return words.date(date.fromisoformat(str(value)))
    if name.startswith("price_yen") and isinstance(value, int):
        return f"{value:,}"
    return value
