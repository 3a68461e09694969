"""Uptake (利用): what each figure counts, over one record without a person for each referral. Source: FACTS §4, table "Uptake".

A figure is three counts: of those of whom it can be said (`denominator`), to how many it happened (`numerator`), and of how many
it cannot be said yet (`waiting`). The database counts the same from the history (data/migrations/0012_uptake.sql);
tests/prescribing/test_uptake_kept.py compares the two. No figure is an effect: nobody was compared with anybody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from placefinder.languages import mark

WINDOW = timedelta(days=30)
TOLERANCE = timedelta(days=14)
KNOWN_SESSIONS = timedelta(days=100)
"""The last three sessions of a monthly activity lie within so many days."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one referral that was offered, as far as known on some day; nothing of whom.

    `days`: when the person came, as place, slip or worker say, in order, each once, none before the consent. `self_on`: the
    first day that only the person tells. `sessions`: known days of the activity, where it is a monthly one.
    """

    offered_on: date
    consented_on: date | None = None
    declined_on: date | None = None
    sent_on: date | None = None
    contacted_on: date | None = None
    asked_on: date | None = None
    accepted_on: date | None = None
    closed_on: date | None = None  # with an outcome that is known
    withdrawn_on: date | None = None
    reason: str | None = None  # the last one given
    days: tuple[date, ...] = ()
    self_on: date | None = None
    monthly: bool = False
    sessions: tuple[date, ...] = ()

    @property
    def first_on(self) -> date | None:
        return self.days[0] if self.days else None

    @property
    def month(self) -> date:
        """The month it is counted in: of the answer to the offer; of the offer, while there is none."""
        answers = [day for day in (self.consented_on, self.declined_on) if day]
        return min(answers, default=self.offered_on).replace(day=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One figure. `since`: the day its clock starts, None for who is not concerned. `window_days`: when it can be said."""

    stage: str
    name: str
    definition: str
    window_days: int
    since: Callable[[Course], date | None]
    met: Callable[[Course], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """True counts of one stage: for counting only. What leaves goes through `suppression`."""

    numerator: int = 0
    denominator: int = 0
    waiting: int = 0

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(
            self.numerator + other.numerator, self.denominator + other.denominator, self.waiting + other.waiting
        )


def _within(days: int, since: date | None, on: date | None) -> bool:
    return since is not None and on is not None and on - since <= timedelta(days=days)


def _attended_within(days: int) -> Callable[[Course], bool]:
    return lambda one: _within(days, one.consented_on, one.first_on)


def _self_only(one: Course) -> bool:
    return _within(42, one.consented_on, one.self_on) and not _within(42, one.consented_on, one.first_on)


def _engaged(one: Course) -> bool:
    return len(one.days) >= 3 and _within(60, one.first_on, one.days[2])


def sustained(one: Course, horizon_days: int) -> bool:
    """Attended in the 30 days that end so long after the first time (±14), or at 2 of the last 3 sessions of a monthly one."""
    if one.first_on is None:
        return False
    end = one.first_on + timedelta(days=horizon_days)
    if any(end - WINDOW - TOLERANCE < day <= end + TOLERANCE for day in one.days):
        return True
    if not one.monthly:
        return False
    last = end + TOLERANCE
    held = sorted({day for day in (*one.sessions, *one.days) if last - KNOWN_SESSIONS <= day <= last})
    return len(set(held[-3:]) & set(one.days)) >= 2


def _closed_and_attended(one: Course) -> bool:
    return _within(90, one.sent_on, one.closed_on) and _within(90, one.sent_on, one.first_on)


def _answered(one: Course) -> date | None:
    return min((day for day in (one.consented_on, one.declined_on) if day), default=None)


STAGES: tuple[Stage, ...] = (
    Stage("offer_accepted", mark("すすめを受けた"), mark("紹介をすすめられて返事をした人のうち、同意した人。"),
          0, _answered, lambda one: one.consented_on is not None),
    Stage("contacted", mark("連絡がついた"), mark("送ってから14日以上たった紹介のうち、14日以内に本人と話ができたもの。"),
          14, lambda one: one.sent_on, lambda one: _within(14, one.sent_on, one.contacted_on)),
    Stage("place_accepted", mark("場所が引き受けた"), mark("はじめて場所に聞いてから14日以上たった紹介のうち、14日以内に場所が引き受けたもの。"),
          14, lambda one: one.asked_on, lambda one: _within(14, one.asked_on, one.accepted_on)),
    *(Stage(f"uptake_{days}", name, definition, days, lambda one: one.consented_on, _attended_within(days))
      for days, name, definition in (
          (14, mark("14日以内に行った"), mark("同意から14日以上たった人のうち、14日以内に1回以上行った人。場所・参加票・担当者が確かめたものだけを数えます。")),
          (28, mark("28日以内に行った"), mark("同意から28日以上たった人のうち、28日以内に1回以上行った人。場所・参加票・担当者が確かめたものだけを数えます。")),
          (42, mark("42日以内に行った"), mark("同意から42日以上たった人のうち、42日以内に1回以上行った人。場所・参加票・担当者が確かめたものだけを数えます。")),
          (84, mark("84日以内に行った"), mark("同意から84日以上たった人のうち、84日以内に1回以上行った人。場所・参加票・担当者が確かめたものだけを数えます。")))),
    Stage("self_reported_42", mark("本人だけが「行った」と言っている"), mark("同意から42日以上たった人のうち、42日以内に行ったと本人だけが言っている人。上の数には入れていません。"),
          42, lambda one: one.consented_on, _self_only),
    Stage("engaged", mark("3回以上行った"), mark("はじめて行ってから60日以上たった人のうち、60日以内に3回以上行った人。"),
          60, lambda one: one.first_on, _engaged),
    Stage("sustained_3m", mark("3か月続いた"), mark("はじめて行ってから90日目までの30日間（前後14日をふくむ）に行った人。月1回の活動では、最近3回のうち2回以上行った人もふくみます。分母は、はじめて行ってから104日以上たった人です。"),
          104, lambda one: one.first_on, lambda one: sustained(one, 90)),
    Stage("sustained_6m", mark("6か月続いた"), mark("はじめて行ってから180日目までの30日間（前後14日をふくむ）に行った人。月1回の活動では、最近3回のうち2回以上行った人もふくみます。分母は、はじめて行ってから194日以上たった人です。"),
          194, lambda one: one.first_on, lambda one: sustained(one, 180)),
    Stage("loop_closed", mark("結果がわかって終わった"), mark("送ってから90日以上たった紹介のうち、90日以内に結果がわかって終わったもの。行かずに終わったものもふくみます。"),
          90, lambda one: one.sent_on, lambda one: _within(90, one.sent_on, one.closed_on)),
    Stage("service_received", mark("行って終わった"), mark("送ってから90日以上たった紹介のうち、90日以内に1回以上行き、結果がわかって終わったもの。"),
          90, lambda one: one.sent_on, _closed_and_attended),
)  # fmt: skip
"""In the order of the journey. The database has the same in rx.uptake_stage."""


def counted(stage: Stage, one: Course, as_of: date) -> Figure:
    """One referral's part of a stage's figure as of the end of a day."""
    since = stage.since(one)
    if since is None:
        return Figure(waiting=int(stage.stage == "offer_accepted"))
    if as_of - since < timedelta(days=stage.window_days):
        return Figure(waiting=1)
    return Figure(int(stage.met(one)), 1)


def figures(courses: Iterable[Course], as_of: date) -> dict[str, Figure]:
    """The true counts of every stage: stage → Figure."""
    told = list(courses)
    return {stage.stage: sum((counted(stage, one, as_of) for one in told), Figure()) for stage in STAGES}
