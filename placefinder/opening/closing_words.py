"""Words that close, leave out, limit or add: 「お休み」「を除く」「のみ」「も開催」「の場合は」."""

from placefinder.opening.drafts import Draft
from placefinder.opening.hour_words import DAY_STARTS, HourWords
from placefinder.opening.words import Token


class ClosingWords(HourWords):
    """What is meant by the days before such a word."""

    def close(self, token: Token) -> None:
        parts = self.group[self.base :]
        if token.text.startswith("定休"):
            self.said.regular_closing = True
        if self.closing or (self.at > 1 and self.words[self.at - 2].kind == "except"):
            self.after_closing(token)
        elif parts:
            self.core = True
            self.close_parts(parts)
        elif self.next_kind(over=frozenset({"blank", "colon", "topic", "fill"})) not in DAY_STARTS or (
            self.depth and self.group
        ):
            self.unknown += token.text
        else:
            self.closing = True
            self.said.regular_closing |= token.text.endswith("日")

    def after_closing(self, token: Token) -> None:
        """「日曜以外休み」 turns the meaning round; 「定休日:月曜休み」 only says it twice."""
        if not self.closing:
            self.said.missing.add("unread")

    def close_parts(self, parts: list[Draft]) -> None:
        closed = _closed_of(parts)
        del self.group[len(self.group) - len(closed) :]
        self.said.closed += closed
        self.part, self.joined, self.frequency = None, "", None
        self.said.drafts += self.with_parts(self.group[self.base :])
        self.latest = self.group[self.base :] or self.latest
        del self.group[self.base :]

    def leave_out(self, token: Token) -> None:
        parts = self.group[self.base :]
        if not parts:
            self.said.missing.add("unread")
            return
        closed = len(_closed_of(parts))
        self.said.regular_closing |= any(part.weekdays and not part.nth for part in parts[-closed:])
        self.said.closed += parts[-closed:]
        del self.group[len(self.group) - closed :]
        self.part, self.joined = None, ""

    def only(self, token: Token) -> None:
        for part in self.group[self.base :]:
            part.only = True

    def but(self, token: Token) -> None:
        self.stop(token)
        self.exception = True

    def topic(self, token: Token) -> None:
        for part in self.group[self.base :]:
            part.topic = True

    def also(self, token: Token) -> None:
        parts = self.group[self.base :]
        if self.next_kind() in ("close", "except"):
            return
        self.topic(token)
        said = [part for part in parts if part.holidays or part.period]
        if said and all(part.holidays or part.period or part.weekdays in ((6,), (7,), (6, 7)) for part in parts):
            self.said.holidays_said |= any(part.holidays for part in said)
            self.said.named_said |= {part.period for part in said if part.period}
            self.group[self.base :] = [part for part in parts if part not in said]

    def case(self, token: Token) -> None:
        """「祝日の場合は休み」 is a closure; every other case («翌日に») moves days by rules of its own."""
        parts = self.group[self.base :]
        while self.at < len(self.words) and self.words[self.at].kind in ("topic", "fill", "blank", "comma"):
            self.at += 1
        kind = self.words[self.at].kind if self.at < len(self.words) else ""
        if (
            parts
            and parts[-1].holidays
            and parts[-1].joined != ""
            and kind in ("close",)
            and self.words[self.at - 1].text != "が"
        ):
            return
        if parts and parts[-1].holidays and len(parts) == 1 and kind in ("close", "also"):
            return
        self.said.missing.add("irregular")
        del self.group[self.base :]
        while self.at < len(self.words) and self.words[self.at].kind not in ("stop", "shut"):
            self.at += 1


def _closed_of(parts: list[Draft]) -> list[Draft]:
    """Which of the parts before a closing word it closes: those behind the last blank, or behind days that are plainly held."""
    start = 0
    for number, part in enumerate(parts):
        if number and part.joined == "space":
            start = number
        if number and parts[number - 1].explicit and not part.explicit:
            start = number
        if number and part.joined == "comma" and parts[number - 1].nth and not part.nth:
            start = number
    return parts[start:]
