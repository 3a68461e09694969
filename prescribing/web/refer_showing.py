"""What the three steps of referring show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from placefinder import clock
from placefinder.search import SearchRequest
from placefinder.store import atlas
from placefinder.store.listings import search
from placefinder.store.vocabulary import Vocabulary, vocabulary
from placefinder.web.dates import dates_of
from placefinder.web.rendering import language_of
from placefinder.web.wording import Words
from prescribing.journey import MOVES, REASONS
from prescribing.matching import REASONS as WHY
from prescribing.matching import REFUSALS, UNKNOWNS
from prescribing.screening import INSTRUMENTS
from prescribing.store.matching import suggestions, why_not
from prescribing.store.organisations import organisations
from prescribing.store.referrals import Referral
from prescribing.store.suggested import Suggested, names_of, suggested, taken
from prescribing.web.consent_form import GIVERS, HOWS, Answers, Asked
from prescribing.web.facts import PRICES, Facts, summary
from prescribing.web.files import render
from prescribing.web.homes import Home
from prescribing.web.journey_words import MOBILITIES, PLAN_KINDS, SEXES
from prescribing.web.persons import matching_person
from prescribing.web.phones import phone_of
from prescribing.web.told_reasons import told
from prescribing.web.visits import Visit

FIELDS = ("key", "age", "q", "where", "avoid", "answers", "lines", "name", "kana", "phone", "chart_number")
MOST_NAMED = 3


async def facts_page(  # noqa: PLR0913 - the form and what surrounds it
    request: Request,
    v: Visit,
    facts: Facts,
    *,
    homes: Sequence[Home] = (),
    again: UUID | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Step 1, filled in as far as it was."""
    words, words_of = Words(language_of(request)), await vocabulary(v.connection)
    return render(
        request, "refer_facts.html", status,
        visitor=v.visitor, facts=facts, wrong=summary(facts, FIELDS), choices=homes, again=again,
        example=await atlas.example(v.connection), interests=list(words_of.of("interest").values()),
        needs=list(words_of.of("need").values()), mobilities=_pairs(words, MOBILITIES), sexes=_pairs(words, SEXES),
        prices=[(code, words.say("%(yen)s円まで") % {"yen": f"{yen:,}"}) for code, yen in PRICES.items() if yen],
        instruments=[(one.code, words.say(one.name_ja)) for one in INSTRUMENTS.values()],
        questions=[_instrument(words, one) for one in INSTRUMENTS.values()], line_kinds=_pairs(words, PLAN_KINDS),
        insurers=await organisations(v.connection, "insurer", v.visitor.municipality_code),
    )  # fmt: skip


async def choices_page(  # noqa: PLR0913 - the page, and what was asked of it
    request: Request, v: Visit, found: Referral, *, why_name: str = "", wrong: str = "", status: int = 200
) -> HTMLResponse:
    """Step 2: the last round, what else there is, and why a named place is not among them."""
    words, words_of = Words(language_of(request)), await vocabulary(v.connection)
    person = await matching_person(v.connection, found.patient_id)
    shown = await suggested(v.connection, found.referral_id)
    last = max((one.round for one in shown), default=1)
    today = clock.today()
    rest = await suggestions(v.connection, person, today=today, without=[one.activity_id for one in shown])
    items = [one.item for one in shown if one.item]
    cards = [_card(one, words, words_of, picked=_picked(one, shown, last)) for one in shown]
    refused = told(
        REFUSALS, [{"code": code} for code in rest.refused if "%(" not in REFUSALS.get(code, "%(")], words, words_of
    )
    return render(
        request, "refer_choices.html", status,
        visitor=v.visitor, referral=found, round=last, more=bool(rest.shown), passed=rest.passed + len(shown),
        shown=[card for card in cards if card["round"] == last], earlier=[card for card in cards if card["round"] < last],
        refused=refused, kinds=words_of.kinds, dates=await dates_of(v.connection, items, words, clock.now()),
        why_name=why_name, whys=await _whys(v, person, why_name, words, words_of) if why_name else [],
        reasons=_reasons(words, "reach", "place"), wrong=words.say(wrong) if wrong else None,
        avoided=await names_of(v.connection, person.avoid) if person.avoid else [],
    )  # fmt: skip


async def consent_page(  # noqa: PLR0913 - the page, and what was answered
    request: Request, v: Visit, found: Referral, asked: Asked, answers: Answers | None = None, *, status: int = 200
) -> HTMLResponse:
    """Step 3: each recipient and purpose with its own yes and no."""
    words = Words(language_of(request))
    chosen = [one for one in taken(await suggested(v.connection, found.referral_id), found.state) if one.chosen]
    answers = answers or Answers()
    return render(
        request, "refer_consent.html", status,
        visitor=v.visitor, referral=found, chosen=chosen, offices=asked.offices, office_id=answers.office_id,
        asked=asked.groups(words, answers.said),
        guardian_needed=asked.guardian_needed,
        givers=_pairs(words, {"guardian": GIVERS["guardian"]} if asked.guardian_needed else GIVERS),
        given_by=answers.given_by or ("guardian" if asked.guardian_needed else "self"),
        hows=_pairs(words, HOWS), given_how=answers.given_how or "spoken",
        wrong=[words.say(one) for one in answers.errors], reasons=_reasons(words, *MOVES["decline_offer"].reason_groups),
    )  # fmt: skip


def _picked(one: Suggested, shown: Sequence[Suggested], last: int) -> bool:
    """What was chosen already, else all of the round that is shown."""
    return one.chosen if any(other.chosen for other in shown) else one.round == last


def _card(one: Suggested, words: Words, words_of: Vocabulary, *, picked: bool) -> dict[str, Any]:
    return {
        "activity_id": one.activity_id,
        "round": one.round,
        "item": one.item,
        "small_start": one.small_start,
        "phone": phone_of(one.phone),
        "reasons": told(
            {code: said for code, said in WHY.items() if code != "small_start"}, one.reasons, words, words_of
        ),
        "unknowns": told(UNKNOWNS, one.unknowns, words, words_of),
        "picked": picked,
    }


async def _whys(v: Visit, person: Any, name: str, words: Words, words_of: Vocabulary) -> list[dict[str, Any]]:
    asked = SearchRequest(name=name, near=person.point, radius_m=50_000, limit=MOST_NAMED)
    found: list[dict[str, Any]] = []
    for item in (await search(v.connection, asked)).results:
        answer = await why_not(v.connection, person, item.activity_id, today=clock.today())
        because = told(REFUSALS, answer.because, words, words_of)
        found.append({"item": item, "because": because, "unknowns": told(UNKNOWNS, answer.unknowns, words, words_of)})
    return found


def _instrument(words: Words, one: Any) -> dict[str, Any]:
    questions, answers = [words.say(said) for said in one.questions], [words.say(said) for said in one.answers]
    return {"code": one.code, "name": words.say(one.name_ja), "questions": questions, "answers": answers}


def _reasons(words: Words, *groups: str) -> list[dict[str, Any]]:
    """Reasons to choose from, of these groups."""
    return [{"reason": one.reason, "said": words.term(one)} for one in REASONS.values() if one.reason_group in groups]


def _pairs(words: Words, sentences: Any) -> list[tuple[str, Any]]:
    return [(code, words.say(said)) for code, said in sentences.items()]
