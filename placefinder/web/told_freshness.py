"""How old what we say is, in the words of a language: when a fact was checked, by whose list, and what that is worth today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel.dates import format_skeleton
from markupsafe import Markup, escape

from placefinder.clock import today
from placefinder.freshness import Check, FactKind, Freshness, Role, freshness, kind_of, latest
from placefinder.search import Result
from placefinder.store.about import ActivityAbout, PlaceAbout
from placefinder.web.languages import Language, mark, ruby
from placefinder.web.wording import Words

ROLES: Mapping[Role, str] = {
    "organiser": mark("主催者"),
    "municipality": mark("市区町村"),
    "link_worker": mark("つなぐ人"),
    "clerk": mark("担当の人"),
}
LABELS: Mapping[FactKind, str] = {
    "status": mark("やっているか"),
    "opening": mark("いつ"),
    "who": mark("だれ"),
    "price": mark("参加費"),
    "address": mark("住所"),
    "phone": mark("電話番号"),
    "access": mark("建物のこと"),
    "about": mark("そのほか"),
}
OF_AN_ACTIVITY: tuple[FactKind, ...] = ("status", "opening", "who", "price", "about")
OF_A_PLACE: tuple[FactKind, ...] = ("address", "phone", "access")


@dataclass(frozen=True, slots=True)
class Aged:
    """Facts checked at one time: what they are, in words when that was, and whether they are stale."""

    labels: Markup
    said: Markup
    stale: bool


@dataclass(frozen=True, slots=True)
class Ages:
    """The age of all facts of an activity or a place; `schedule` is that of the schedule, for beside its days."""

    groups: tuple[Aged, ...]
    schedule_stale: bool = False


def month(day: date, words: Words) -> Markup:
    """「2026年3月」, "March 2026": the day says more than anybody needs."""
    if words.language is Language.EASY_JA:
        return ruby(f"{day.year}{{年|ねん}}{day.month}{{月|がつ}}")
    return escape(format_skeleton("yMMMM", day, locale="en" if words.language is Language.EN else "ja"))


def said(fresh: Freshness, words: Words) -> Markup:
    """「2026年3月に確認」, 「2026年3月の一覧による」, 「古い情報です（…）」, 「確認日が不明」."""
    if fresh.on is None:
        return words.say("確認日が不明")
    when = {"month": month(fresh.on, words)}
    if fresh.basis == "edition":
        told = words.say("%(month)sの一覧による") % when
    elif fresh.role:
        told = words.say("%(month)sに%(role)sが確認") % (when | {"role": words.say(ROLES[fresh.role])})
    else:
        told = words.say("%(month)sに確認") % when
    if fresh.confidence == "stale":
        return words.say("古い情報です（%(when)s）") % {"when": told}
    return words.say("%(when)s。変わったかもしれません") % {"when": told} if fresh.confidence == "ageing" else told


def of_schedule(item: Result) -> Freshness:
    """How fresh the schedule of a search result is today."""
    checked = Check("opening", item.checked_on) if item.checked_on else None
    return freshness("opening", checked, item.edition_on, today())


def ages(
    place: PlaceAbout, activities: Sequence[ActivityAbout], checks: Mapping[UUID, Sequence[Check]], words: Words
) -> Mapping[UUID, Ages]:
    """The age of what is said, by the id of each activity and of the place."""
    of_each = {one.activity_id: _of_activity(place, one, checks.get(one.activity_id, ()), words) for one in activities}
    everybodys = [check for some in checks.values() for check in some]
    dated = [one.checked_on for one in activities if one.checked_on]
    on = max(dated) if len(dated) == len(activities) and dated else None
    kinds = [kind for kind in OF_A_PLACE if kind == "address" or _says(place, activities, kind)]
    found = {kind: _fresh(kind, place, on, everybodys) for kind in kinds}
    return {place.place_id: Ages(_grouped(found, words)), **of_each}


def _of_activity(place: PlaceAbout, activity: ActivityAbout, checks: Sequence[Check], words: Words) -> Ages:
    found = {kind: _fresh(kind, place, activity.checked_on, checks) for kind in OF_AN_ACTIVITY}
    return Ages(_grouped(found, words), found["opening"].confidence == "stale")


def _says(place: PlaceAbout, activities: Sequence[ActivityAbout], kind: FactKind) -> bool:
    facts = [*place.facts, *(name for one in activities for name in one.facts)]
    return any(kind_of(name) == kind for name in facts)


def _fresh(kind: FactKind, place: PlaceAbout, listed_on: date | None, checks: Sequence[Check]) -> Freshness:
    """By the newest check of the kind; the day a list names for the whole row counts as one."""
    own = [Check(kind, listed_on)] if listed_on else []
    return freshness(kind, latest([*own, *checks], kind), place.edition_on, today())


def _grouped(found: Mapping[FactKind, Freshness], words: Words) -> tuple[Aged, ...]:
    groups: dict[tuple[Markup, bool], list[FactKind]] = {}
    for kind, fresh in found.items():
        groups.setdefault((said(fresh, words), fresh.confidence == "stale"), []).append(kind)
    return tuple(
        Aged(words.say("・").join(words.say(LABELS[kind]) for kind in kinds), told, stale)
        for (told, stale), kinds in groups.items()
    )
