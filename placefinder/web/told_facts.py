"""The facts of a place and its activities as rows of a page: under the words of the code lists, or as the list has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from placefinder.store.vocabulary import Term, Vocabulary
from placefinder.web.languages import mark
from placefinder.web.wording import Words

Facts = Mapping[str, Mapping[str, Any]]

PRICES = {
    "price_幼児": mark("幼児"),
    "price_小学生": mark("小学生"),
    "price_中学生": mark("中学生"),
    "price_高校生": mark("高校生"),
    "price_大人": mark("大人"),
}
_TOLD_ELSEWHERE = {"phone", "bring", "greeter", "url", "price_text", *PRICES}
_OF_THE_PLACE = {
    "building", "venue", "step_free", "accessible_toilet", "parking", "nursing_room", "pram", "barrier_free", "quiet_space",
}  # fmt: skip
_SAID_BY_YES = {"step_free", "pram", "alone_ok", "drop_in", "interpreter"}  # 「段差なし: はい」, but 「駐車場: あり」
_FREE = ("0", "0円", "無料", "なし")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is about, and what is known."""

    label: Markup
    value: Markup


@dataclass(frozen=True, slots=True)
class Told:
    """Rows under our own words, rows of columns we have no word for, and the fee by who pays."""

    rows: list[Row]
    as_listed: list[Row]
    fees: list[Row]
    fee_text: str | None


def of_the_place(facts: Facts) -> Facts:
    """Those that hold for the building whoever meets in it."""
    return {name: fact for name, fact in facts.items() if name in _OF_THE_PLACE}


def of_the_activity(facts: Facts) -> Facts:
    """The others: lists with one row for place and activity keep both in one."""
    return {name: fact for name, fact in facts.items() if name not in _OF_THE_PLACE}


def told(facts: Facts, words_of: Vocabulary, words: Words) -> Told:
    """What is said of these facts; nothing is said of what is unknown."""
    terms = {**words_of.of("fact"), **words_of.of("need")}
    shown = {name: fact for name, fact in facts.items() if _is_told(name, fact, facts)}
    return Told(
        [Row(words.term(terms[name]), _value(name, shown[name], words)) for name in _in_order(shown, terms)],
        [_as_listed(name, fact, words) for name, fact in shown.items() if name not in terms],
        fees(facts, words),
        str(facts["price_text"].get("value")) if "price_text" in facts else None,
    )


def fees(facts: Facts, words: Words) -> list[Row]:
    """「大人」 200円, 「幼児・小学生」 無料: who pays the same stands together."""
    groups: dict[str, list[str]] = {}
    for name, who in PRICES.items():
        if (said := str(facts.get(name, {}).get("value", "")).strip()) and facts[name].get("state") == "value":
            groups.setdefault("0" if said in _FREE else said, []).append(who)
    return [Row(words.say("・").join(map(words.say, who)), _yen(said, words)) for said, who in groups.items()]


def _is_told(name: str, fact: Mapping[str, Any], facts: Facts) -> bool:
    if name in _TOLD_ELSEWHERE or fact.get("state") not in ("yes", "no", "value"):
        return False
    # 「予約方法: 不要」 is told by 「申込み不要」 already, which was read from the same column.
    return not (name == "booking" and fact.get("field") == facts.get("drop_in", {}).get("field"))


def _in_order(shown: Facts, terms: Mapping[str, Term]) -> list[str]:
    return [name for name in terms if name in shown]


def _value(name: str, fact: Mapping[str, Any], words: Words) -> Markup:
    if fact["state"] == "value":
        return words.name(str(fact.get("value", "")))
    if name in _SAID_BY_YES:
        return words.say("はい") if fact["state"] == "yes" else words.say("いいえ（一覧による）")
    return words.say("あり") if fact["state"] == "yes" else words.say("なし（一覧による）")


def _as_listed(name: str, fact: Mapping[str, Any], words: Words) -> Row:
    value = fact.get("value") or {"yes": "有", "no": "無"}.get(fact["state"], "")
    return Row(words.name(str(fact.get("field") or name)), words.name(str(value)))


def _yen(said: str, words: Words) -> Markup:
    plain = said.removesuffix("円").replace(",", "")
    return words.fee(int(plain), int(plain)) if plain.isascii() and plain.isdigit() else words.name(said)
