"""Consent (同意): what for, to whom, in which words, until when, and who must say yes.

個人情報保護法: a referral is 要配慮個人情報, so nothing is told without an explicit yes, one for each purpose and recipient (FACTS §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args
from uuid import UUID

import yaml

from geo.folders import DATA
from prescribing.errors import InputRefused
from prescribing.people import Patient, youngest_of

Purpose = Literal["link_worker", "host", "insurer", "municipality"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
GIVERS = ("self", "guardian")
HOWS = ("paper", "spoken", "online")
HOLDS_FOR = timedelta(days=365)
"""What a consent is asked for where nothing else was said; its text tells it (「1年間」)."""
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What is read out to somebody for one purpose, in one version that is never changed once it was used."""

    purpose: str
    version: str
    ja: str
    easy_ja: str
    en: str

    def told(self, language: str) -> str:
        """The words in `ja`, `easy-ja` or `en`; readings stand as {漢字|かな}."""
        return {"easy-ja": self.easy_ja, "en": self.en}.get(language, self.ja)


_LANGUAGES = (("ja", ""), ("easy-ja", ""), ("en", " "))


@cache
def texts() -> Mapping[str, ConsentText]:
    """The text in use for each purpose: the newest version of each file in data/consent."""
    return MappingProxyType({purpose: versions(purpose)[-1] for purpose in PURPOSES})


def versions(purpose: str) -> list[ConsentText]:
    """All texts ever used for a purpose, the oldest first."""
    said: dict[str, Any] = yaml.safe_load((DATA / "consent" / f"{purpose}.yml").read_text("utf-8"))
    return [
        ConsentText(purpose, one["version"], *(_one_line(one[language], sep) for language, sep in _LANGUAGES))
        for one in said["versions"]
    ]


def text_of(purpose: str) -> ConsentText:
    """The text in use. Raises InputRefused for a purpose that nobody is asked about."""
    if purpose not in PURPOSES:
        raise InputRefused("purpose", f"one of {', '.join(PURPOSES)}")
    return texts()[purpose]


def _one_line(text: str, between: str) -> str:
    return between.join(line.strip() for line in text.strip().splitlines())


def guardian_needed(age_band: str, birth_year: int | None, today: date, below: int) -> bool:
    """Is the person younger than `below` (what the deployment set: `store.rules`), or could they be, by what is known?

    A year of birth counts the birthday as not reached yet, and a band by its youngest: nobody's guardian is passed over.
    The database's trigger keeps the same rule.
    """
    youngest = today.year - birth_year - 1 if birth_year is not None else youngest_of(age_band)
    return youngest < below


def needs_guardian(person: Patient, *, today: date, below: int) -> bool:
    """`guardian_needed` of somebody registered."""
    return guardian_needed(person.age_band, person.birth_year, today, below)


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A yes to be kept. `recipient_id`: an organisation, for `host` the activity. Raises InputRefused, naming the field."""

    purpose: str
    recipient_id: UUID
    given_by: str = "self"
    given_how: str = "spoken"
    expires_on: date | None = None  # None: HOLDS_FOR from today
    text_version: str | None = None  # None: the text in use

    def __post_init__(self) -> None:
        for name, allowed in (("purpose", PURPOSES), ("given_by", GIVERS), ("given_how", HOWS)):
            if getattr(self, name) not in allowed:
                raise InputRefused(name, f"one of {', '.join(allowed)}")
        if self.text_version and self.text_version not in {one.version for one in versions(self.purpose)}:
            raise InputRefused("text_version", "a version of the text for this purpose")

    @property
    def version(self) -> str:
        """The text that was read out."""
        return self.text_version or text_of(self.purpose).version

    def until(self, today: date) -> date:
        """The last day it holds. Raises InputRefused for one that is over or too far away."""
        last = self.expires_on or today + HOLDS_FOR
        if not today <= last <= today + LONGEST:
            raise InputRefused("expires_on", "a day from today on, three years from now at most")
        return last
