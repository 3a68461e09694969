"""The three languages say the same, and readings are only those that somebody wrote."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from placefinder.opening.rules import Hours, Rule, Schedule, Weekly
from placefinder.web.languages import Language, catalogue, plain, ruby, say, with_kana
from placefinder.web.wording import Words

ROOT = Path(__file__).resolve().parents[2]
FACES = ("placefinder", "prescribing")
KANJI = re.compile(r"[一-龠々]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def messages_of_the_pages() -> set[str]:
    found = extract_from_dir(
        str(ROOT),
        [
            *((f"{face}/web/templates/**.html", "jinja2") for face in FACES),
            *((f"{face}/web/**.py", "python") for face in FACES),
            ("prescribing/*.py", "python"),
            ("prescribing/matching/*.py", "python"),
            ("prescribing/uptake/*.py", "python"),
            ("placefinder/opening/wording.py", "python"),
            ("placefinder/opening/calendar_words.py", "python"),
            ("placefinder/opening/feeds.py", "python"),
        ],
        {f"{face}/web/templates/**.html": {"extensions": "jinja2.ext.i18n"} for face in FACES},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "mark": None},  # type: ignore[dict-item]
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", [Language.EASY_JA, Language.EN])
def test_each_catalogue_says_every_sentence_of_the_pages_and_no_other(language: Language) -> None:
    assert set(catalogue(language)) == messages_of_the_pages()
    assert all(all(forms) for forms in catalogue(language).values())


@pytest.mark.parametrize("language", [Language.EASY_JA, Language.EN])
def test_translations_keep_the_values_of_a_sentence(language: Language) -> None:
    for message, forms in catalogue(language).items():
        for form in forms:
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(message)), message


def test_every_kanji_of_yasashii_nihongo_has_a_reading() -> None:
    for message, (easy,) in catalogue(Language.EASY_JA).items():
        assert not KANJI.search(re.sub(r"\{[^{}|]+\|[^{}|]+\}", "", easy)), message


def test_english_has_no_japanese_left() -> None:
    assert [m for m, forms in catalogue(Language.EN).items() if re.search(r"[ぁ-んァ-ヶ一-龠]", "".join(forms))] == []


def test_no_sentence_shames_anybody() -> None:
    assert not [message for message in messages_of_the_pages() if "貧困" in message]


def test_ruby_comes_from_markup_and_escapes_everything_else() -> None:
    assert ruby("{居場所|いばしょ}<b>") == "<ruby>居場所<rp>(</rp><rt>いばしょ</rt><rp>)</rp></ruby>&lt;b&gt;"
    assert plain(ruby("{居場所|いばしょ}へ")) == "居場所へ"


def test_a_name_gets_its_reading_only_where_the_source_supplies_one() -> None:
    assert with_kana("広場", None, Language.EASY_JA) == "広場"
    assert "<rt>ひろば</rt>" in with_kana("広場", "ひろば", Language.EASY_JA)
    assert with_kana("広場", "ひろば", Language.JA) == "広場"


def test_values_are_escaped_inside_sentences() -> None:
    assert "<script>" not in say(Language.EN, "%(name)sの学区", name="<script>")


@pytest.mark.parametrize(
    ("language", "said"), [(Language.JA, "2026年11月20日"), (Language.EASY_JA, "2026年11月20日"), (Language.EN, "November 20, 2026")]
)  # fmt: skip
def test_dates_follow_the_language(language: Language, said: str) -> None:
    assert plain(Words(language).date(date(2026, 11, 20))) == said


def test_dates_of_yasashii_nihongo_carry_their_irregular_readings() -> None:
    assert "<rt>はつか</rt>" in Words(Language.EASY_JA).date(date(2026, 11, 20))


def test_unknown_is_said_aloud() -> None:
    words = Words(Language.JA)
    assert words.fee(None, None) == "未確認"
    assert words.fee(0, 0) == "無料"
    assert words.fee(100, 300) == "100–300円"
    assert words.hours_unknown(Schedule(None))
    assert words.hours_unknown(Schedule(None, (Rule(Weekly((1,))),)))
    assert not words.hours_unknown(Schedule(None, (Rule(Weekly((1,)), (Hours(600),)),)))
    assert words.ages(6, None) == "6歳以上"
    assert words.audiences(["somebody else"]) == ""
