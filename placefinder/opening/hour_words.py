"""Hours, and whose they are."""

from placefinder.opening import clock
from placefinder.opening.clock import clock_follows
from placefinder.opening.drafting import SKIPPED
from placefinder.opening.drafts import Draft, joined_hours
from placefinder.opening.rules import Hours
from placefinder.opening.words import Token
from placefinder.opening.year_words import YearWords

_SECOND = frozenset(map(chr, range(0xE001, 0xE00A))) | {"(2)", "2回目", "第2部"}


DAY_STARTS = frozenset(
    {
        "weekday",
        "nth",
        "holidays",
        "months",
        "month_range",
        "month_days",
        "named",
        "every_week",
        "every_month",
        "date",
        "weekdays_only",
        "odd",
        "even",
    }
)


class HourWords(YearWords):
    """Sessions go to the days before them; those of a desk to nobody; a break divides them."""

    def hours(self) -> None:
        self.core = True
        try:
            found, self.at = clock.sessions(self.words, self.at)
        except clock.WrongTime:
            self.said.missing.add("hours")
            self.at += 1
            while self.at < len(self.words) and self.words[self.at].kind in ("time", "range", "until", "since"):
                self.at += 1
            self.finish()
            return
        self.at += self.next_kind(over=frozenset()) == "since" and found[-1].closes is None
        kind = self.next_kind(over=SKIPPED | {"topic"})
        if self.desk and len(found) > 1:
            self.desk, found = False, found[1:]
        if self.desk or kind == "desk":
            self.desk_hours(found, kind)
        elif self.breaking or kind == "break":
            self.pause(found)
        elif (kind in ("close", "except") and self.group[self.base :] and not self.label_ahead()) or self.closing:
            self.close_hours(found)
        else:
            self.attach(joined_hours(found), len(found))

    def label_ahead(self) -> bool:
        """Is the next word the label of what is closed: 「定休日:月曜」?"""
        at = self.at
        while self.words[at].kind in SKIPPED | {"topic"}:
            at += 1
        following = [word.kind for word in self.words[at + 1 : at + 3]]
        return following[:1] in (["colon"], ["topic"]) or (
            following[:1] == ["blank"] and following[1:] and following[1] in DAY_STARTS
        )  # type: ignore[return-value]

    def desk_hours(self, found: list[Hours], kind: str) -> None:
        """Hours of the desk, of the last order, are no session; where it is not clear whose they are, hours are missing."""
        if kind == "desk" and not self.desk:
            self.said.missing.add("hours")
        self.desk, self.said.desk_hours = False, True

    def pause(self, found: list[Hours]) -> None:
        """A break divides the session it lies in."""
        self.breaking = False
        drafts = self.present() or self.latest
        for draft in drafts:
            draft.hours = _divided(draft.hours, found)
        if not drafts and self.said.hours:
            self.said.hours = _divided(self.said.hours, found)
        elif not drafts or any(not draft.hours for draft in drafts):
            self.said.missing.add("hours")

    def close_hours(self, found: list[Hours]) -> None:
        ends = [Hours(one.opens or 0, 1440 if one.closes is None else one.closes) for one in found]
        parts = self.group[self.base :]
        if not parts or len(ends) != 1:
            self.said.missing.add("unread")
        for part in parts[-1:]:
            part.half = ends[0]

    def attach(self, hours: tuple[Hours, ...], count: int) -> None:
        parts = self.present()
        if parts:
            waiting = [part for part in _with_own_hours(parts) if not part.hours] or parts
            for part in waiting:
                part.hours, part.half = joined_hours((*part.hours, *hours)), None
            if self.depth == 0:
                self.finish()
        elif self.latest and self.latest[0].hours:
            for draft in self.latest:
                draft.hours = joined_hours((*draft.hours, *hours))
        elif self.latest and self.latest[-1].has_days:
            for draft in self.latest:
                draft.hours = hours
        else:
            first = self.words[0].kind if self.words else ""
            self.said.further_hours |= any(word.text in _SECOND for word in self.words) and first != "time"
            self.said.hours = joined_hours((*self.said.hours, *hours))

    def half_day(self, token: Token) -> None:
        for part in self.group[self.base :][-1:]:
            part.half = clock.AFTERNOON if token.kind == "pm" else clock.FORENOON

    def desk_word(self, token: Token) -> None:
        self.desk = True

    def break_word(self, token: Token) -> None:
        self.breaking = clock_follows(self.words, self.at)


def _with_own_hours(parts: list[Draft]) -> list[Draft]:
    """Whose hours follow: of days, not of the part of the year before them; of parts of the year behind them, which are seasons."""
    first = next((number for number, part in enumerate(parts) if part.has_days), None)
    if first is None:
        return parts
    seasons = [part for part in parts[first:] if part.has_part and not part.has_days]
    return seasons or parts[first:]


def _divided(hours: tuple[Hours, ...], breaks: list[Hours]) -> tuple[Hours, ...]:
    for pause in breaks:
        left: list[Hours] = []
        for one in hours:
            inside = (
                one.opens is not None and pause.opens is not None and pause.closes is not None
                and one.opens < pause.opens and (one.closes is None or pause.closes < one.closes)
            )  # fmt: skip
            left += [Hours(one.opens, pause.opens), Hours(pause.closes, one.closes)] if inside else [one]
        hours = tuple(left)
    return hours
