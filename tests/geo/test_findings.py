from geo.findings import Finding, Severity, verdict


def finding(severity: Severity) -> Finding:
    return Finding(2, "緯度", "position_outside_japan", severity, "緯度が日本の外です。", "3.5")


def test_the_worst_finding_decides_what_becomes_of_a_row() -> None:
    assert verdict([]) == "accepted"
    assert verdict([finding("note")]) == "accepted"
    assert verdict([finding("note"), finding("question")]) == "queued"
    assert verdict([finding("question"), finding("refusal"), finding("note")]) == "refused"


def test_a_long_cell_is_quoted_in_part() -> None:
    long = Finding(2, "備考", "too_long", "note", "長すぎます。", "あ" * 5000)
    assert long.value == "あ" * 199 + "…"


def test_the_kept_form_leaves_the_row_number_to_the_row() -> None:
    assert finding("note").as_json() == {
        "column": "緯度",
        "rule": "position_outside_japan",
        "severity": "note",
        "message": "緯度が日本の外です。",
        "value": "3.5",
    }
