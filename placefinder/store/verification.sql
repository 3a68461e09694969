-- name: to_verify
-- Which activities should somebody check next? Unanswered reports first, then people who would see a wrong thing.
WITH checked AS (
    SELECT activity_id, max(checked_on) FILTER (WHERE fact = 'status') AS status_on,
           max(checked_on) FILTER (WHERE fact = 'opening') AS opening_on
    FROM finder.fact_check GROUP BY activity_id),
listed AS (
    SELECT l.activity_id, a.name, p.name AS place_name, l.municipality_code, l.district_id, l.kind, l.status,
           l.place_id,
           greatest(a.checked_on, c.opening_on, CASE WHEN a.checked_on IS NULL THEN e.published_on END) AS opening_on,
           greatest(a.checked_on, c.status_on, CASE WHEN a.checked_on IS NULL THEN e.published_on END) AS status_on,
           CASE WHEN 'anyone' = ANY (a.audiences) THEN 0
                ELSE coalesce(a.age_min, (%(ages)s::jsonb -> l.kind ->> 0)::int, 0) END AS low,
           CASE WHEN 'anyone' = ANY (a.audiences) THEN 120
                ELSE coalesce(a.age_max, CASE WHEN a.age_min IS NULL THEN (%(ages)s::jsonb -> l.kind ->> 1)::int END,
                              120) END AS high
    FROM finder.listing l
    JOIN finder.activity a USING (edition_id, activity_id)
    JOIN finder.place p ON p.edition_id = l.edition_id AND p.place_id = l.place_id
    JOIN geo.edition e ON e.edition_id = l.edition_id
    LEFT JOIN checked c ON c.activity_id = l.activity_id
    WHERE l.status <> 'closed'
      AND (%(municipality_code)s::bpchar IS NULL OR l.municipality_code = %(municipality_code)s::bpchar)),
population AS (
    SELECT DISTINCT ON (d.district_id) d.district_id, d.total, d.age_bands
    FROM geo.district_population d
    JOIN geo.edition people ON people.edition_id = d.edition_id AND people.state = 'current'
    JOIN geo.edition area ON area.edition_id = d.district_edition_id AND area.state = 'current'
    WHERE d.district_id IS NOT NULL AND d.total > 0
    ORDER BY d.district_id, people.made_current_at DESC, d.total DESC),
audience AS (
    SELECT asked.district_id, asked.low, asked.high,
           CASE WHEN asked.low <= 0 AND asked.high >= 120 OR p.age_bands = '{}' THEN p.total
                ELSE coalesce(sum(band.value::float8 * greatest(0, least(asked.high, last) - greatest(asked.low, first) + 1)
                                  / (last - first + 1)), 0) END AS people
    FROM (SELECT DISTINCT district_id, low, high FROM listed WHERE district_id IS NOT NULL) asked
    JOIN population p USING (district_id)
    LEFT JOIN LATERAL jsonb_each_text(p.age_bands) band ON true
    LEFT JOIN LATERAL (
        SELECT substring(band.key FROM '^\d+')::int AS first,
               coalesce(substring(band.key FROM '-(\d+)$')::int,
                        greatest(120, substring(band.key FROM '^\d+')::int)) AS last) edge ON true
    GROUP BY 1, 2, 3, p.total, p.age_bands),
beside AS (SELECT district_id, count(*) AS listings FROM finder.listing WHERE findable GROUP BY 1),
report AS (
    SELECT place_id, count(*) AS reports FROM finder.correction WHERE settled_at IS NULL GROUP BY 1),
doubted AS (
    SELECT l.*, coalesce(r.reports, 0) AS reports, audience.people,
           CASE WHEN l.district_id IS NULL THEN 1 ELSE coalesce(beside.listings, 1) END AS listings,
           CASE WHEN l.status = 'needs_checking' THEN 1
                ELSE 1 - coalesce(0.5 ^ (greatest(0, %(as_of)s::date - l.status_on) / %(status_days)s::float8), 0.5)
                       * coalesce(0.5 ^ (greatest(0, %(as_of)s::date - l.opening_on) / %(opening_days)s::float8), 0.5)
           END AS doubt
    FROM listed l
    LEFT JOIN report r USING (place_id)
    LEFT JOIN audience ON audience.district_id = l.district_id AND audience.low = l.low AND audience.high = l.high
    LEFT JOIN beside ON beside.district_id = l.district_id)
SELECT d.activity_id, d.name, d.place_name, d.municipality_code,
       (SELECT name FROM geo.current_district c WHERE c.district_id = d.district_id LIMIT 1) AS district_name, d.kind,
       d.status, d.reports::int AS reports, least(d.status_on, d.opening_on) AS last_checked, d.doubt::float8 AS doubt,
       d.people::float8 AS people, d.listings::int AS listings,
       (coalesce(d.people, d.listings) * d.doubt)::float8 AS score
FROM doubted d
ORDER BY d.reports DESC, d.people IS NULL, coalesce(d.people, d.listings) * d.doubt DESC, d.activity_id
LIMIT %(most)s::int;

-- name: activity_listed
-- Is this activity listed now, and where?
SELECT l.activity_id, l.place_id, l.municipality_code
FROM finder.listing l
WHERE l.activity_id = %(activity_id)s::uuid;

-- name: add_check
-- Somebody of a role found a fact to be right on a day.
INSERT INTO finder.fact_check (municipality_code, activity_id, place_id, fact, checked_on, role)
VALUES (%(municipality_code)s::bpchar, %(activity_id)s::uuid, %(place_id)s::uuid, %(fact)s::text,
        %(checked_on)s::date, %(role)s::text);

-- name: settle_reports
-- Which reports of residents about these matters does a check of this day answer? Later ones stay open.
UPDATE finder.correction SET settled_at = now()
WHERE place_id = %(place_id)s::uuid AND about = ANY (%(abouts)s::text[]) AND settled_at IS NULL
  AND (received_at AT TIME ZONE 'Asia/Tokyo')::date <= %(checked_on)s::date;

-- name: take_asked
-- Which activities were checked from a page and wait to be listed anew? Whoever takes one lists it.
DELETE FROM finder.to_relist RETURNING activity_id;
