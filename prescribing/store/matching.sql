-- name: district_point
-- Where is the middle of a school district, for somebody of whom no more is known?
SELECT ST_X(label_point_6668) AS lon, ST_Y(label_point_6668) AS lat
FROM geo.current_district
WHERE district_id = %(district_id)s::uuid AND label_point_6668 IS NOT NULL
LIMIT 1;

-- name: within_reach
-- Which listings lie nearest a home and pass what an index can tell? As `nearest` of the finder: the plane orders, the true
-- distance decides later. What is unknown passes.
SELECT l.activity_id
FROM finder.listing l
WHERE l.g3857 && ST_Expand(ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857), %(reach)s::float8)
  AND l.ages && %(ages)s::int4multirange
  AND l.findable AND l.status <> 'not_taking_new'
  AND NOT l.needs_unmet && %(needs)s::text[]
  AND (l.price_yen_min <= %(price_max)s::int) IS NOT FALSE
  AND l.activity_id <> ALL (%(without)s::uuid[]) AND l.place_id <> ALL (%(without)s::uuid[])
  AND (NOT l.schedule_exact OR l.open_minutes && %(free)s::int4multirange OR l.maybe_minutes && %(free)s::int4multirange)
ORDER BY l.g3857 <#> ST_SetSRID(ST_MakePoint(%(x)s::float8, %(y)s::float8), 3857)
LIMIT %(most)s::int;

-- name: of_district
-- Which findable listings are in a school district of which there is no map?
SELECT l.activity_id
FROM finder.listing l
WHERE l.district_id = %(district_id)s::uuid AND l.findable AND l.ages && %(ages)s::int4multirange
ORDER BY l.activity_id
LIMIT %(most)s::int;

-- name: candidates
-- What do the catalogue, the hosts and the last weeks tell of these activities?
WITH avoided AS (
    SELECT o.organisation_id, finder.fold(o.name) AS name FROM rx.organisation o
    WHERE o.organisation_id = ANY (%(avoid)s::uuid[])),
told AS (SELECT EXISTS (SELECT FROM finder.occurrence_window w
                        WHERE w.first_day <= %(today)s::date AND w.last_day >= %(today)s::date + 27) AS dates)
SELECT l.activity_id, l.place_id, l.kind, l.status,
       ST_Distance(l.geog, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668)::geography) AS distance_m,
       coalesce(l.district_id = %(district_id)s::uuid, false) AS in_district,
       l.age_min, l.age_max, a.audiences, l.interests, l.needs, l.needs_unmet, l.price_yen_min, l.price_yen_max,
       l.open_minutes::text, l.maybe_minutes::text, l.schedule_exact, l.weekdays, d.dates, d.next_on,
       (l.stale_after - make_interval(months => %(stale_months)s::int))::date AS fresh_on,
       coalesce(l.stale_after < %(today)s::date, false) AS stale,
       n.state AS host_state, n.until AS host_until, n.said_on AS host_said_on,
       -- Of the activity; else of the house, which says little of a group: never more than most groups are.
       coalesce(nullif(substring(normalize(a.facts #>> '{capacity,value}', NFKC) FROM '[0-9]{1,4}')::int, 0),
                nullif(least(coalesce(substring(normalize(p.facts #>> '{capacity,value}', NFKC) FROM '[0-9]{1,4}')::int, 0), 20), 0))
           AS capacity,
       coalesce(s.shown, 0) AS shown,
       CASE (p.facts || a.facts) #>> '{health_professional,state}' WHEN 'yes' THEN true WHEN 'no' THEN false END AS professional,
       (SELECT o.organisation_id FROM avoided o WHERE o.name = finder.fold(a.organiser_name) LIMIT 1) AS organisation_id
FROM finder.listing l
JOIN finder.activity a USING (edition_id, activity_id)
JOIN finder.place p ON p.edition_id = a.edition_id AND p.place_id = a.place_id
CROSS JOIN told
LEFT JOIN LATERAL (
    SELECT count(*)::int AS dates, min(o.day) AS next_on
    FROM finder.occurrence o
    WHERE o.activity_id = l.activity_id AND o.day BETWEEN %(today)s::date AND %(today)s::date + 27
      AND o.doubt IS NULL AND o.change IS DISTINCT FROM 'cancelled') d
    ON told.dates AND l.dated AND (l.stale_after < %(today)s::date) IS NOT TRUE
LEFT JOIN LATERAL (
    SELECT h.state, h.until, (h.said_at AT TIME ZONE 'Asia/Tokyo')::date AS said_on
    FROM rx.host_notice h WHERE h.activity_id = l.activity_id ORDER BY h.said_at DESC LIMIT 1) n ON true
LEFT JOIN rx.shown_lately(%(activity_ids)s::uuid[], %(since)s::timestamptz) s ON s.activity_id = l.activity_id
WHERE l.activity_id = ANY (%(activity_ids)s::uuid[]);

-- name: cards
-- What do the pages show of these activities?
SELECT l.activity_id, finder.card(l)::text AS card FROM finder.listing l WHERE l.activity_id = ANY (%(activity_ids)s::uuid[]);
