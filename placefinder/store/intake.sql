-- name: drop_points
-- Are there points of another load of this session?
DROP TABLE IF EXISTS intake_point;

-- name: create_points
-- Where do the points of one load stand until they are assigned?
CREATE TEMPORARY TABLE intake_point (
    n int, municipality_code text, town_name text, given boolean, point_6668 geometry(Point, 6668)
) ON COMMIT DROP;

-- name: copy_points
-- Fill the points of one load.
COPY intake_point (n, municipality_code, town_name, given, point_6668) FROM STDIN;

-- name: judge_points
-- Which municipality is each point in, how far outside the stated one, and which one district does its town's table name?
SELECT p.n, found.municipality_code AS found_code, stated.outside_m, listed.district_id AS listed_district_id
FROM intake_point p
LEFT JOIN LATERAL (
    SELECT min(t.district_id::text)::uuid AS district_id
    FROM geo.town_district t JOIN geo.edition e ON e.edition_id = t.edition_id AND e.state = 'current'
    WHERE t.municipality_code = p.municipality_code AND t.town_name = p.town_name
    HAVING count(DISTINCT t.district_id) = 1) listed ON true
LEFT JOIN LATERAL (
    SELECT m.municipality_code FROM geo.current_municipality m
    WHERE (p.municipality_code IS NULL OR substr(p.municipality_code, 3, 3) = '000')
      AND ST_Covers(m.boundary_6668, p.point_6668) LIMIT 1) found ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN bool_or(ST_Covers(m.boundary_6668, p.point_6668)) THEN 0
                ELSE min(ST_Distance(m.boundary_6668::geography, p.point_6668::geography)) END AS outside_m
    FROM geo.current_municipality m WHERE p.given AND m.municipality_code = p.municipality_code) stated ON true
WHERE found.municipality_code IS NOT NULL OR stated.outside_m > 0 OR listed.district_id IS NOT NULL;

-- name: municipalities_by_town
-- In which municipalities does only a table of towns tell the school district?
SELECT DISTINCT t.municipality_code
FROM geo.town_district t JOIN geo.edition e ON e.edition_id = t.edition_id AND e.state = 'current'
WHERE NOT EXISTS (SELECT FROM geo.current_district d
                  WHERE d.municipality_code = t.municipality_code AND d.basis = 'polygon');

-- name: previous
-- Which edition would this one replace?
SELECT edition_id, rows_accepted FROM geo.edition
WHERE dataset = %(dataset)s::text AND scope = %(scope)s::text AND source_id = %(source_id)s::text AND state = 'current';

-- name: copy_places
-- Fill the places of an edition.
COPY finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, name_kana, address, postcode,
    position_level, position_basis, point_6668, district_id, district_basis, declared_districts, facts) FROM STDIN;

-- name: copy_activities
-- Fill the activities of an edition.
COPY finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, name_kana, organiser_name, status,
    status_text, status_until, schedule_text, schedule, schedule_certainty, age_min, age_max, audiences, interests, price_yen_min,
    price_yen_max, facts, checked_on) FROM STDIN;

-- name: copy_facilities
-- Fill the facilities of an edition.
COPY finder.facility (edition_id, facility_id, municipality_code, kind, name, name_kana, address, point_6668,
    position_level, district_id, facts) FROM STDIN;

-- name: copy_lines
-- Fill the contact lines of an edition.
COPY finder.contact_line (edition_id, line_id, municipality_code, name, phone, url, topics, under_18, hours, note) FROM STDIN;

-- name: analyze
-- How are the rows just copied distributed? Without this a first load is planned as if the tables were empty.
ANALYZE finder.place, finder.activity, finder.facility;

-- name: copy_rows
-- Fill what became of each row of the file.
COPY finder.intake_row (edition_id, sheet, row_no, verdict, change, source_key, findings, record) FROM STDIN;

-- name: changes
-- What is new, changed, the same or gone against the edition before?
WITH told AS (
    SELECT p.edition_id, p.place_id AS id, p.name,
           to_jsonb(p) - 'edition_id' || jsonb_build_object('activities', (
               SELECT jsonb_agg(to_jsonb(a) - 'edition_id' ORDER BY a.activity_id)
               FROM finder.activity a WHERE a.edition_id = p.edition_id AND a.place_id = p.place_id)) AS said
    FROM finder.place p WHERE p.edition_id IN (%(edition_id)s::uuid, %(previous_id)s::uuid)
    UNION ALL
    SELECT f.edition_id, f.facility_id, f.name, to_jsonb(f) - 'edition_id' FROM finder.facility f
    WHERE f.edition_id IN (%(edition_id)s::uuid, %(previous_id)s::uuid)
    UNION ALL
    SELECT l.edition_id, l.line_id, l.name, to_jsonb(l) - 'edition_id' FROM finder.contact_line l
    WHERE l.edition_id IN (%(edition_id)s::uuid, %(previous_id)s::uuid))
SELECT coalesce(new.id, old.id) AS id, coalesce(new.name, old.name) AS name,
       CASE WHEN old.id IS NULL THEN 'new' WHEN new.id IS NULL THEN 'gone' WHEN new.said = old.said THEN 'same'
            ELSE 'changed' END AS change
FROM (SELECT id, name, said FROM told WHERE edition_id = %(edition_id)s::uuid) new
FULL JOIN (SELECT id, name, said FROM told WHERE edition_id = %(previous_id)s::uuid) old ON old.id = new.id;

-- name: staged_of_file
-- Which staged editions of this file are left over from an earlier attempt?
SELECT edition_id FROM geo.edition
WHERE source_id = %(source_id)s::text AND dataset = %(dataset)s::text AND scope = %(scope)s::text
  AND file_sha256 = %(file_sha256)s::text AND state = 'staged';

-- name: discard_places
-- Take the places and activities of a staged edition away.
DELETE FROM finder.place WHERE edition_id = %(edition_id)s::uuid;

-- name: discard_facilities
-- Take the facilities of a staged edition away.
DELETE FROM finder.facility WHERE edition_id = %(edition_id)s::uuid;

-- name: discard_lines
-- Take the contact lines of a staged edition away.
DELETE FROM finder.contact_line WHERE edition_id = %(edition_id)s::uuid;

-- name: discard_edition
-- Take a staged edition away, and with it what became of its rows.
DELETE FROM geo.edition WHERE edition_id = %(edition_id)s::uuid AND state = 'staged';

-- name: analyze_listings
-- How are the listings just added distributed? Without this every pair would be compared.
ANALYZE finder.listing;

-- name: propose_duplicates
-- Which listings of this edition may be the same activity as another one, and why?
INSERT INTO finder.duplicate_proposal (activity_id, other_activity_id, evidence)
SELECT least(a.activity_id, b.activity_id), greatest(a.activity_id, b.activity_id),
       jsonb_build_object('name_similarity', round(e.alike::numeric, 2), 'distance_m', round(e.metres::numeric),
                          'same_phone', e.same_phone)
FROM finder.listing la
JOIN finder.activity a ON a.edition_id = la.edition_id AND a.activity_id = la.activity_id
JOIN finder.place pa ON pa.edition_id = a.edition_id AND pa.place_id = a.place_id
JOIN finder.listing lb ON lb.g3857 && ST_Expand(la.g3857, 400) AND lb.activity_id <> la.activity_id
    AND lb.kind = la.kind AND lb.place_id <> la.place_id
    AND (lb.edition_id <> la.edition_id OR lb.activity_id > la.activity_id)
JOIN finder.activity b ON b.edition_id = lb.edition_id AND b.activity_id = lb.activity_id
JOIN finder.place pb ON pb.edition_id = b.edition_id AND pb.place_id = b.place_id
CROSS JOIN LATERAL (
    SELECT similarity(a.name, b.name) AS alike, ST_Distance(la.geog, lb.geog) AS metres,
           coalesce(regexp_replace(pa.facts -> 'phone' ->> 'value', '\D', '', 'g')
                    = regexp_replace(pb.facts -> 'phone' ->> 'value', '\D', '', 'g'), false) AS same_phone) e
WHERE la.edition_id = %(edition_id)s::uuid AND e.metres <= 300
  AND e.alike >= 0.3 AND (e.alike >= 0.6 OR e.same_phone) -- the telephone is looked at for few pairs only
ON CONFLICT DO NOTHING;
