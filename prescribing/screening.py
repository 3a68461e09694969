"""Screening (孤独感のものさし): what an instrument asks, which answers it has, and what may be said of them.

Three instruments that are never compared or mixed: the direct question of the government's survey (直接質問; reported as a
category, never as a score), UCLA-3 in the *government* version (three items, answers 1–4, sum 3–12) and in the *research*
version (answers 1–3, sum 3–9). LOINC knows the total of the research version only. Nothing is computed for a missing answer.

Questions and answers of the government's two: 人々のつながりに関する基礎調査. The research version (Hughes et al. 2004, Japanese
three items by Igarashi 2019) shares the questions; its answers are hardly ever, some of the time, often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from placefinder.languages import mark
from prescribing.errors import InputRefused

InstrumentCode = Literal["direct", "ucla3_government", "ucla3_research"]
LOINC = "http://loinc.org"
LOINC_PANEL, LOINC_TOTAL = "106418-7", "106421-1"
"""Three-item loneliness panel and its total, 3–9: of the research version."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """Questions, and the answers in the order of their numbers, 1 first. `range`: of the total; None where there is none."""

    code: InstrumentCode
    name_ja: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    range: tuple[int, int] | None
    loinc_panel: str | None = None
    loinc_total: str | None = None

    @property
    def most(self) -> int:
        """The highest number an answer has."""
        return len(self.answers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be said of the answers: a category of the direct question, or a total with the range it lies in, or neither."""

    instrument: InstrumentCode
    category: str | None = None
    total: int | None = None
    range: tuple[int, int] | None = None
    loinc: str | None = None


_ITEMS = (
    mark("あなたは、自分には人とのつきあいがないと感じることがありますか。"),
    mark("あなたは、自分は取り残されていると感じることがありますか。"),
    mark("あなたは、自分は他の人たちから孤立していると感じることがありますか。"),
)
_INSTRUMENTS = (
    Instrument(
        "direct",
        mark("孤独感の直接質問"),
        (mark("あなたはどの程度、孤独であると感じることがありますか。"),),
        (
            mark("決してない"),
            mark("ほとんどない"),
            mark("たまにある"),
            mark("時々ある"),
            mark("しばしばある・常にある"),
        ),
        None,
    ),
    Instrument(
        "ucla3_government",
        mark("UCLA孤独感尺度 3項目（政府調査の版、4つの答え）"),
        _ITEMS,
        (mark("決してない"), mark("ほとんどない"), mark("時々ある"), mark("常にある")),
        (3, 12),
    ),
    Instrument(
        "ucla3_research",
        mark("UCLA孤独感尺度 3項目（研究の版、3つの答え）"),
        _ITEMS,
        (mark("ほとんどない"), mark("時々ある"), mark("よくある")),
        (3, 9),
        LOINC_PANEL,
        LOINC_TOTAL,
    ),
)
INSTRUMENTS = MappingProxyType({one.code: one for one in _INSTRUMENTS})


def outcome(instrument: InstrumentCode, answers: Sequence[int | None]) -> Outcome:
    """What may be said of these answers. Where one is missing: nothing. Raises InputRefused for what is no answer of it."""
    asked = INSTRUMENTS[instrument]
    if len(answers) > len(asked.questions) or any(one is not None and not 1 <= one <= asked.most for one in answers):
        raise InputRefused(
            "answers", f"numbers from 1 to {asked.most}, one for each of {len(asked.questions)} questions"
        )
    given = [one for one in answers if one is not None]
    if len(given) < len(asked.questions):
        return Outcome(instrument)
    if asked.range is None:
        return Outcome(instrument, category=asked.answers[given[0] - 1])
    return Outcome(instrument, total=sum(given), range=asked.range, loinc=asked.loinc_total)


def comparable(earlier: Outcome, later: Outcome) -> bool:
    """May the two stand beside each other as before and after? Only of the same instrument, and both answered."""
    both = (earlier, later)
    return earlier.instrument == later.instrument and all(one.category or one.total is not None for one in both)
