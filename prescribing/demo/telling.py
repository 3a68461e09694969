"""Tells one referral from the consultation until it is over or today has come."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from placefinder.clock import TOKYO
from prescribing.demo.people import Cast, Rates, Site, Step, Story, apart, fitting, somebody
from prescribing.journey import MOVES, Party, due_on, reasons_for, state_after

YEARS = 2
REFERRALS = 1_800
SEED = 20_260_401
NAMESPACE = UUID("5f0c6a52-6a2f-4b8c-9f7e-3d2f0c1b7a10")


def stories(
    cast: Cast, sites: Sequence[Site], today: date, *, count: int = REFERRALS, seed: int = SEED
) -> Iterator[Story]:
    """So many referrals in the two years before `today`, the oldest first; the same for the same arguments.

    Raises ValueError without sites.
    """
    if not sites:
        raise ValueError("The demo story needs activities: load the demo town first.")
    chance = random.Random(seed)  # noqa: S311 - invented people
    first = today - timedelta(days=365 * YEARS)
    days = sorted(first + timedelta(days=chance.randrange(365 * YEARS)) for _ in range(count))
    for number, day in enumerate(days):
        yield _Teller(_Stage(chance, cast, sites, today), number, day).told()


@dataclass(frozen=True, slots=True)
class _Stage:
    chance: random.Random
    cast: Cast
    sites: Sequence[Site]
    today: date


class _Teller:
    """Tells one referral from the consultation until it is over or today has come."""

    def __init__(self, stage: _Stage, number: int, day: date) -> None:
        chance, cast, sites = stage.chance, stage.cast, stage.sites
        self.chance, self.cast, self.today, self.rates = chance, cast, stage.today, Rates()
        referrer = chance.choice(cast.referrers)
        self.office = cast.offices[0] if chance.random() < 0.75 else chance.choice(cast.offices)
        home = chance.choice(sites)
        person = somebody(chance, number, home, cast.insurers)
        near = sorted(
            (site for site in sites if site.kind in fitting(person.age)), key=lambda s: apart(s.point, home.point)
        )
        self.sites = (near or list(sites))[:6]
        self.story = Story(
            uuid5(NAMESPACE, f"referral {number}"), uuid5(NAMESPACE, f"patient {number}"), referrer.organisation_id,
            referrer.account_id, person,
        )  # fmt: skip
        self.story.shown = chance.sample(self.sites, min(3, len(self.sites)))
        self.site = self.story.shown[0]
        self.now = datetime.combine(day, time(9, chance.randrange(60)), TOKYO) + timedelta(hours=chance.randrange(8))
        self.booked: date | None = None

    def told(self) -> Story:
        self._append("make", "draft", "referrer", None)
        self.now += timedelta(minutes=7)
        for scene in (self._consultation, self._contact, self._place, self._first_visit, self._afterwards):
            if not scene():
                break
        return self.story

    # --- scenes: each says whether the story goes on --------------------------------------------------------------

    def _consultation(self) -> bool:
        self._do("offer", "referrer")
        if self.chance.random() < self.rates.declines:
            return self._do("decline_offer", "referrer", self._reason("decline_offer")) and False
        self.story.offices.append(self.office.organisation_id)
        if not self._do("accept_offer", "referrer") or not self._do("send", "referrer"):
            return False
        if self.chance.random() < self.rates.mistakes:
            self._pass(0, 2)
            return self._do("mark_error", "referrer", "entered_in_error") and False
        return True

    def _contact(self) -> bool:
        self._pass(0, 3)
        if not self._do("assign", "link_worker") or not self._do("start_contact", "link_worker"):
            return False
        self._talk(two_way=False)
        if self.chance.random() > self.rates.reached:
            self._pass(10, 16)
            if self._do("give_up_contact", "link_worker", "unreachable"):
                self._pass(20, 40)
                self._do("close", "link_worker", "unreachable", outcome="unknown")
            return False
        self._pass(1, 6)
        if not self._do("reach", "link_worker"):
            return False
        self._talk(two_way=True)
        return self._aside()

    def _aside(self) -> bool:
        """What seldom happens between the talk and the place."""
        if self.chance.random() < self.rates.withdraws:
            self._pass(1, 20)
            return self._do("withdraw", "patient", "consent_withdrawn") and False
        if self.chance.random() < self.rates.holds:
            self._pass(1, 5)
            self.story.held_until = self.now.date() + timedelta(days=30)
            if not self._do("hold", "link_worker"):
                return False
            self._pass(30, 31)
            return self._do("resume", "link_worker")
        if self.chance.random() < self.rates.hands_over and len(self.cast.offices) > 1:
            self._pass(1, 5)
            self.office = next(one for one in self.cast.offices if one != self.office)
            self.story.offices.append(self.office.organisation_id)
            if not self._do("hand_over", "link_worker"):
                return False
            self._pass(2, 9)
            return self._do("reach", "link_worker")
        return True

    def _place(self) -> bool:
        for site in self.story.shown:
            self.site = site
            self._pass(0, 3)
            self.story.asked.append(site.activity_id)
            if not self._do("ask_place", "link_worker"):
                return False
            answer = self.chance.random()
            if answer < self.rates.place_accepts:
                self._pass(1, 6)
                return self._do("accept", self.chance.choice(("host", "host", "link_worker")))
            if answer < self.rates.place_accepts + self.rates.place_declines:
                self._pass(1, 7)
                reason = self.chance.choice(("full", "not_taking_new", "not_eligible", "closed_or_suspended"))
                if not self._do("decline", "host", reason):
                    return False
            else:
                self._pass(14, 14)
                if not self._do("time_out", "system", "no_answer"):
                    return False
        self._pass(5, 12)
        return self._do("close", "link_worker", "full", outcome="not_met") and False

    def _first_visit(self) -> bool:
        while True:
            self._pass(0, 3)
            self.booked = self._next_day(self.now.date() + timedelta(days=2))
            if not self._do("book", self.chance.choice(("link_worker", "host"))):
                return False
            self.now = datetime.combine(self.booked, time(15, self.chance.randrange(60)), TOKYO)
            if self.chance.random() < self.rates.comes_when_booked:
                return self._come("attend")
            if not self._do("miss", "host"):
                return False
            self.story.visits.append((self.booked, False, "place"))
            self._pass(2, 7)
            self._talk(two_way=True)
            if self.chance.random() > self.rates.books_again:
                self._pass(2, 10)
                return self._do("close", "link_worker", self._reason("close"), outcome="not_met") and False

    def _afterwards(self) -> bool:
        stays = self.chance.random() < self.rates.stays * (0.7 + 0.6 * self.story.person.keenness)
        first, sessions = self.now.date(), 1
        more = 40 if stays else self.chance.randrange(0, 3)
        for milestone, move in ((90, "sustain_3m"), (180, "sustain_6m")):
            while more > 0 and self._next_day(self.now.date()) <= first + timedelta(days=milestone):
                self.now = datetime.combine(self._next_day(self.now.date()), time(15, 30), TOKYO)
                if self.now.date() >= self.today:
                    return False
                if stays and self.chance.random() > self.rates.attends:
                    continue
                sessions, more = sessions + 1, more - 1
                if not self._come("go_on" if sessions == 2 else None):
                    return False
            if not stays:
                self._pass(30, 60)
                self._do(
                    "close", "link_worker", self._reason("close"), outcome="partly_met" if sessions > 1 else "not_met"
                )
                return False
            self.now = max(self.now, datetime.combine(first + timedelta(days=milestone), time(16), TOKYO))
            if sessions < 2:
                self._pass(5, 20)
                return self._do("close", "link_worker", self._reason("close"), outcome="partly_met")
            if not self._do(move, "system"):
                return False
        self._pass(10, 20)
        return self._do("close", "link_worker", "need_resolved", outcome="met")

    # --- what scenes are made of ----------------------------------------------------------------------------------

    def _do(self, name: str, party: Party, reason: str | None = None, *, outcome: str | None = None) -> bool:
        """Make a step unless it lies in the future; says whether it was made."""
        if self.now >= datetime.combine(self.today, time(9), TOKYO):
            return False
        last = self.story.last
        state = state_after(last.to_state, name, party, reason, self.story.held_from)
        self.story.held_from = last.to_state if state == "on_hold" else None
        self._append(name, state, party, reason, outcome)
        self.now += timedelta(minutes=self.chance.randrange(3, 25))
        return True

    def _append(self, name: str, state: str, party: str, reason: str | None, outcome: str | None = None) -> None:
        story, before = self.story, self.story.steps[-1] if self.story.steps else None
        story.due = due_on(state, self.now.date(), story.due, booked_for=self.booked, held_until=story.held_until)
        asked = "ask_place" in (name, *(step.move for step in story.steps))
        accounts = {"referrer": story.made_by, "link_worker": self.office.worker_id}
        story.steps.append(Step(
            len(story.steps) + 1, name, before.to_state if before else None, state, self.now, party, accounts.get(party),
            reason, self.site.activity_id if asked else None, self.office.organisation_id if story.offices else None,
            self.booked, outcome,
        ))  # fmt: skip

    def _come(self, step: str | None) -> bool:
        teller = self.chance.choices(("place", "worker", "slip"), (7, 2, 1))[0]
        party: Party = "host" if teller == "place" else "link_worker"
        if step and not self._do(step, party):
            return False
        self.story.visits.append((self.now.date(), True, teller))
        if self.chance.random() < 0.1:
            self.story.visits.append((self.now.date(), True, "self"))
        return True

    def _talk(self, *, two_way: bool) -> None:
        if self.now < datetime.combine(self.today, time(9), TOKYO):
            self.story.contacts.append((self.now, self.chance.choice(("phone", "phone", "visit", "letter")), two_way))

    def _pass(self, least: int, most: int) -> None:
        """Days go by; what comes next is not before what was."""
        later = self.now + timedelta(days=self.chance.randint(least, most), hours=self.chance.randrange(-2, 3))
        self.now = max(later, self.now + timedelta(minutes=20))

    def _reason(self, move: str) -> str:
        likely = (
            "not_interested_now",
            "afraid_alone",
            "too_far_on_foot",
            "health_worse",
            "time_mismatch",
            "prefers_other_activity",
        )
        known = {reason.reason for reason in reasons_for(MOVES[move])}
        return self.chance.choice(
            [reason for reason in likely if reason in known] * 4 + sorted(known - {"died", "moved"})[:6]
        )

    def _next_day(self, after: date) -> date:
        """The next day after that one on which the place is open; a monthly one four weeks later."""
        day = after + timedelta(days=1 if self.site.every_days == 7 else 21)
        while day.isoweekday() not in (self.site.weekdays or (3,)):
            day += timedelta(days=1)
        return day
