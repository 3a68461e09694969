import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses import normalise, postcode_in, town_key

# What real lists are made of, so that the properties meet more than random letters.
address_text = st.lists(
    st.one_of(
        st.text(max_size=3),
        st.sampled_from("一二三十百千〇0123０１９ー－‐-のノ之字丁目番地号ヶケが壱弐 　\t\n〒\u3099\ufe00"),
        st.sampled_from(["大字", "丁目", "北16条", "〒100-0001", "100-0001", "千代田区", "壱番地"]),
    ),
    max_size=14,
).map("".join)


@given(address_text)
def test_normalising_twice_equals_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(address_text)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert town_key(town_key(text)) == town_key(text)


@given(address_text)
def test_a_normalised_address_has_the_key_of_its_text(text: str) -> None:
    assert town_key(normalise(text)) == town_key(text) or postcode_in(text)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("東京都品川区\t北品川１－２－３", "東京都品川区 北品川1-2-3"),
        ("ﾊｰﾄﾋﾞﾙ\r\n３Ｆ", "ハートビル 3F"),
        ("〒100-0001　東京都千代田区千代田１−１", "東京都千代田区千代田1-1"),
        ("府中市宮西町2ー24", "府中市宮西町2-24"),
        ("北インター工業団地４丁目", "北インター工業団地4丁目"),
    ],
)
def test_an_address_is_tidied(written: str, tidy: str) -> None:
    assert normalise(written) == tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北十六条西二丁目", "北１６条西２丁目"),
        ("霞が関三丁目", "霞ヶ関３丁目"),
        ("千駄ケ谷", "千駄ヶ谷"),
        ("大字箕輪字ケヤキ", "箕輪けやき"),
        ("澤田", "沢田"),
        ("龍ヶ崎市", "竜ケ崎市"),
        ("紀尾井町一の三", "紀尾井町1-3"),
        ("紀尾井町壱丿３", "紀尾井町1-3"),
        ("二十三番", "二三番"),
        ("西ノ京", "西の京"),
        ("渡邉町", "渡辺町"),
        ("芝公園ニ丁目", "芝公園二丁目"),  # katakana ニ
    ],
)
def test_spellings_of_one_town_have_one_key(one: str, other: str) -> None:
    assert town_key(one) == town_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("一丁目", "二丁目"), ("7千代田", "7000代田"), ("三12", "312"), ("か", "け")]
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert town_key(one) != town_key(other)


def test_a_leading_postcode_is_read() -> None:
    assert postcode_in("〒100－0001 東京都") == "1000001"
    assert postcode_in("東京都千代田区1-1") is None
