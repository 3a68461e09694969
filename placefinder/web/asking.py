"""What a resident asks on `/find`: one place, a few filters, a page. Values that cannot be meant are left out."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup
from starlette.datastructures import ImmutableMultiDict

from geo.errors import PositionError
from geo.points import LonLat, rounded
from placefinder.search import WITHIN_DAYS, SearchRequest, days_within
from placefinder.store.vocabulary import Kind, Term
from placefinder.web.wording import Words

LONGEST_QUESTION = 80
OLDEST = 120
PAGE_SIZE = 10
LAST_PAGE = 1_000
PARTS = {"morning": (time(6), time(12)), "afternoon": (time(12), time(17)), "evening": (time(17), time(22))}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: `q` in words or a district, with filters."""

    q: str = ""
    district: UUID | None = None
    kinds: tuple[str, ...] = ()
    within: str | None = None
    weekday: int | None = None
    part: str | None = None
    needs: tuple[str, ...] = ()
    free: bool = False
    age: int | None = None
    page: int = field(default=1)

    @property
    def narrowed(self) -> bool:
        """Does any filter stand?"""
        return bool(self.kinds or self.weekday or self.part or self.needs or self.free or self.age is not None)

    def request(self, now: datetime, **where: Any) -> SearchRequest:
        """The search behind the question, at a place and as of `now` (Japan time)."""
        when: dict[str, Any] = days_within(self.within, now) if self.within else {}
        if self.part:
            when["time_from"], when["time_to"] = PARTS[self.part]
        return SearchRequest(
            kinds=self.kinds, weekday=self.weekday, needs=self.needs, age=self.age, **when,
            price_max=0 if self.free else None, limit=PAGE_SIZE, offset=(self.page - 1) * PAGE_SIZE, counted=True,
            **where,
        )  # fmt: skip

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The filters as form fields, without the place and the page."""
        yield from (("kind", kind) for kind in self.kinds)
        if self.within:
            yield "within", self.within
        if self.part:
            yield "part", self.part
        if self.weekday:
            yield "weekday", str(self.weekday)
        yield from (("need", need) for need in self.needs)
        if self.free:
            yield "free", "1"
        if self.age is not None:
            yield "age", str(self.age)

    def link(self, **change: Any) -> str:
        """The address of this question with something changed."""
        asked = replace(self, **{"page": 1, **change})
        pairs = [("q", asked.q)] if asked.q and not asked.district else []
        pairs += [("district", str(asked.district))] if asked.district else []
        pairs += list(asked.pairs())
        pairs += [("page", str(asked.page))] if asked.page > 1 else []
        return f"/find?{urlencode(pairs)}"

    def loosened(self, words: Words, kinds: Mapping[str, Kind], needs: list[Term]) -> Iterator[tuple[Markup, str]]:
        """Each filter left out, one by one: what it is called and where that leads."""
        if self.kinds:
            yield words.say("種類をしぼらない"), self.link(kinds=())
        if self.within:
            yield words.say("日にちをしぼらない"), self.link(within=None)
        if self.weekday:
            yield words.say("曜日をしぼらない"), self.link(weekday=None)
        if self.part:
            yield words.say("時間をしぼらない"), self.link(part=None)
        if self.free:
            yield words.say("無料でないものも見る"), self.link(free=False)
        if self.age is not None:
            yield words.say("年齢をしぼらない"), self.link(age=None)
        for need in needs:
            if need.term in self.needs:
                kept = tuple(term for term in self.needs if term != need.term)
                yield words.say("「%(need)s」をしぼらない") % {"need": words.term(need)}, self.link(needs=kept)


def read_ask(values: ImmutableMultiDict[str, Any], kinds: Mapping[str, Kind], needs: Mapping[str, Term]) -> Ask:
    """The question in a query or a form."""
    return Ask(
        q=text(values, "q")[:LONGEST_QUESTION].strip(),
        district=_uuid(text(values, "district")),
        kinds=tuple(kind for kind in kinds if kind in values.getlist("kind")),
        within=_one_of(text(values, "within"), WITHIN_DAYS),
        weekday=_number(text(values, "weekday"), 7) or None,
        part=_one_of(text(values, "part"), PARTS),
        needs=tuple(need for need in needs if need in values.getlist("need")),
        free=text(values, "free") == "1",
        age=_number(text(values, "age"), OLDEST),
        page=_number(text(values, "page"), LAST_PAGE) or 1,
    )


def read_here(values: ImmutableMultiDict[str, Any]) -> LonLat | None:
    """The point of a posted form, rounded to about 100 m before anything is done with it; None outside Japan."""
    try:
        return rounded(LonLat(float(text(values, "lon")), float(text(values, "lat"))))
    except (ValueError, PositionError):
        return None


def text(values: ImmutableMultiDict[str, Any], name: str) -> str:
    """A field as text without control characters; '' for a missing one or an uploaded file."""
    value = values.get(name)
    return "".join(sign for sign in value if sign.isprintable()) if isinstance(value, str) else ""


def _one_of(value: str, allowed: Container[str]) -> str | None:
    return value if value in allowed else None


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _number(value: str, largest: int) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 and int(value) <= largest else None
