"""`/staff/cases`: the desk of a link workers' office: what is due, for whom, and how many wait where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from placefinder import clock
from placefinder.store.vocabulary import vocabulary
from placefinder.web.callers import Caller, callers
from placefinder.web.languages import mark
from prescribing.journey import OVER, STATES
from prescribing.store.cases import ON_A_PAGE, VIEWS, Count, cases, counts
from prescribing.web import journey_words
from prescribing.web.case_words import lateness, next_step
from prescribing.web.files import render
from prescribing.web.visits import visit

router = APIRouter(include_in_schema=False)

VIEW_NAMES: Mapping[str, str] = {
    "all": mark("事務所のすべて"),
    "mine": mark("自分の担当"),
    "late": mark("期限がすぎた"),
    "place": mark("場所を待つ"),
    "hold": mark("お休み中"),
    "over": mark("終わった"),
}
_LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One state of the overview: how many, how many overdue, and how wide in a hundred parts of the widest."""

    state: str
    cases: int
    overdue: int
    width: float
    late_width: float


@router.get("/staff/cases")
@callers(Caller.LINK_WORKER)
async def desk(request: Request) -> HTMLResponse:
    """The desk of the office: what is due, overdue first; filters and pages in the address."""
    view = _view(request)
    page = _page(request)
    today = clock.today()
    async with visit(request, "link_worker") as v:
        found = await cases(v.connection, v.visitor, view, page, today)
        if not found and page > 1:
            page, found = 1, await cases(v.connection, v.visitor, view, 1, today)
        by_state = await counts(v.connection, v.visitor, today)
        words_of = await vocabulary(v.connection)
    total = found[0].total if found else 0
    return render(
        request, "cases.html", visitor=v.visitor, cases=found, view=view, views=VIEW_NAMES, today=today, total=total,
        page=page, pages=max(1, -(-total // ON_A_PAGE)), bars=bars(by_state), of_view=_of_views(by_state),
        terms=words_of.of("interest"), needs=words_of.of("need"), states=STATES, said=journey_words, tokyo=clock.TOKYO,
        lateness=lateness, next_step=next_step,
    )  # fmt: skip


def _view(request: Request) -> str:
    wish = request.query_params.get("view", "all")
    return wish if wish in VIEWS else "all"


def _page(request: Request) -> int:
    wish = request.query_params.get("page", "1")
    return min(int(wish), _LAST_PAGE) if wish.isascii() and wish.isdigit() and int(wish) > 0 else 1


def bars(by_state: Mapping[str, Count]) -> list[Bar]:
    """The open states as bars, in the order of the journey, the widest a hundred wide."""
    open_ones = [one for state, one in by_state.items() if state not in OVER]
    most = max((one.cases for one in open_ones), default=1)
    return [
        Bar(one.state, one.cases, one.overdue, 100 * one.cases / most, 100 * one.overdue / most) for one in open_ones
    ]


def _of_views(by_state: Mapping[str, Count]) -> dict[str, int]:
    """How many cases each filter would show."""

    def of(states: Sequence[str]) -> list[Count]:
        return [one for state, one in by_state.items() if state in states]

    sums = {view: sum(one.cases for one in of(states)) for view, states in VIEWS.items()}
    return sums | {
        "mine": sum(one.mine for one in of(VIEWS["mine"])),
        "late": sum(one.overdue for one in of(VIEWS["late"])),
    }
