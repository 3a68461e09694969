"""Step 3 as a form: who would be told what, with a yes or no for each; nothing is told without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from starlette.datastructures import ImmutableMultiDict

from placefinder import clock
from placefinder.web.asking import text
from placefinder.web.languages import mark, plain, ruby
from placefinder.web.wording import Words
from prescribing.consents import NewConsent, needs_guardian, texts
from prescribing.store.consents import give
from prescribing.store.entering import Visitor
from prescribing.store.organisations import Organisation, organisation, organisations
from prescribing.store.people import patient
from prescribing.store.referrals import Changes, Referral
from prescribing.store.rules import guardian_below
from prescribing.store.suggested import suggested, taken

RECIPIENTS: Mapping[str, str] = {
    "link_worker": mark("リンクワーカー"),
    "host": mark("場所"),
    "insurer": mark("保険者"),
    "municipality": mark("市町村"),
}
GIVERS: Mapping[str, str] = {"self": mark("本人"), "guardian": mark("保護者")}
HOWS: Mapping[str, str] = {"spoken": mark("口で言った"), "paper": mark("紙に書いた")}
OFFICE_BELOW = mark("下で選ぶ事務所")
NEEDED = ("link_worker", "host")
"""What a referral needs; insurers and municipalities are told only where yes was chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question: may this recipient be told, for this purpose?"""

    purpose: str
    recipient_id: UUID | None  # of a link worker's office: the one chosen in the form
    recipient_name: str | None

    @property
    def field(self) -> str:
        return f"consent_{self.purpose}" if self.purpose != "host" else f"consent_host_{self.recipient_id}"

    @property
    def needed(self) -> bool:
        return self.purpose in NEEDED


@dataclass(frozen=True, slots=True)
class Asked:
    """All questions of one referral, the offices it may go to (the area's first), and whether a guardian must answer."""

    lines: Sequence[Line]
    offices: Sequence[Organisation]
    guardian_needed: bool

    def groups(self, words: Words, said: Mapping[str, str]) -> list[dict[str, Any]]:
        """By purpose: the text to be read aloud with all its recipients, and a row for each."""
        return [self._group(purpose, words, said) for purpose in RECIPIENTS if self._of(purpose)]

    def _of(self, purpose: str) -> list["Line"]:
        return [line for line in self.lines if line.purpose == purpose]

    def _group(self, purpose: str, words: Words, said: Mapping[str, str]) -> dict[str, Any]:
        lines = self._of(purpose)
        names = [line.recipient_name or plain(words.say(OFFICE_BELOW)) for line in lines]
        rows = [{"field": line.field, "name": line.recipient_name, "said": said.get(line.field, "")} for line in lines]
        told = texts()[purpose].told(words.language)
        told = told.replace("{recipient}", ("」「" if "「{recipient}」" in told else ", ").join(names))
        return {"title": words.say(RECIPIENTS[purpose]), "text": ruby(told), "needed": purpose in NEEDED, "rows": rows}


@dataclass(frozen=True, slots=True)
class Answers:
    """The form as it was filled in: by field "yes" or "no"."""

    said: Mapping[str, str] = field(default_factory=dict)
    given_by: str = ""
    given_how: str = ""
    office_id: UUID | None = None
    errors: Sequence[str] = ()

    @property
    def changes(self) -> Changes:
        return Changes(link_office_id=self.office_id)


async def ask(connection: AsyncConnection[Any], found: Referral) -> Asked:
    """Whom a consent may name for this referral: an office, the chosen places, the insurer, the municipality."""
    person = await patient(connection, found.patient_id)
    offices = _of_the_area(await organisations(connection, "link_office", found.municipality_code), found)
    lines = [Line("link_worker", None, offices[0].name if len(offices) == 1 else None)] if offices else []
    chosen = [one for one in taken(await suggested(connection, found.referral_id), found.state) if one.chosen]
    lines += [Line("host", one.activity_id, one.item.name) for one in chosen if one.item]
    if person.insurer_id:
        insurer = await organisation(connection, person.insurer_id)
        lines.append(Line("insurer", insurer.organisation_id, insurer.name))
    cities = await organisations(connection, "municipality", found.municipality_code)
    lines += [
        Line("municipality", city.organisation_id, city.name)
        for city in cities
        if city.municipality_code == found.municipality_code
    ][:1]
    below = await guardian_below(connection)
    return Asked(lines, offices, needs_guardian(person, today=clock.today(), below=below))


def read_answers(form: ImmutableMultiDict[str, Any], asked: Asked) -> Answers:
    """A posted form. The button `yes` says yes for whatever a referral needs and was not answered with no."""
    all_needed = text(form, "how") == "yes"
    said = {}
    for line in asked.lines:
        answer = text(form, line.field)
        said[line.field] = answer if answer in ("yes", "no") else "yes" if all_needed and line.needed else ""
    office = next((one for one in asked.offices if str(one.organisation_id) == text(form, "office")), None)
    given_by, given_how = text(form, "given_by"), text(form, "given_how")
    errors = []
    if said.get("consent_link_worker") != "yes" or office is None:
        errors.append(mark("リンクワーカーに知らせないと、送れません。紙だけわたせます。"))
    if given_by not in GIVERS or given_how not in HOWS or (asked.guardian_needed and given_by != "guardian"):
        errors.append(mark("だれが、どうやって答えたかを選んでください。"))
    return Answers(said, given_by, given_how, office.organisation_id if office else None, errors)


async def record(
    connection: AsyncConnection[Any], visitor: Visitor, found: Referral, asked: Asked, answers: Answers
) -> None:
    """Keep a consent for every yes, each with its own purpose and recipient."""
    for line in asked.lines:
        recipient = answers.office_id if line.purpose == "link_worker" else line.recipient_id
        if answers.said.get(line.field) == "yes" and recipient:
            new = NewConsent(line.purpose, recipient, given_by=answers.given_by, given_how=answers.given_how)
            await give(connection, visitor, found.patient_id, new)


def _of_the_area(offices: Sequence[Organisation], found: Referral) -> Sequence[Organisation]:
    """The offices of the area where there are some, else all."""
    here = [one for one in offices if one.municipality_code == found.municipality_code]
    return here or offices
