"""What a line is about, in the words of official lists."""

import pytest

from placefinder.topics import topic, topic_names


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("loneliness", "loneliness"),
        ("孤独・孤立", "loneliness"),
        ("孤立", "loneliness"),
        ("子育て", "parenting"),
        ("子育て相談", "parenting"),
        ("ＤＶ", "violence"),
        ("なんでも相談", "any"),
        ("園芸", None),
        ("", None),
    ],
)
def test_a_topic_is_known_by_code_name_or_one_word_of_the_name(said: str, code: str | None) -> None:
    assert topic(said) == code


def test_every_topic_is_found_by_its_own_name() -> None:
    assert len({topic(name) for name in topic_names()} - {None}) == len(topic_names())
