"""A small hand-made town in a migrated database: districts, schools, towns, 28 places with activities, contact lines."""

import json
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg

from geo.addresses import town_key
from placefinder import clock
from placefinder.opening.rules import Hours, Monthly, Rule, Schedule, Weekly
from placefinder.opening.stored import schedule_json
from placefinder.store.listings import refresh_listings
from placefinder.store.occurrences import refresh_all

HOSTILE = """"><img src=x onerror="window.ran=1"><script>window.ran=1</script>{{7*7}}{% raw %}'</textarea>`${1}"""
KINDS = ("kodomo_shokudo", "ibasho", "salon", "kayoinoba", "dementia_cafe")
WEST, SOUTH, STEP = 142.90, 43.50, 0.01


def id_of(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def fill(connection: psycopg.Connection) -> None:
    """Nine districts with schools and towns, 25 places in the middle one, 3 in the next, contact lines."""
    connection.execute(
        "INSERT INTO geo.source VALUES ('handmade', '手づくりの町', 'テスト', 'https://example.org/', 'CC BY 4.0',"
        " '手づくりの町（架空）', 'open', NULL, true)"
    )
    for dataset in ("districts", "schools", "addresses", "places", "contact_lines"):
        connection.execute(
            "INSERT INTO geo.edition (edition_id, source_id, dataset, scope, label, state, file_name, file_sha256,"
            " rows_in, rows_accepted, known_defects) VALUES (%s, 'handmade', %s, '012998', '2026', 'current', 'x', 'x',"
            " 28, 28, %s)",
            (id_of(dataset), dataset, json.dumps(["電話番号がないものがあります。"])),
        )
    _districts(connection)
    for number in range(28):
        _place(connection, number)
    _lines(connection)
    refresh_listings(connection)
    refresh_all(connection, clock.today())
    connection.commit()


def _districts(connection: psycopg.Connection) -> None:
    names = ("北西", "北", "北東", "西", "中央", "東", "南西", "南", "南東")
    for number, name in enumerate(names):
        west, south = WEST + number % 3 * STEP, SOUTH + (2 - number // 3) * STEP
        ring = [[west, south], [west + STEP, south], [west + STEP, south + STEP], [west, south + STEP], [west, south]]
        shape = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
        middle = (west + STEP / 2, south + STEP / 2)
        connection.execute(
            "INSERT INTO geo.school_district (edition_id, district_id, municipality_code, name, name_kana, basis,"
            " area_6668, label_point_6668) VALUES (%s, %s, '012998', %s, NULL, 'polygon',"
            " ST_SetSRID(ST_GeomFromGeoJSON(%s), 6668), ST_SetSRID(ST_MakePoint(%s, %s), 6668))",
            (id_of("districts"), id_of(f"district {number}"), f"{name}小学校", shape, *middle),
        )
        connection.execute(
            "INSERT INTO geo.school (edition_id, school_id, municipality_code, name, level, point_6668) VALUES"
            " (%s, %s, '012998', %s, 'primary', ST_SetSRID(ST_MakePoint(%s, %s), 6668))",
            (id_of("schools"), id_of(f"school {number}"), f"{name}小学校", middle[0] + 0.001, middle[1] - 0.002),
        )
        for chome in ("一丁目", "二丁目") if number == 4 else ("",):
            connection.execute(
                "INSERT INTO geo.town (edition_id, municipality_code, prefecture_name, municipality_name, town_name,"
                " search_key, postcode, point_6668) VALUES (%s, '012998', '北海道', '架空はまなす市', %s, %s, %s,"
                " ST_SetSRID(ST_MakePoint(%s, %s), 6668))",
                (id_of("addresses"), f"{name}町{chome}",
                 town_key(f"架空はまなす市{name}町{chome}"), f"000000{number}", *middle),
            )  # fmt: skip


def _place(connection: psycopg.Connection, number: int) -> None:
    hostile = number == 3
    name = HOSTILE if hostile else f"{('みんなの', 'ひだまり', 'おしゃべり', 'こもれび')[number % 4]}広場{number}"
    east = STEP if number >= 25 else 0
    lon = WEST + STEP + east + 0.0008 + number % 5 * 0.0019
    lat = SOUTH + STEP + 0.0008 + number // 5 % 5 * 0.0018
    facts = {"phone": {"state": "value", "field": "電話番号1", "value": "0123-45-6789"}} if number % 2 == 0 else {}
    facts |= {"step_free": {"state": "yes", "field": "車いす"}} if number % 3 == 0 else {}
    facts |= {"purpose": {"state": "value", "field": "設置目的", "value": "つながる"}} if number == 0 else {}
    facts |= {"remark": {"state": "value", "field": HOSTILE, "value": HOSTILE}} if hostile else {}
    connection.execute(
        "INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, name_kana,"
        " address, position_level, position_basis, point_6668, district_id, district_basis, facts) VALUES"
        " (%s, %s, '012998', 'handmade', %s, %s, %s, %s, 'given', '一覧', ST_SetSRID(ST_MakePoint(%s, %s), 6668),"
        " %s, 'polygon', %s)",
        (id_of("places"), id_of(f"place {number}"), str(number), name, "みんなのひろば" if number == 0 else None,
         HOSTILE if hostile else f"架空はまなす市中央町一丁目{number + 1}-2", lon, lat,
         id_of("district 5" if east else "district 4"), json.dumps(facts)),
    )  # fmt: skip
    hours = () if number % 5 == 2 else (Hours(660, 840),)
    weekdays = (number % 7 + 1,)
    days = Weekly(weekdays) if number % 2 else Monthly((2,), weekdays)
    schedule = Schedule(None, () if number % 6 == 1 else (Rule(days, hours),), holidays_said=True)
    status = {5: "closed", 7: "suspended"}.get(number, "running")
    connection.execute(
        "INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, organiser_name,"
        " status, status_text, schedule_text, schedule, schedule_certainty, age_min, age_max, audiences, interests,"
        " price_yen_min, price_yen_max, checked_on)"
        " VALUES (%s, %s, %s, '012998', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '2026-10-20')",
        (id_of("places"), id_of(f"activity {number}"), id_of(f"place {number}"), KINDS[number % 5], name,
         HOSTILE if hostile else "中央町の会", status, HOSTILE if hostile else None,
         HOSTILE if hostile else "月1回（不定期）", json.dumps(schedule_json(schedule)), "exact" if schedule.rules else "not_understood",
         6 if number % 3 == 0 else None, 15 if number % 3 == 0 else None, ["anyone"] if number % 4 == 0 else [],
         ["meal"], *((0, 0), (None, None), (100, 300))[number % 3]),
    )  # fmt: skip


def _lines(connection: psycopg.Connection) -> None:
    always = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)]
    office = [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in range(1, 6)]
    lines = (
        ("いつでも電話", always, False),
        ("まちの窓口", office, False),
        ("こどもの電話", always, True),
        (HOSTILE, office, True),
    )
    for name, hours, under_18 in lines:
        connection.execute(
            "INSERT INTO finder.contact_line (edition_id, line_id, name, phone, url, topics, under_18, hours, note)"
            " VALUES (%s, %s, %s, '0120-000-000', 'https://example.org/', '{any,loneliness}', %s, %s, %s)",
            (id_of("contact_lines"), id_of(name), name, under_18, json.dumps(hours), name if under_18 else None),
        )
