"""What a page says of the facts of a list: our own words where there are some, the list's where there are none."""

import csv

from markupsafe import Markup

from geo.folders import DATA
from placefinder.store.vocabulary import Term, Vocabulary
from placefinder.web.languages import Language
from placefinder.web.told_facts import Facts, Told, told
from placefinder.web.wording import Words


def vocabulary() -> Vocabulary:
    with (DATA / "codelists" / "terms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Vocabulary({}, [Term(*(row[name] for name in Term.__slots__)) for row in rows])


def said(facts: Facts, language: Language = Language.JA) -> Told:
    return told(facts, vocabulary(), Words(language))


def value(text: str, field: str = "列") -> dict[str, str]:
    return {"state": "value", "value": text, "field": field}


def test_the_fee_is_one_row_by_who_pays() -> None:
    facts = {
        "price_大人": value("200円"),
        "price_小学生": value("0"),
        "price_幼児": value("0"),
        "price_中学生": value("米1合"),
    }
    rows = said(facts)
    assert [(row.label, row.value) for row in rows.fees] == [
        ("幼児・小学生", "無料"), ("中学生", "米1合"), ("大人", "200円"),
    ]  # fmt: skip
    assert rows.rows == rows.as_listed == []


def test_a_fact_with_a_word_has_it_in_every_language() -> None:
    labels = [said({"purpose": value("語らう", "設置目的")}, language).rows[0].label for language in Language]
    assert labels == ["めざすこと", "めざす こと", "What it is for"]


def test_a_column_without_a_word_stays_as_the_list_has_it() -> None:
    rows = said({"etc": value("<b>雨天中止</b>", "Etc")}, Language.EN)
    assert rows.rows == []
    assert rows.as_listed[0].label == Markup('<span lang="ja">Etc</span>')
    assert rows.as_listed[0].value == Markup('<span lang="ja">&lt;b&gt;雨天中止&lt;/b&gt;</span>')


def test_a_no_names_the_list_that_says_so_and_unknown_says_nothing() -> None:
    assert said({"parking": {"state": "no", "field": "駐車場"}}).rows[0].value == "なし（一覧による）"
    assert said({"step_free": {"state": "no", "field": "段差"}}).rows[0].value == "いいえ（一覧による）"
    assert said({"parking": {"state": "unknown", "field": ""}}).rows == []


def test_one_column_is_not_told_twice() -> None:
    no_booking = {"drop_in": {"state": "yes", "field": "予約方法"}, "booking": value("不要", "予約方法")}
    assert [row.label for row in said(no_booking).rows] == ["申込み不要"]
    assert len(said({**no_booking, "booking": value("電話で", "申込")}).rows) == 2
