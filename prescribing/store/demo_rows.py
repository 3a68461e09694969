"""The demo story as rows of the tables about people."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from psycopg.types.json import Jsonb

from prescribing.consents import HOLDS_FOR, texts
from prescribing.demo import Story
from prescribing.journey import MOVES, REASONS
from prescribing.people import Identity
from prescribing.sealing import Sealer

Row = dict[str, Any]


def patient(one: Story, sealer: Sealer, town: str) -> Row:
    person = one.person
    identity = Identity(name=person.name, kana=person.kana, phone=person.phone)
    return {
        "patient_id": one.patient_id, "organisation_id": one.organisation_id, "municipality_code": town,
        "birth_year": one.steps[0].at.year - person.age - 1, "age_band": person.age_band, "sex": person.sex,
        "district_id": person.district_id, "home_point_6668": f"SRID=6668;POINT({person.home.lon} {person.home.lat})",
        "mobility": person.mobility, "interests": list(person.interests), "insurer_id": person.insurer_id,
        "identity_sealed": sealer.seal("patient.identity", one.patient_id, identity.as_text()),
        "made_at": one.steps[0].at, "made_by": one.made_by,
    }  # fmt: skip


def consents(one: Story, chance: random.Random, today: date, city: UUID) -> Iterator[Row]:
    agreed = next((step for step in one.steps if step.move == "accept_offer"), None)
    if agreed is None:
        return
    withdrawn = next((step.at for step in one.steps if step.move == "withdraw"), None)
    wanted = [("link_worker", office, agreed.at) for office in dict.fromkeys(one.offices)]
    wanted += [
        ("host", activity, next(s.at for s in one.steps if s.activity_id == activity)) for activity in _told(one)
    ]
    if chance.random() < 0.85:
        wanted.append(("insurer", one.person.insurer_id, agreed.at))
    if chance.random() < 0.8:
        wanted.append(("municipality", city, agreed.at))
    for number, (purpose, recipient, at) in enumerate(wanted):
        # Somebody who still goes there has said yes again before the year was over.
        expires = at.date() + HOLDS_FOR if one.last.to_state == "closed" else max(at.date(), today) + HOLDS_FOR / 2
        yield {
            "consent_id": uuid5(one.patient_id, f"consent {number}"), "organisation_id": one.organisation_id,
            "patient_id": one.patient_id, "purpose": purpose, "recipient_id": recipient,
            "text_version": texts()[purpose].version, "given_by": "guardian" if one.person.age < 16 else "self",
            "given_how": "spoken" if purpose == "host" else "paper", "given_at": at,
            "expires_on": min(expires, at.date() + timedelta(days=3 * 365)), "withdrawn_at": withdrawn,
            "recorded_by": one.made_by,
        }  # fmt: skip


def _told(one: Story) -> list[UUID]:
    """The activities that really were asked."""
    return list(dict.fromkeys(step.activity_id for step in one.steps if step.move == "ask_place" and step.activity_id))


def referral(one: Story, town: str) -> Row:
    last = one.last
    place = next((site.place_id for site in one.shown if site.activity_id == last.activity_id), None)
    needs_reason = last.move in MOVES and MOVES[last.move].reason_groups
    return {
        "referral_id": one.referral_id, "organisation_id": one.organisation_id, "patient_id": one.patient_id,
        "municipality_code": town, "made_by": one.made_by, "made_at": one.steps[0].at, "state": last.to_state,
        "version": last.version, "state_since": last.at, "move": last.move, "reason": last.reason,
        "held_from": one.held_from, "held_until": one.held_until if last.to_state == "on_hold" else None,
        "worker_id": _worker(one), "link_office_id": last.office_id, "activity_id": last.activity_id, "place_id": place,
        "booked_for": last.booked_for, "due_on": one.due, "outcome": last.outcome,
        "next_action": REASONS[last.reason].next_action if needs_reason and last.reason else None,
    }  # fmt: skip


def _worker(one: Story) -> UUID | None:
    """Who took the case up, in the office that has it now."""
    taken = [step for step in one.steps if step.party == "link_worker" and step.office_id == one.last.office_id]
    return taken[-1].account_id if taken else None


def events(one: Story) -> Iterator[Row]:
    for step in one.steps:
        yield {
            "organisation_id": one.organisation_id, "referral_id": one.referral_id, "version": step.version,
            "move": step.move, "from_state": step.from_state, "to_state": step.to_state, "reason": step.reason,
            "at": step.at, "account_id": step.account_id, "party": step.party, "activity_id": step.activity_id,
            "link_office_id": step.office_id, "booked_for": step.booked_for, "outcome": step.outcome,
        }  # fmt: skip


def suggestions(one: Story, chance: random.Random) -> Iterator[Row]:
    for rank, site in enumerate(one.shown, 1):
        parts = {"reach": round(chance.uniform(0.4, 0.95), 3), "interests": round(chance.uniform(0.2, 1), 3)}
        yield {
            "organisation_id": one.organisation_id, "referral_id": one.referral_id, "round": 1, "rank": rank,
            "activity_id": site.activity_id, "place_id": site.place_id, "score": sum(parts.values()) / 2,
            "parts": Jsonb(parts), "reasons": Jsonb([]), "unknowns": Jsonb([]), "propensity": 0.5, "small_start": rank == 3,
            "candidates": 6, "shown_at": one.steps[0].at, "chosen": site.activity_id in one.asked or rank == 1,
        }  # fmt: skip


def attendances(one: Story, chance: random.Random) -> Iterator[Row]:
    for number, (day, came, told_by) in enumerate(one.visits):
        yield {
            "attendance_id": uuid5(one.referral_id, f"visit {number}"), "organisation_id": one.organisation_id,
            "referral_id": one.referral_id, "activity_id": one.last.activity_id, "held_on": day, "came": came,
            "told_by": told_by, "recorded_at": _evening(one, day, chance),
        }  # fmt: skip


def _evening(one: Story, day: date, chance: random.Random) -> datetime:
    return one.steps[0].at.replace(year=day.year, month=day.month, day=day.day, hour=17, minute=chance.randrange(60))


def contacts(one: Story, sealer: Sealer) -> Iterator[Row]:
    for number, (at, channel, two_way) in enumerate(one.contacts):
        contact_id = uuid5(one.referral_id, f"contact {number}")
        said = "本人と話した。行ってみたいとのこと。" if two_way else "留守だった。"
        yield {
            "contact_id": contact_id, "organisation_id": one.organisation_id, "referral_id": one.referral_id, "at": at,
            "channel": channel, "with_whom": "person", "two_way": two_way,
            "note_sealed": sealer.seal("contact.note", contact_id, said),
        }  # fmt: skip


def screenings(one: Story, chance: random.Random) -> Iterator[Row]:
    if one.person.age < 16 or chance.random() > 0.4:
        return
    instrument, highest, items = chance.choice((("direct", 5, 1), ("ucla3_government", 4, 3), ("ucla3_research", 3, 3)))
    yield {
        "screening_id": uuid5(one.referral_id, "screening"), "organisation_id": one.organisation_id,
        "patient_id": one.patient_id, "instrument": instrument,
        "answers": [chance.randint(1, highest) for _ in range(items)], "asked_on": one.steps[0].at.date(),
        "recorded_by": one.made_by,
    }  # fmt: skip


_LINES = (
    ("goal", "週に一度は、だれかと昼ごはんを食べたい。"),
    ("barrier", "はじめての所に一人で行くのは不安。"),
    ("health_guidance", "血圧の記録を続ける。毎日20分歩く。"),
    ("nutrition_guidance", "たんぱく質を毎食とる。"),
)


def lines(one: Story, chance: random.Random, sealer: Sealer) -> Iterator[Row]:
    for number, (kind, text) in enumerate(_LINES):
        if chance.random() < 0.3:
            line_id = uuid5(one.referral_id, f"line {number}")
            yield {
                "line_id": line_id, "organisation_id": one.organisation_id, "patient_id": one.patient_id, "kind": kind,
                "text_sealed": sealer.seal("plan_line.text", line_id, text), "recorded_by": one.made_by,
                "recorded_at": one.steps[0].at,
            }  # fmt: skip
