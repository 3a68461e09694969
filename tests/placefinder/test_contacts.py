"""Private numbers and addresses never stay; a venue's landline does. All numbers here are made up."""

import pytest

from geo.findings import Finding
from placefinder.intake.contacts import cleaned_finding, public_phone, same_line, without_personal


@pytest.mark.parametrize(
    "number",
    [
        "090-0000-0000",
        "(080)0000-0000",
        "０７０－００００－００００",
        "09000000000",
        "+81-90-0000-0000",
        "+81 80 0000 0000",
        "090 0000 0000",
        "090（0000）0000",
    ],
)
def test_a_mobile_number_is_dropped_however_it_is_written(number):
    assert without_personal(f"連絡先 {number} まで") == ("連絡先  まで", 1)
    assert public_phone(number) == (None, 1)


@pytest.mark.parametrize("address", ["someone@example.com", "some.one＠example.co.jp", "a_b+c@mail.example.org"])
def test_an_e_mail_address_is_dropped_unless_a_public_body_s(address):
    assert without_personal(address) == ("", 1)
    assert without_personal("fukushi@city.example.lg.jp") == ("fukushi@city.example.lg.jp", 0)


def test_a_landline_stays():
    assert public_phone("(03)0000-0000") == ("(03)0000-0000", 0)
    assert without_personal("0428-00-0000、0120-000-000") == ("0428-00-0000、0120-000-000", 0)


def test_a_mobile_number_stays_where_the_remark_says_that_it_is_public():
    assert public_phone("090-0000-0000", "公開可") == ("090-0000-0000", 0)
    assert public_phone("090-0000-0000", "非公開") == (None, 1)
    assert public_phone("090-0000-0000", "(代表)") == (None, 1)


def test_a_corporate_number_is_no_telephone():
    assert without_personal("4030000900000") == ("4030000900000", 0)


def test_what_a_finding_quotes_is_cleaned_too():
    finding = Finding(3, "備考", "x", "note", "…", "連絡先 someone@example.com")
    assert cleaned_finding(finding).value == "連絡先"


def test_one_line_is_recognised_in_two_spellings():
    assert same_line("(03)0000-0000", "０３－００００－００００")
    assert not same_line(None, None)
