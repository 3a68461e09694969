-- name: remove_listings
-- Which listings are of no current edition any more, or told by the edition that is to be listed anew?
DELETE FROM finder.listing l
WHERE l.edition_id = %(edition_id)s::uuid OR %(edition_id)s::uuid IS NULL
   OR l.activity_id IN (SELECT a.activity_id FROM finder.activity a WHERE a.edition_id = %(edition_id)s::uuid)
   OR NOT EXISTS (SELECT FROM geo.edition e WHERE e.edition_id = l.edition_id AND e.state = 'current');

-- name: remove_some
-- Take listings away, to list them anew.
DELETE FROM finder.listing WHERE activity_id = ANY (%(activity_ids)s::uuid[]);

-- name: add_listings
-- What does the search see of a current edition (null: of all)? An activity that several hold is told by the newest.
INSERT INTO finder.listing (activity_id, edition_id, place_id, municipality_code, district_id, kind, status, findable,
    age_min, age_max, interests, needs, needs_unmet, price_yen_min, price_yen_max, weekdays, open_minutes,
    maybe_minutes, schedule_exact, dated, stale_after, search_text, point_6668, told)
WITH district AS (
    SELECT DISTINCT ON (district_id) district_id, name FROM geo.current_district ORDER BY district_id, edition_id),
need AS (SELECT term FROM finder.term WHERE vocabulary = 'need'),
-- The typical week that the rules of each different schedule give: weeks of the month, months and seasons are left out of
-- it. Apart from the rest, so that its many steps do not mislead the planner.
week AS MATERIALIZED (
    SELECT schedule, t.*
    FROM (SELECT DISTINCT a.schedule FROM finder.activity a
          JOIN geo.edition e ON e.edition_id = a.edition_id AND e.state = 'current'
          WHERE a.schedule_certainty = 'exact'
            AND (a.edition_id = %(edition_id)s::uuid OR %(edition_id)s::uuid IS NULL)
            AND (a.activity_id = ANY (%(activity_ids)s::uuid[]) OR %(activity_ids)s::uuid[] IS NULL)) a
    CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(int4range((day::int - 1) * 1440 + coalesce((hours ->> 0)::int, 0),
                                            (day::int - 1) * 1440 + coalesce((hours ->> 1)::int, 1440))), '{}') AS every_week
        FROM jsonb_array_elements(a.schedule -> 'closures') AS closure
        CROSS JOIN LATERAL jsonb_array_elements_text(closure -> 'days' -> 'weekdays') AS day
        CROSS JOIN LATERAL (SELECT coalesce(closure -> 'hours', '[null, null]') AS hours) h
        WHERE closure - 'hours' - 'days' = '{}' AND (closure -> 'days') - 'weekdays' = '{"kind": "weekly"}') closed
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT day) FILTER (WHERE whole AND NOT closed.every_week @> all_day), '{}') AS weekdays,
               range_agg(sure) - closed.every_week AS sure, range_agg(maybe) - closed.every_week AS maybe,
               coalesce(bool_and(whole), false) AS whole
        FROM jsonb_array_elements(a.schedule -> 'rules') AS rule
        CROSS JOIN LATERAL (
            SELECT coalesce(rule -> 'days' -> 'weekdays', jsonb_build_array(rule -> 'days' -> 'weekday')) AS weekdays) d
        CROSS JOIN LATERAL (SELECT weekdays <> '[null]' AS whole) w
        CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN whole THEN weekdays ELSE '[1, 2, 3, 4, 5, 6, 7]' END) AS told
        CROSS JOIN LATERAL (SELECT told::int AS day, (told::int - 1) * 1440 AS midnight) m
        CROSS JOIN LATERAL (SELECT int4range(midnight, midnight + 1440) AS all_day) n
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(rule -> 'hours', '[[null, null]]')) AS hours
        CROSS JOIN LATERAL (SELECT (hours ->> 0)::int AS opens, (hours ->> 1)::int AS closes) o
        CROSS JOIN LATERAL (
            SELECT CASE WHEN whole AND opens IS NOT NULL
                        THEN int4range(midnight + opens, midnight + coalesce(closes, opens + 1)) END AS sure,
                   CASE WHEN NOT whole OR opens IS NULL OR closes IS NULL
                        THEN int4range(midnight + coalesce(opens, 0), midnight + coalesce(closes, 1440)) END AS maybe) r) t)
SELECT a.activity_id, a.edition_id, a.place_id, p.municipality_code, p.district_id, a.kind, f.status, f.findable,
       CASE WHEN 'anyone' = ANY (a.audiences) AND a.age_max IS NULL THEN coalesce(a.age_min, 0) ELSE a.age_min END,
       a.age_max, a.interests, n.met, n.unmet, a.price_yen_min, a.price_yen_max,
       CASE WHEN old THEN '{}' ELSE coalesce(t.weekdays, '{}') END, CASE WHEN old THEN '{}' ELSE coalesce(t.sure, '{}') END,
       CASE WHEN old THEN '{}' ELSE coalesce(t.maybe, '{}') END, coalesce(t.whole AND NOT old, false),
       f.findable AND a.schedule_certainty = 'exact', c.stale_after,
       concat_ws(' ', finder.fold(a.name), finder.fold(a.name_kana), finder.fold(p.name), finder.fold(p.name_kana),
                 finder.fold(a.organiser_name)),
       f.point, left(row_to_json(card)::text, -1)
FROM finder.activity a
JOIN finder.place p USING (edition_id, place_id)
JOIN geo.edition e ON e.edition_id = a.edition_id AND e.state = 'current'
JOIN finder.kind k ON k.kind = a.kind AND k.listed
LEFT JOIN district d ON d.district_id = p.district_id
CROSS JOIN LATERAL (
    SELECT checked_on, stale_after, coalesce(stale_after < (now() AT TIME ZONE 'Asia/Tokyo')::date, false) AS old
    FROM (SELECT greatest(CASE WHEN a.checked_on <= (now() AT TIME ZONE 'Asia/Tokyo')::date THEN a.checked_on END, (SELECT max(k.checked_on) FROM finder.fact_check k
                                         WHERE k.activity_id = a.activity_id AND k.fact = 'opening')) AS checked_on) k
    CROSS JOIN LATERAL (
        SELECT (coalesce(checked_on, e.published_on) + make_interval(months => %(stale_months)s::int))::date
            AS stale_after) x) c
CROSS JOIN LATERAL (
    SELECT s.status, s.status NOT IN ('suspended', 'closed') AS findable, ST_SnapToGrid(p.point_6668, 0.000001) AS point,
           p.facts || a.facts AS facts
    FROM finder.status_on(a.status, a.status_until, (now() AT TIME ZONE 'Asia/Tokyo')::date) AS s(status)) f
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(term ORDER BY term) FILTER (WHERE f.facts -> term ->> 'state' = 'yes'), '{}') AS met,
           coalesce(array_agg(term ORDER BY term) FILTER (WHERE f.facts -> term ->> 'state' = 'no'), '{}') AS unmet
    FROM need) n
LEFT JOIN week t ON a.schedule_certainty = 'exact' AND t.schedule = a.schedule
CROSS JOIN LATERAL (
    SELECT a.activity_id, a.place_id, a.name, a.name_kana, p.name AS place_name, a.kind, f.status, a.status_text,
           f.findable, a.organiser_name, p.address, p.municipality_code, p.district_id, d.name AS district_name,
           p.district_basis, a.schedule_text, a.schedule_certainty, a.schedule, a.age_min, a.age_max, a.audiences,
           a.interests, n.met AS needs, n.unmet AS needs_unmet, a.price_yen_min, a.price_yen_max,
           c.checked_on, e.published_on AS edition_on,
           p.position_level, round(ST_X(f.point)::numeric, 6) AS lon, round(ST_Y(f.point)::numeric, 6) AS lat,
           e.source_id, a.edition_id) card
WHERE (a.edition_id = %(edition_id)s::uuid OR %(edition_id)s::uuid IS NULL)
  AND (a.activity_id = ANY (%(activity_ids)s::uuid[]) OR %(activity_ids)s::uuid[] IS NULL)
  AND NOT EXISTS (
      SELECT FROM finder.activity newer JOIN geo.edition n ON n.edition_id = newer.edition_id AND n.state = 'current'
      WHERE newer.activity_id = a.activity_id AND newer.edition_id <> a.edition_id
        AND (n.made_current_at, n.edition_id) > (e.made_current_at, e.edition_id))
ORDER BY f.point -- along a Hilbert curve: what is asked for together lies on the same pages
ON CONFLICT (activity_id) DO NOTHING;

-- name: anything_listed
-- Is anything listed?
SELECT true FROM finder.listing LIMIT 1;

-- name: nearest
-- Which findable listings lie nearest a point, filtered, wherever they are? The index orders by the plane, which is up to half a percent
-- wrong by direction, so somewhat more are fetched than asked for, and the true distance decides. `<#>` takes a point for
-- its box of single precision, ± 4 m, and so spares the index the second look that `<->` costs. Age and kind stand twice: for
-- the index, which thereby leaves out most rows unfetched, and in the filter, which decides.
WITH candidate AS MATERIALIZED (
    SELECT l, ST_Distance(l.geog, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668)::geography) AS metres
    FROM finder.listing l
    WHERE l.g3857 && ST_Expand(ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857), %(reach)s::float8)
      AND l.ages && int4range(%(age)s::int, %(age)s::int, '[]') AND l.kind_key && %(kind_keys)s::int4multirange
      AND l.findable
      AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                              %(weekday)s::int, %(minutes)s::int4multirange,
                              %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
    ORDER BY l.g3857 <#> ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857)
    LIMIT %(candidates)s::int),
page AS (
    SELECT l, metres, row_number() OVER (ORDER BY metres, (l).activity_id) AS place_no
    FROM candidate WHERE metres <= %(radius_m)s::int
    ORDER BY metres, (l).activity_id LIMIT %(limit)s::int + 1 OFFSET %(offset)s::int)
SELECT '{"total":null,"more":' || (count(*) > %(limit)s::int)::text || ',"widened_by":[],"results":['
    || coalesce(string_agg(
        finder.listing_result(l, metres, %(minutes_per_m)s::float8, NULL, %(kinds)s::text[],
            %(age)s::int, %(interests)s::text[], %(needs)s::text[], %(weekday)s::int,
            %(minutes)s::int4multirange, %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int), ','
        ORDER BY floor(metres / 250),
            finder.listing_doubts(l, %(age)s::int, %(interests)s::text[], %(needs)s::text[], %(weekday)s::int,
                %(minutes)s::int4multirange, %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int), place_no)
        FILTER (WHERE place_no <= %(limit)s::int + %(offset)s::int), '') || ']}' AS answer
FROM page;

-- name: count_nearest
-- How many findable listings lie within the radius of a point, filtered?
SELECT count(*)
FROM finder.listing l
WHERE l.g3857 && ST_Expand(ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857), %(reach)s::float8)
  AND l.ages && int4range(%(age)s::int, %(age)s::int, '[]') AND l.kind_key && %(kind_keys)s::int4multirange
  AND l.findable
  AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                          %(weekday)s::int, %(minutes)s::int4multirange,
                          %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
  AND ST_Distance(l.geog, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668)::geography)
      <= %(radius_m)s::int;

-- name: listed
-- Which listings are in an area or have a name? With a point of departure those within the radius, nearest first and
-- findable only; without one suspended and closed ones come last, and only where a district or a name is asked for.
-- Sent with its values, so that the planner sees which filters are null.
WITH page AS (
    SELECT l, metres, row_number() OVER () AS place_no
    FROM (
        SELECT l, metres FROM finder.listing l
        CROSS JOIN LATERAL (SELECT ST_Distance(l.geog, ST_SetSRID(
            ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668)::geography) AS metres) way
        WHERE (%(lon)s::float8 IS NULL OR metres <= %(radius_m)s::int)
          AND (l.findable OR %(lon)s::float8 IS NULL
               AND (%(district_ids)s::uuid[] IS NOT NULL OR %(name)s::text IS NOT NULL))
          AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                                  %(weekday)s::int, %(minutes)s::int4multirange,
                                  %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
          AND (%(district_ids)s::uuid[] IS NULL OR l.district_id = ANY (%(district_ids)s::uuid[]))
          AND (%(municipality_code)s::bpchar IS NULL OR l.municipality_code = %(municipality_code)s::bpchar)
          AND (%(name)s::text IS NULL OR l.search_text LIKE finder.pattern(%(name)s::text))
          AND (%(west)s::float8 IS NULL
               OR l.g3857 && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8,
                                             %(north)s::float8, 3857))
        ORDER BY metres,
                 CASE WHEN %(district_id)s::uuid IS NOT NULL
                      THEN l.findable::int * 2 + (l.district_id = %(district_id)s::uuid)::int END DESC,
                 CASE WHEN %(name)s::text IS NOT NULL THEN l.findable END DESC,
                 CASE WHEN %(district_id)s::uuid IS NOT NULL OR %(name)s::text IS NOT NULL THEN
                      finder.listing_doubts(l, %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                                            %(weekday)s::int, %(minutes)s::int4multirange,
                                            %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int) END,
                 l.activity_id
        LIMIT %(limit)s::int + 1 OFFSET %(offset)s::int) AS found)
SELECT '{"total":null,"more":' || (count(*) > %(limit)s::int)::text || ',"widened_by":[],"results":['
    || coalesce(string_agg(
        finder.listing_result(l, metres, %(minutes_per_m)s::float8, %(district_id)s::uuid, %(kinds)s::text[],
            %(age)s::int, %(interests)s::text[], %(needs)s::text[], %(weekday)s::int,
            %(minutes)s::int4multirange, %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int), ','
        ORDER BY floor(metres / 250), CASE WHEN %(lon)s::float8 IS NOT NULL THEN
            finder.listing_doubts(l, %(age)s::int, %(interests)s::text[], %(needs)s::text[], %(weekday)s::int,
                %(minutes)s::int4multirange,
                %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int) END, place_no)
        FILTER (WHERE place_no <= %(limit)s::int), '') || ']}' AS answer
FROM page;

-- name: count_listed
-- How many listings are in an area or have a name, and within the radius of a point where one is given?
SELECT count(*)
FROM finder.listing l
WHERE (%(lon)s::float8 IS NULL OR ST_Distance(l.geog,
           ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668)::geography) <= %(radius_m)s::int)
  AND (l.findable OR %(lon)s::float8 IS NULL AND (%(district_ids)s::uuid[] IS NOT NULL OR %(name)s::text IS NOT NULL))
  AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                          %(weekday)s::int, %(minutes)s::int4multirange,
                          %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
  AND (%(district_ids)s::uuid[] IS NULL OR l.district_id = ANY (%(district_ids)s::uuid[]))
  AND (%(municipality_code)s::bpchar IS NULL OR l.municipality_code = %(municipality_code)s::bpchar)
  AND (%(name)s::text IS NULL OR l.search_text LIKE finder.pattern(%(name)s::text))
  AND (%(west)s::float8 IS NULL
       OR l.g3857 && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 3857));

-- name: geojson
-- Which findable listings of sources that may be passed on lie in a box, as GeoJSON? Their districts are told only where
-- those may be passed on too.
WITH found AS (
    SELECT l AS listing, l.activity_id, l.edition_id, l.district_id, row_number() OVER (ORDER BY l.activity_id) AS place_no,
           ST_AsGeoJSON(l.point_6668, 6, 0) AS point
    FROM finder.listing l
    WHERE l.findable
      AND l.g3857 && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 3857)
      AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                              %(weekday)s::int, %(minutes)s::int4multirange,
                              %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
      AND l.edition_id IN (SELECT e.edition_id FROM geo.edition e JOIN geo.source s USING (source_id)
                           WHERE s.redistribution IN ('open', 'conditional'))
    ORDER BY l.activity_id LIMIT %(limit)s::int + 1 OFFSET %(offset)s::int),
told AS MATERIALIZED (
    SELECT t.district_id, string_agg(DISTINCT t.condition, ' ') AS condition, min(t.attribution) AS attribution
    FROM geo.current_district_terms t
    WHERE t.district_id IN (SELECT district_id FROM found)
    GROUP BY t.district_id
    HAVING bool_and(t.redistribution IN ('open', 'conditional'))),
source AS (
    SELECT s.attribution, s.condition FROM geo.edition e JOIN geo.source s USING (source_id)
    WHERE e.edition_id IN (SELECT edition_id FROM found)
    UNION SELECT attribution, condition FROM told)
SELECT '{"type":"FeatureCollection","more":' || (count(*) > %(limit)s::int)::text
    || ',"numberReturned":' || count(*) FILTER (WHERE place_no <= %(limit)s::int + %(offset)s::int)
    || ',"attribution":' || coalesce((SELECT json_agg(DISTINCT attribution) FROM source), '[]')
    || ',"conditions":' || coalesce((SELECT json_agg(DISTINCT condition) FROM source WHERE condition IS NOT NULL), '[]')
    || ',"features":[' || coalesce(string_agg(
        '{"type":"Feature","id":"' || activity_id || '","geometry":' || point || ',"properties":'
        || CASE WHEN district_id IS NULL OR told.district_id IS NOT NULL THEN (listing).told || '}'
                ELSE (finder.card(listing) || '{"district_id":null,"district_name":null,"district_basis":null}')::text END || '}',
        ',' ORDER BY place_no) FILTER (WHERE place_no <= %(limit)s::int + %(offset)s::int), '') || ']}' AS answer
FROM found LEFT JOIN told USING (district_id);

-- name: marker_areas
-- How many findable listings lie in a box, by the finest of district, municipality and prefecture that gives no more
-- markers than wanted? A marker stands in the middle of its listings.
WITH area AS MATERIALIZED (
    SELECT l.prefecture_code, l.municipality_code, l.district_id, count(*) AS n,
           sum(ST_X(l.point_6668)) AS lon, sum(ST_Y(l.point_6668)) AS lat
    FROM finder.listing l
    WHERE l.findable
      AND l.g3857 && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 3857)
      AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                              %(weekday)s::int, %(minutes)s::int4multirange,
                              %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
    GROUP BY 1, 2, 3),
chosen AS (
    SELECT sum(n) AS total,
           CASE WHEN count(*) <= %(markers)s::int THEN 3
                WHEN count(DISTINCT municipality_code) <= %(markers)s::int THEN 2 ELSE 1 END AS level
    FROM area),
marker AS (
    SELECT level, prefecture_code, CASE WHEN level >= 2 THEN municipality_code END AS municipality_code,
           CASE WHEN level = 3 THEN district_id END AS district_id, sum(n) AS n, sum(lon) / sum(n) AS lon,
           sum(lat) / sum(n) AS lat
    FROM area, chosen GROUP BY 1, 2, 3, 4)
SELECT coalesce(total, 0)::int AS total,
       '{"level":"' || (ARRAY['prefecture', 'municipality', 'district'])[level] || '","total":' || coalesce(total, 0)
       || ',"markers":' || coalesce((
        SELECT json_agg(json_build_object('prefecture_code', prefecture_code, 'municipality_code', municipality_code,
                'district_id', district_id, 'count', n, 'lon', round(lon::numeric, 6), 'lat', round(lat::numeric, 6),
                'name', coalesce(
                    (SELECT d.name FROM geo.current_district d WHERE d.district_id = marker.district_id LIMIT 1),
                    (SELECT m.name FROM geo.current_municipality m
                     WHERE m.municipality_code = marker.municipality_code LIMIT 1)))
            ORDER BY n DESC, prefecture_code, municipality_code, district_id)
        FROM marker), '[]') || '}' AS answer
FROM chosen;

-- name: marker_places
-- Which places with findable listings lie in a box, with the activities of each?
WITH place AS (
    SELECT l.place_id, min(finder.card(l) ->> 'place_name') AS name, array_agg(DISTINCT l.kind) AS kinds,
           count(*) AS n, array_agg(l.activity_id ORDER BY l.activity_id) AS activity_ids,
           min(ST_X(l.point_6668)) AS lon, min(ST_Y(l.point_6668)) AS lat
    FROM finder.listing l
    WHERE l.findable
      AND l.g3857 && ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 3857)
      AND finder.listing_fits(l, %(kinds)s::text[], %(age)s::int, %(interests)s::text[], %(needs)s::text[],
                              %(weekday)s::int, %(minutes)s::int4multirange,
                              %(date_from)s::timestamp, %(date_to)s::date, %(price_max)s::int)
    GROUP BY 1)
SELECT '{"level":"place","total":' || coalesce(sum(n), 0) || ',"markers":' || coalesce(
        json_agg(json_build_object('place_id', place_id, 'name', name, 'kinds', kinds, 'count', n,
                'activity_ids', activity_ids, 'lon', round(lon::numeric, 6), 'lat', round(lat::numeric, 6))
            ORDER BY place_id), '[]')::text || '}' AS answer
FROM place;

-- name: neighbours
-- Which districts border on this one? Borders of two editions may leave a gap of some 30 m.
SELECT DISTINCT d.district_id
FROM geo.current_district own
JOIN geo.current_district d ON d.district_id <> own.district_id
    AND d.area_6668 && ST_Expand(own.area_6668, 0.0003) AND ST_DWithin(d.area_6668, own.area_6668, 0.0003)
WHERE own.district_id = %(district_id)s::uuid;
