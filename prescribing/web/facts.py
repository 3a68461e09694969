"""The facts of a person as a form: read, checked field by field, kept as they were typed, and put into what matching needs."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from starlette.datastructures import ImmutableMultiDict

from geo.points import LonLat
from geo.reach import PROFILES
from placefinder.store.vocabulary import Vocabulary
from placefinder.web.asking import LONGEST_QUESTION, OLDEST, text
from placefinder.web.languages import mark
from prescribing.screening import INSTRUMENTS
from prescribing.store.plans import KINDS, LONGEST_LINE

DAY_MINUTES = 1440
PARTS = {"morning": (360, 720), "afternoon": (720, 1020), "evening": (1020, 1320)}
"""Minutes of the day, as on the finder."""
PRICES = {"": None, "0": 0, "300": 300, "500": 500, "1000": 1000}
SEXES = ("female", "male", "other")
LONGEST_NAME, LONGEST_PHONE, MOST_AVOIDED = 80, 30, 5


@dataclass(frozen=True, slots=True)
class Facts:
    """The form as it was filled in, and what is wrong with it: field → a sentence for the catalogues.

    Texts stand as typed, so that nothing has to be typed again. `key` makes the form count once, however often it is sent.
    """

    key: str = ""
    age_text: str = ""
    q: str = ""
    where: str = ""  # what was chosen where the words were ambiguous
    mobility: str = ""  # "": by age
    sex: str = ""
    interests: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    price: str = ""
    avoid_text: str = ""
    insurer: UUID | None = None
    name: str = ""
    kana: str = ""
    phone: str = ""
    chart_number: str = ""
    instrument: str = ""
    answers: tuple[int | None, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def price_max(self) -> int | None:
        return PRICES.get(self.price)

    @property
    def free_minutes(self) -> list[tuple[int, int]] | None:
        """When they can come, in minutes since Monday 00:00; None where nothing was said."""
        if not self.days and not self.parts:
            return None
        spans = [PARTS[part] for part in PARTS if part in self.parts] or [(0, DAY_MINUTES)]
        return [
            ((day - 1) * DAY_MINUTES + first, (day - 1) * DAY_MINUTES + last)
            for day in (self.days or range(1, 8))
            for first, last in spans
        ]

    @property
    def avoided_names(self) -> list[str]:
        """What to keep away from, a name a line."""
        return [line.strip() for line in self.avoid_text.splitlines() if line.strip()][:MOST_AVOIDED]

    @property
    def more(self) -> bool:
        """Is anything said in the part that is folded away?"""
        return bool(self.avoid_text or self.sex or self.needs or {"avoid", "sex"} & set(self.errors))

    @property
    def fingerprint(self) -> bytes:
        """Of all that was told: the same key with another content is another form."""
        told = repr(replace(self, errors={}, lines=tuple(sorted(self.lines.items()))))  # type: ignore[arg-type]
        return hashlib.sha256(told.encode()).digest()

    @property
    def has_identity(self) -> bool:
        return bool(self.name or self.kana or self.phone or self.chart_number)


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody lives, as it may be kept: a school district, or a point rounded to about 100 m."""

    municipality_code: str
    district_id: UUID | None
    point: LonLat | None
    name: str
    around: LonLat | None = None  # to search from; not kept


def empty() -> Facts:
    """A form nobody has filled in, with a key of its own."""
    return Facts(key=str(uuid4()))


def read_facts(form: ImmutableMultiDict[str, Any], words_of: Vocabulary, year: int) -> Facts:
    """A posted form; unknown choices are left out, wrong ones are named in `errors`. `year`: the one that runs."""
    instrument = text(form, "instrument") if text(form, "instrument") in INSTRUMENTS else ""
    known: dict[str, Any] = {
        "key": text(form, "key")[:100],
        "age_text": _digits(text(form, "age"))[:5],
        "q": text(form, "q")[:LONGEST_QUESTION].strip(),
        "where": text(form, "where")[:200],
        "mobility": text(form, "mobility") if text(form, "mobility") in PROFILES else "",
        "sex": text(form, "sex") if text(form, "sex") in SEXES else "",
        "interests": _chosen(form, "interest", words_of.of("interest")),
        "needs": _chosen(form, "need", words_of.of("need")),
        "days": tuple(int(day) for day in _chosen(form, "day", "1234567")),
        "parts": _chosen(form, "part", PARTS),
        "price": text(form, "price") if text(form, "price") in PRICES else "",
        "avoid_text": _lines(form, "avoid"),
        "insurer": _uuid(text(form, "insurer")),
        "name": text(form, "name").strip(),
        "kana": text(form, "kana").strip(),
        "phone": text(form, "phone").strip(),
        "chart_number": text(form, "chart_number").strip(),
        "instrument": instrument,
        "answers": _answers(form, instrument),
        "lines": {kind: said for kind in KINDS if (said := _lines(form, f"line_{kind}").strip())},
    }
    facts = Facts(**known)
    return replace(facts, errors=_errors(facts, year))


def age_of(facts: Facts, year: int) -> int | None:
    """The age said, or the one reached in the year of a year of birth; None where it is neither."""
    if not facts.age_text.isdecimal():
        return None
    number = int(facts.age_text)
    age = year - number if len(facts.age_text) == 4 else number
    return age if 0 <= age <= OLDEST else None


def birth_year_of(facts: Facts) -> int | None:
    return int(facts.age_text) if len(facts.age_text) == 4 and facts.age_text.isdecimal() else None


def mobility_of(facts: Facts, age: int) -> str:
    """How they get around: as said, else as people of their age usually do."""
    if facts.mobility:
        return facts.mobility
    if age < 16:
        return "child"
    return "75+" if age >= 75 else "65-74" if age >= 65 else "adult"


def _errors(facts: Facts, year: int) -> dict[str, str]:
    errors = {}
    if age_of(facts, year) is None:
        errors["age"] = mark("年齢か、生まれた年（西暦4けた）を入れてください。")
    if not facts.q and not facts.where:
        errors["q"] = mark("小学校か、町の名前か、郵便番号を入れてください。")
    for name, longest in (
        ("name", LONGEST_NAME),
        ("kana", LONGEST_NAME),
        ("phone", LONGEST_PHONE),
        ("chart_number", LONGEST_PHONE),
    ):
        if len(getattr(facts, name)) > longest:
            errors[name] = mark("長すぎます。短くしてください。")
    if any(len(line) > LONGEST_LINE for line in facts.lines.values()):
        errors["lines"] = mark("計画の文は、それぞれ500字までで書いてください。")
    if facts.instrument and None in facts.answers:
        errors["answers"] = mark("選んだ質問には、ぜんぶ答えるか、「聞かない」を選んでください。")
    if not 8 <= len(facts.key) <= 100:
        errors["key"] = mark("このページを開きなおしてから、もう一度送ってください。")
    return errors


def _chosen(form: ImmutableMultiDict[str, Any], name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    said = form.getlist(name)
    return tuple(one for one in allowed if one in said)


def _answers(form: ImmutableMultiDict[str, Any], instrument: str) -> tuple[int | None, ...]:
    if not instrument:
        return ()
    asked = next(one for one in INSTRUMENTS.values() if one.code == instrument)
    said = [text(form, f"{instrument}_{number}") for number in range(len(asked.questions))]
    return tuple(int(one) if one.isdecimal() and 1 <= int(one) <= asked.most else None for one in said)


def _digits(said: str) -> str:
    """Full-width digits as plain ones, without blanks, 歳 and 年."""
    return said.translate(str.maketrans("０１２３４５６７８９", "0123456789")).strip(" 　歳才年")


def _lines(form: ImmutableMultiDict[str, Any], name: str) -> str:
    """A text of several lines, without control characters."""
    value = form.get(name)
    said = value.replace("\r\n", "\n") if isinstance(value, str) else ""
    return "".join(sign for sign in said if sign.isprintable() or sign == "\n")[:4_000]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def from_minutes(spans: Sequence[tuple[int, int]] | None) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The days and parts of the day that the form would have said for these minutes of a week."""
    told = [(first // DAY_MINUTES + 1, first % DAY_MINUTES, last - first) for first, last in spans or ()]
    days = tuple(sorted({day for day, _, _ in told}))
    starts = {start for _, start, length in told if length < DAY_MINUTES}
    return days if len(days) < 7 else (), tuple(part for part, (first, _) in PARTS.items() if first in starts)


def summary(facts: Facts, order: Sequence[str]) -> list[tuple[str, str]]:
    """What is wrong, in the order of the fields."""
    return [(name, facts.errors[name]) for name in order if name in facts.errors]
