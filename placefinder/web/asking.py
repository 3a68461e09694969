"""What a resident asks on `/find`: one place, a few filters, a page. Values that cannot be meant are left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup
from starlette.datastructures import ImmutableMultiDict

from placefinder.store.vocabulary import Kind, Term
from placefinder.web.wording import Words

LONGEST_QUESTION = 80
OLDEST = 130


@dataclass(frozen=True, slots=True)
class Here:
    """A point the resident's device told, rounded to 0.001° (about 100 m) before anything is done with it."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: `q` in words or a district, with filters."""

    q: str = ""
    district: UUID | None = None
    kinds: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    free: bool = False
    age: int | None = None
    page: int = field(default=1)

    @property
    def narrowed(self) -> bool:
        """Does any filter stand?"""
        return bool(self.kinds or self.weekdays or self.needs or self.free or self.age is not None)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The filters as form fields, without the place and the page."""
        yield from (("kind", kind) for kind in self.kinds)
        yield from (("weekday", str(day)) for day in self.weekdays)
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
        if self.weekdays:
            yield words.say("曜日をしぼらない"), self.link(weekdays=())
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
        weekdays=tuple(day for day in range(1, 8) if str(day) in values.getlist("weekday")),
        needs=tuple(need for need in needs if need in values.getlist("need")),
        free=text(values, "free") == "1",
        age=_number(text(values, "age"), OLDEST),
        page=_number(text(values, "page"), 10_000) or 1,
    )


def read_here(values: ImmutableMultiDict[str, Any]) -> Here | None:
    """The rounded point of a posted form; None where there is none or it lies outside Japan."""
    try:
        lat, lon = round(float(text(values, "lat")), 3), round(float(text(values, "lon")), 3)
    except ValueError:
        return None
    return Here(lat, lon) if 20 <= lat <= 46 and 122 <= lon <= 154 else None


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
