"""What was suggested in a referral (すすめた場所): kept round by round with its reasons, read again with today's listing, and chosen from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.rows import kwargs_row

from geo.store.queries import Queries
from placefinder.search import Result

QUERIES = Queries("prescribing.store", "suggested.sql")


@dataclass(frozen=True, slots=True)
class Suggested:
    """One suggestion as it was shown, with the listing as it is now; `item` is None where it is listed no more."""

    round: int
    rank: int
    activity_id: UUID
    place_id: UUID
    reasons: Sequence[Mapping[str, Any]]
    unknowns: Sequence[Mapping[str, Any]]
    small_start: bool
    candidates: int
    chosen: bool
    item: Result | None
    phone: str | None
    bring: str | None


def _suggested(card: str | None, **columns: Any) -> Suggested:
    item = Result.from_json({**orjson.loads(card), "reasons": [], "unknowns": []}) if card else None
    return Suggested(item=item, **columns)


async def suggested(connection: AsyncConnection[Any], referral_id: UUID) -> list[Suggested]:
    """All that was suggested in a referral, by round and rank. The caller notes the reading with the referral's."""
    async with connection.cursor(row_factory=kwargs_row(_suggested)) as cursor:
        return await (await cursor.execute(QUERIES.suggested, {"referral_id": referral_id})).fetchall()


async def keep_round(connection: AsyncConnection[Any], referral_id: UUID, shown: Iterable[Mapping[str, Any]]) -> int:
    """Keep a further round of suggestions and give its number.

    Each: activity_id, place_id, score, parts, reasons, unknowns, propensity in (0, 1], small_start, candidates.
    """
    rows = json.dumps([{**one, "rank": rank} for rank, one in enumerate(shown, 1)], default=str)
    cursor = await connection.execute(QUERIES.keep_round, {"referral_id": referral_id, "rows": rows})
    found = await cursor.fetchone()
    return int(found[0]) if found else 0


async def choose(connection: AsyncConnection[Any], referral_id: UUID, activity_ids: Iterable[UUID]) -> None:
    """The person takes these home, and none of the others that were suggested."""
    await connection.execute(QUERIES.choose, {"referral_id": referral_id, "activity_ids": list(activity_ids)})


def taken(all_shown: Sequence[Suggested], state: str, most: int = 3) -> list[Suggested]:
    """What stands on the sheet: what was chosen, each activity once; of a draft, before any choice, the last round."""
    chosen = {one.activity_id: one for one in all_shown if one.chosen}
    last = max((one.round for one in all_shown), default=0)
    undecided = [one for one in all_shown if one.round == last] if state == "draft" else []
    return (list(chosen.values()) or undecided)[:most]


async def names_of(connection: AsyncConnection[Any], ids: Iterable[UUID]) -> list[str]:
    """The names of listed places, by their ids or those of what is held there; each once."""
    cursor = await connection.execute(QUERIES.names_of, {"ids": list(ids)})
    return [str(name) for (name,) in await cursor.fetchall()]
