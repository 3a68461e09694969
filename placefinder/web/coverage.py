"""What a report on the school districts of a municipality stands on, gathered for the page and for the program."""

from datetime import date
from typing import Any

from psycopg import AsyncConnection

from placefinder.store import atlas
from placefinder.store.named import municipality_names
from placefinder.store.sources import CurrentEdition, current_editions
from placefinder.store.vocabulary import vocabulary
from placefinder.web.folium_report import Report

GENERAL_KINDS = ("event", "other")


async def report_on(connection: AsyncConnection[Any], municipality_code: str, as_of: date) -> Report | None:
    """Places and missing kinds by district; None for a municipality without school districts."""
    districts = await atlas.coverage(connection, municipality_code)
    if not districts:
        return None
    names = await municipality_names(connection, [municipality_code])
    kinds = (await vocabulary(connection)).kinds.values()
    shapes = {district.edition_id for district in districts}
    used = [one for one in await current_editions(connection) if _stands_on(one, municipality_code, shapes)]
    return Report(
        names.get(municipality_code, municipality_code),
        as_of,
        districts,
        {kind.kind: kind.name_ja for kind in kinds if kind.listed and kind.kind not in GENERAL_KINDS},
        sorted({one.attribution for one in used}),
        fictional=any(one.fictional for one in used),
    )


def _stands_on(edition: CurrentEdition, code: str, shapes: set[Any]) -> bool:
    return edition.edition_id in shapes or (edition.dataset == "places" and edition.scope in (code, code[:2], "jp"))
