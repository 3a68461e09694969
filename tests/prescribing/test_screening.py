"""Screening: three instruments, each told in its own way, never mixed."""

from itertools import product

import psycopg
import pytest

from prescribing.errors import InputRefused
from prescribing.screening import INSTRUMENTS, LOINC_TOTAL, InstrumentCode, comparable, outcome


def test_the_direct_question_is_told_as_a_category_and_never_as_a_score() -> None:
    told = [outcome("direct", [answer]) for answer in range(1, 6)]
    assert [one.category for one in told] == [
        "決してない",
        "ほとんどない",
        "たまにある",
        "時々ある",
        "しばしばある・常にある",
    ]
    assert {(one.total, one.range, one.loinc) for one in told} == {(None, None, None)}


@pytest.mark.parametrize(("code", "most"), [("ucla3_government", 4), ("ucla3_research", 3)])
def test_each_version_sums_within_its_own_range(code: InstrumentCode, most: int) -> None:
    for answers in product(range(1, most + 1), repeat=3):
        told = outcome(code, answers)
        assert told.total == sum(answers)
        assert told.range == (3, 3 * most)


def test_the_words_are_those_of_the_governments_survey() -> None:
    asked = INSTRUMENTS["ucla3_government"]
    assert asked.answers == ("決してない", "ほとんどない", "時々ある", "常にある")
    assert asked.questions[0] == "あなたは、自分には人とのつきあいがないと感じることがありますか。"
    assert [
        word in question
        for word, question in zip(("つきあい", "取り残されて", "孤立して"), asked.questions, strict=True)
    ] == [True] * 3


def test_loinc_is_only_for_the_total_of_the_research_version() -> None:
    assert outcome("ucla3_research", (1, 2, 3)).loinc == LOINC_TOTAL == "106421-1"
    assert outcome("ucla3_research", (1, 2, None)).loinc is None
    assert outcome("ucla3_government", (1, 2, 3)).loinc is None
    assert INSTRUMENTS["direct"].loinc_total is INSTRUMENTS["ucla3_government"].loinc_total is None


@pytest.mark.parametrize("code", INSTRUMENTS)
def test_without_an_answer_nothing_is_told(code: InstrumentCode) -> None:
    questions = len(INSTRUMENTS[code].questions)
    for answers in ([None] * questions, [1] * (questions - 1), [*[1] * (questions - 1), None]):
        told = outcome(code, answers)
        assert (told.total, told.category, told.range) == (None, None, None)


@pytest.mark.parametrize(
    ("code", "answers"),
    [("direct", [6]), ("direct", [1, 1]), ("ucla3_research", [1, 2, 4]), ("ucla3_government", [0, 1, 1])],
)
def test_what_is_no_answer_of_the_instrument_is_refused(code: InstrumentCode, answers: list[int]) -> None:
    with pytest.raises(InputRefused):
        outcome(code, answers)


def test_the_two_versions_are_never_compared() -> None:
    government, research = outcome("ucla3_government", (2, 2, 2)), outcome("ucla3_research", (2, 2, 2))
    assert not comparable(government, research)
    assert comparable(government, outcome("ucla3_government", (1, 1, 1)))
    assert not comparable(government, outcome("ucla3_government", (1, 1, None)))
    assert not comparable(outcome("direct", [3]), research)


def test_the_database_takes_the_same_answers(database: psycopg.Connection) -> None:
    row = database.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'screening_answers_possible'"
    ).fetchone()
    assert row is not None
    for one in INSTRUMENTS.values():
        assert one.code in row[0] or one.code == "ucla3_research"
