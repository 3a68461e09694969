"""Fourteen invented referrals whose figures were worked out by hand, as records without people and as rows of the history."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from handmade_town import id_of
from prescribing.uptake.definitions import Course, Figure
from staffed_town import CITY, CLINIC, INSURER, OFFICE, TOWN

TOKYO = ZoneInfo("Asia/Tokyo")
AS_OF = date(2026, 10, 31)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


COURSES: dict[str, Course] = {
    "goes on for half a year": Course(
        day(1, 5), day(1, 5), None, day(1, 6), day(1, 10), day(1, 12), day(1, 15), closed_on=day(3, 20),
        days=(day(1, 20), day(1, 27), day(2, 3), day(4, 10), day(7, 15))),
    "declines": Course(day(1, 10), declined_on=day(1, 12), reason="stigma_or_shame"),
    "late everywhere, stops after two": Course(
        day(2, 1), day(2, 2), None, day(2, 2), day(2, 20), day(2, 21), day(3, 10), days=(day(3, 15), day(3, 22))),
    "closed without going": Course(
        day(2, 10), day(2, 10), None, day(2, 11), day(2, 12), day(2, 13), closed_on=day(3, 1), reason="full"),
    "monthly, at two of the last sessions": Course(
        day(3, 1), day(3, 1), None, day(3, 1), day(3, 5), day(3, 6), day(3, 20), closed_on=day(6, 10),
        days=(day(3, 29), day(4, 8), day(5, 12)), monthly=True, sessions=(day(3, 29), day(4, 8), day(5, 12))),
    "withdraws": Course(
        day(4, 1), day(4, 1), None, day(4, 1), withdrawn_on=day(4, 20), reason="consent_withdrawn"),
    "says so alone": Course(
        day(4, 10), day(4, 10), None, day(4, 12), day(4, 13), day(4, 14), day(4, 15), self_on=day(4, 20)),
    "not long enough ago for three months": Course(
        day(8, 1), day(8, 1), None, day(8, 2), day(8, 5), day(8, 6), day(8, 8), days=(day(8, 12), day(8, 19), day(8, 26))),
    "not long enough ago for 42 days": Course(
        day(9, 25), day(9, 25), None, day(9, 25), day(9, 26), day(9, 30), day(10, 2), days=(day(10, 20),)),
    "just begun": Course(day(10, 20), day(10, 20), None, day(10, 21), day(10, 22), day(10, 25)),
    "not answered": Course(day(10, 28)),
    "closed, and nobody knows how": Course(
        day(5, 5), day(5, 5), None, day(5, 6), day(5, 7), day(5, 8), day(5, 9), days=(day(6, 30), day(7, 7))),
    "a confirmation taken back": Course(
        day(6, 1), day(6, 1), None, day(6, 2), day(6, 3), day(6, 3), day(6, 4)),
}  # fmt: skip
"""And one that was entered in error, which is nowhere counted, in the database."""

BY_HAND = {
    # stage: numerator, denominator, still waiting
    "offer_accepted": Figure(11, 12, 1),
    "contacted": Figure(8, 10, 1),
    "place_accepted": Figure(7, 9, 1),
    "uptake_14": Figure(1, 10, 1),
    "uptake_28": Figure(4, 10, 1),
    "uptake_42": Figure(4, 9, 2),
    "uptake_84": Figure(5, 9, 2),
    "self_reported_42": Figure(1, 9, 2),
    "engaged": Figure(3, 5, 1),
    "sustained_3m": Figure(2, 4, 2),
    "sustained_6m": Figure(1, 3, 3),
    "loop_closed": Figure(2, 9, 2),
    "service_received": Figure(1, 9, 2),
}
MOVES = (
    ("offered_on", "offer", "offered"), ("consented_on", "accept_offer", "consented"),
    ("declined_on", "decline_offer", "declined_offer"), ("sent_on", "send", "sent"), ("contacted_on", "reach", "contacted"),
    ("asked_on", "ask_place", "place_asked"), ("accepted_on", "accept", "place_accepted"), ("closed_on", "close", "closed"),
    ("withdrawn_on", "withdraw", "withdrawn_consent"),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Whom a course is entered for: only what is counted by."""

    name: str
    age_band: str = "75-84"
    district: int | None = 4
    insurer: bool = True
    municipality: bool = True
    withdrawn_on: date | None = None


def enter_all(connection: psycopg.Connection[Any]) -> None:
    """The fourteen, all of one insurer and one municipality."""
    for number, (name, course) in enumerate(COURSES.items()):
        enter(connection, Person(name, "75-84" if number % 2 else "65-74", number % 3), course)
    enter(connection, Person("in error"), replace(COURSES["just begun"], offered_on=day(10, 1)), in_error=True)
    connection.commit()


def enter(connection: psycopg.Connection[Any], who: Person, course: Course, in_error: bool = False) -> None:
    """One course as rows of the history, without the wall: as a load does."""
    patient, referral, activity = (id_of(f"{kind} of {who.name}") for kind in ("patient", "referral", "activity"))
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute(
        "INSERT INTO rx.patient (patient_id, organisation_id, municipality_code, age_band, district_id) VALUES (%s, %s, %s, %s, %s)",
        (patient, CLINIC, TOWN, who.age_band, None if who.district is None else id_of(f"district {who.district}")),
    )
    connection.execute(
        "INSERT INTO rx.referral (referral_id, organisation_id, patient_id, municipality_code, made_by, made_at, link_office_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (referral, CLINIC, patient, TOWN, id_of("account physician"), noon(course.offered_on), OFFICE),
    )
    for purpose, recipient, wanted in (("insurer", INSURER, who.insurer), ("municipality", CITY, who.municipality)):
        if wanted:
            connection.execute(
                "INSERT INTO rx.consent (organisation_id, patient_id, purpose, recipient_id, text_version, given_by, given_how,"
                " given_at, expires_on, withdrawn_at) VALUES (%s, %s, %s, %s, '1', 'self', 'paper', %s, '2028-12-31', %s)",
                (
                    CLINIC,
                    patient,
                    purpose,
                    recipient,
                    noon(course.offered_on),
                    who.withdrawn_on and noon(who.withdrawn_on),
                ),
            )
    moves = [(getattr(course, name), move, state) for name, move, state in MOVES if getattr(course, name)]
    if in_error:
        moves.append((course.offered_on, "mark_error", "entered_in_error"))
    if who.name == "closed, and nobody knows how":
        moves.append((day(7, 20), "close", "closed"))
    for version, (when, move, state) in enumerate(moves, 2):
        outcome = None if move != "close" else "unknown" if course.closed_on is None else "met"
        reason = course.reason if version == len(moves) + 1 else None
        connection.execute(
            "INSERT INTO rx.referral_event (organisation_id, referral_id, version, move, to_state, reason, at, outcome)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (CLINIC, referral, version, move, state, reason, noon(when), outcome),
        )
    for held_on in course.days:
        attend(connection, who.name, held_on, came=True)
    if course.self_on:
        attend(connection, who.name, course.self_on, came=True, told_by="self")
    if who.name == "a confirmation taken back":
        attend(connection, who.name, day(6, 10), came=True)
        attend(connection, who.name, day(6, 10), came=False, later=timedelta(days=2))
    if course.monthly:
        connection.execute("INSERT INTO rx.activity_rhythm VALUES (%s, true, '2026-01-01')", (activity,))
    connection.execute("SET LOCAL session_replication_role = origin")


def attend(  # noqa: PLR0917 - who, when, whether, as told by whom
    connection: psycopg.Connection[Any], name: str, held_on: date, came: bool, told_by: str = "place",
    later: timedelta = timedelta(),
) -> None:  # fmt: skip
    connection.execute(
        "INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by, recorded_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            CLINIC,
            id_of(f"referral of {name}"),
            id_of(f"activity of {name}"),
            held_on,
            came,
            told_by,
            noon(held_on) + later,
        ),
    )


def noon(when: date) -> datetime:
    return datetime.combine(when, time(12), TOKYO)
