import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.codes import (
    PREFECTURES,
    check_digit,
    municipality_code,
    postcode,
    prefecture_code,
    prefecture_named,
    prefecture_of,
    school_code,
)
from geo.errors import CodeError

five_digit_codes = st.builds(
    lambda prefecture, number: f"{prefecture:02d}{number:03d}", st.integers(1, 47), st.integers(100, 799)
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("13101", "131016"),
        ("131016", "131016"),
        ("１３１０１６", "131016"),
        (" 13101-6 ", "131016"),
        ("01100", "011002"),
        ("11002", "011002"),  # 札幌市, its zero eaten by a spreadsheet
        ("1100", "011002"),  # and without its check digit
        ("130001", "130001"),  # 東京都 itself
        ("13000", "130001"),
    ],
)
def test_a_municipality_code_is_kept_with_six_digits(written: str, code: str) -> None:
    assert municipality_code(written) == code


@pytest.mark.parametrize("written", ["131015", "481016", "001016", "13", "", "東京都", "13101a", "1310161", "130501"])
def test_what_is_no_municipality_code_is_refused(written: str) -> None:
    with pytest.raises(CodeError, match="no municipality code"):
        municipality_code(written)


@given(five_digit_codes)
def test_five_digits_become_six_and_stay_so(five: str) -> None:
    code = municipality_code(five)
    assert code[:5] == five
    assert municipality_code(code) == code
    assert prefecture_of(code) == five[:2]


@given(five_digit_codes, st.integers(1, 9))
def test_one_wrong_check_digit_is_noticed(five: str, error: int) -> None:
    wrong = str((int(check_digit(five)) + error) % 10)
    with pytest.raises(CodeError):
        municipality_code(five + wrong)


@given(st.text())
def test_any_text_is_a_code_or_a_code_error(text: str) -> None:
    for check in (municipality_code, prefecture_code, school_code, postcode):
        with suppress(CodeError):
            assert check(check(text)) == check(text)


def test_every_code_of_the_official_list_of_tokyo_is_right(realdata: Path) -> None:
    with (realdata / "13-tokyo" / "tokyo_lg_codes.csv").open(encoding="utf-8-sig") as file:
        codes = [row["団体コード"] for row in csv.DictReader(file)]
    assert len(codes) > 60
    assert [municipality_code(code) for code in codes] == codes


def test_prefectures_have_names_and_codes() -> None:
    assert len(PREFECTURES) == 47
    assert prefecture_code("１") == "01"
    assert PREFECTURES[prefecture_code("26")] == "京都府"
    assert prefecture_named("沖縄県") == "47"
    assert prefecture_named("東京") is None


def test_a_school_code_names_its_kind_and_prefecture() -> None:
    assert school_code("Ｂ１１３２１０５０００１９") == "B113210500019"
    for wrong in ("B199210500019", "B11321050001", "1113210500019", "B1132105000190"):
        with pytest.raises(CodeError):
            school_code(wrong)


def test_a_postcode_has_seven_digits() -> None:
    assert postcode("〒１００－０００１") == "1000001"
    with pytest.raises(CodeError):
        postcode("100-001")
