"""What a resident asks on `/find`: one place, a few filters, a page. Values that cannot be meant are left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup
from starlette.datastructures import ImmutableMultiDict

from geo.errors import PositionError
from geo.points import LonLat, rounded
from placefinder.search import SearchRequest
from placefinder.store.vocabulary import Kind, Term
from placefinder.web.wording import Words

LONGEST_QUESTION = 80
OLDEST = 120
PAGE_SIZE = 10
LAST_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: `q` in words or a district, with filters."""

    q: str = ""
    district: UUID | None = None
    kinds: tuple[str, ...] = ()
    weekday: int | None = None
    needs: tuple[str, ...] = ()
    free: bool = False
    age: int | None = None
    page: int = field(default=1)

    @property
    def narrowed(self) -> bool:
        """Does any filter stand?"""
        return bool(self.kinds or self.weekday or self.needs or self.free or self.age is not None)

    def request(self, **where: Any) -> SearchRequest:
        """The search behind the question, at a place."""
        return SearchRequest(
            kinds=self.kinds, weekday=self.weekday, needs=self.needs, age=self.age,
            price_max=0 if self.free else None, limit=PAGE_SIZE, offset=(self.page - 1) * PAGE_SIZE, counted=True,
            **where,
        )  # fmt: skip

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The filters as form fields, without the place and the page."""
        yield from (("kind", kind) for kind in self.kinds)
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
        if self.weekday:
            yield words.say("曜日をしぼらない"), self.link(weekday=None)
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
        weekday=_number(text(values, "weekday"), 7) or None,
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


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _number(value: str, largest: int) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 and int(value) <= largest else None
