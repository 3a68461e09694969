"""The drafts of one text while it is read: the group of days that still wait for what is meant by them."""

import re
from dataclasses import replace

from placefinder.opening.drafts import Draft, Said
from placefinder.opening.words import Token

_SCHEDULE_LIKE = re.compile(
    r"[休祝曜週毎隔季]|第\d|\d[日月時回]|時間|日程|日時|変更|中止|延期|期間|不定|臨時|随時|都合|再開|前日|翌日|当日|開催日|場合|以外|除|雨天|荒天|晴天|天候|悪天|給食|登校|授業|のある"
)


SKIPPED = frozenset({"fill", "blank", "colon", "session"})


class Drafting:
    """One reading of one text. `group[base:]` are the days of the present sentence that still wait for what is meant."""

    def __init__(self, words: list[Token], closing: bool) -> None:
        self.words, self.at, self.always_closing = words, 0, closing
        self.said = Said()
        self.group: list[Draft] = []
        self.base = self.depth = 0
        self.latest: list[Draft] = []
        self.part: Draft | None = None
        self.frequency: str | None = None
        self.joined = ""
        self.closing, self.exception, self.desk, self.breaking = closing, False, False, False
        self.core, self.unknown, self.weak = False, "", False

    def next_kind(self, *, over: frozenset[str] = SKIPPED) -> str:
        at = self.at
        while at < len(self.words) and self.words[at].kind in over:
            at += 1
        return self.words[at].kind if at < len(self.words) else ""

    def present(self) -> list[Draft]:
        """The parts a following word speaks of: those of this sentence or, in a parenthesis without any, those before it."""
        return self.group[self.base :] or self.group

    def before(self) -> Draft | None:
        """The last part of this sentence so far."""
        parts = self.group[self.base :]
        return parts[-1] if parts else None

    def add(self, draft: Draft) -> None:
        draft.joined = self.joined or ("" if not self.group[self.base :] else "tight")  # type: ignore[assignment]
        draft.exception = self.exception
        while (
            (before := self.before())
            and before.has_part
            and not before.has_days
            and not before.period
            and self.joined != "comma"
        ):
            self.group.pop()
            draft.joined, draft.topic = before.joined, draft.topic or before.topic
            self.part, self.joined = self.part.during(before) if self.part else before, before.joined
        if self.part:
            draft = draft.during(self.part)
        alike = before and replace(before, month_days=(), joined="") == replace(draft, month_days=(), joined="")
        if before and alike and draft.month_days and draft.joined == "tight":
            before.month_days = tuple(sorted({*before.month_days, *draft.month_days}))
            self.joined = ""
            return
        self.group.append(draft)
        self.joined = ""

    def add_part(self, part: Draft) -> None:
        parts = self.group[self.base :]
        before = parts[-1] if parts else None
        if before and not before.has_days and before.months and part.months and self.joined:
            before.months = tuple(sorted({*before.months, *part.months}))
            self.joined = ""
            return
        if before and not before.has_days and before.has_part and self.joined in ("", "space"):
            self.group[-1], self.joined = before.during(part), ""
            return
        part.joined, part.exception = (self.joined or "tight") if parts else "", self.exception  # type: ignore[assignment]
        self.group.append(part)
        self.part, self.joined = None, ""

    def finish(self) -> None:
        """The days so far are days on which it is held."""
        parts, self.group[self.base :] = self.group[self.base :], []
        if self.closing:
            self.said.closed += parts
            parts = []
        kept = self.with_parts(parts)
        if any(part.period for part in kept):
            self.said.missing.add("part_of_year")
        kept = [part for part in kept if not part.period]
        self.said.drafts += kept
        self.latest = kept or self.latest
        self.part, self.joined = None, ""

    def with_parts(self, parts: list[Draft]) -> list[Draft]:
        """A part of the year beside days without hours of its own is said of them: 「第2土曜 偶数月」."""
        alone = [part for part in parts if part.has_part and not part.has_days and not part.hours and not part.period]
        days = [part for part in parts if part.has_days]
        if len(alone) != 1 or not days:
            return parts
        return [part.during(alone[0]) if part.has_days else part for part in parts if part is not alone[0]]

    def stop(self, token: Token | None) -> None:
        """The end of a sentence."""
        if self.depth == 0 or token is not None:
            self.finish()
        if self.unknown and (self.core or _SCHEDULE_LIKE.search(self.unknown)):
            self.said.missing.add("unread")
        if self.weak and (self.core or not self.unknown):
            self.said.missing.add("irregular")
        self.core, self.unknown, self.weak, self.desk, self.breaking = False, "", False, False, False
        self.closing, self.exception = self.always_closing, bool(token) and token.text in "※*"  # type: ignore[union-attr]
        self.frequency, self.part = None, None

    def other(self, token: Token) -> None:
        self.unknown += token.text

    def unread(self, token: Token) -> None:
        self.said.missing.add("unread")
