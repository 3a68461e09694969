-- name: load_districts
-- Take in the districts of a staged edition.
COPY geo.school_district
    (edition_id, district_id, municipality_code, school_code, name, name_kana, basis, area_6668, label_point_6668)
FROM STDIN

-- name: label_districts
-- Where on a map does a district's name belong? Inside it, also where it is bent.
UPDATE geo.school_district SET label_point_6668 = ST_PointOnSurface(area_6668)
WHERE edition_id = %(edition_id)s::uuid AND area_6668 IS NOT NULL AND label_point_6668 IS NULL

-- name: load_schools
-- Take in the schools of a staged edition.
COPY geo.school
    (edition_id, school_id, municipality_code, school_code, name, level, establisher, address, closed, point_6668)
FROM STDIN

-- name: load_municipalities
-- Take in the municipalities of a staged edition.
COPY geo.municipality (edition_id, municipality_code, prefecture_name, name, boundary_6668) FROM STDIN

-- name: load_town_districts
-- Take in an official town-to-school table of a staged edition.
COPY geo.town_district (edition_id, municipality_code, town_name, district_id, note) FROM STDIN

-- name: known_districts
-- Which districts of this municipality are askable now, polygons first?
SELECT DISTINCT ON (district_id)
       edition_id, district_id, municipality_code, school_code, name, name_kana, basis
FROM geo.current_district
WHERE municipality_code = %(municipality_code)s::char(6)
ORDER BY district_id, basis = 'polygon' DESC

-- name: districts_covering
-- Which districts does the point lie in? Several where they overlap, none outside all.
SELECT 'polygon' AS basis, district_id, municipality_code, school_code, d.name, 0::double precision AS distance_m,
       NULL::text AS note, edition_id, e.label AS edition_label, licence, attribution
FROM geo.school_district d JOIN geo.edition e USING (edition_id) JOIN geo.source USING (source_id)
WHERE e.state = 'current'
  AND ST_Covers(d.area_6668, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668))
ORDER BY municipality_code, d.name, district_id

-- name: nearest_district
-- Which district's edge is nearest the point, within so many metres?
SELECT 'nearest_polygon' AS basis, district_id, municipality_code, school_code, d.name, distance_m,
       NULL::text AS note, edition_id, e.label AS edition_label, licence, attribution
FROM (SELECT point,
             -- A box that surely holds the circle: a degree has at least 110,500 m of latitude, 76,000 of longitude.
             ST_Expand(point, %(within_m)s::float8 / 76000, %(within_m)s::float8 / 110500) AS box
      FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668) AS point) asked) p
JOIN geo.school_district d ON d.area_6668 && p.box
-- Only what is in the box can be near enough, and the rest of the edge would cost most of the time.
CROSS JOIN LATERAL (SELECT ST_Distance(ST_ClipByBox2D(d.area_6668, p.box::box2d)::geography, p.point::geography)
                           AS distance_m OFFSET 0) edge
JOIN geo.edition e USING (edition_id) JOIN geo.source USING (source_id)
WHERE e.state = 'current' AND distance_m <= %(within_m)s::float8
ORDER BY distance_m, district_id
LIMIT 1

-- name: nearest_school_district
-- Which approximate district has its school nearest, in the point's own municipality where boundaries are loaded?
SELECT 'nearest_school' AS basis, district_id, d.municipality_code, school_code, d.name,
       ST_Distance(d.label_point_6668::geography, p.point::geography) AS distance_m,
       NULL::text AS note, edition_id, e.label AS edition_label, licence, attribution
FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668) AS point) p
LEFT JOIN LATERAL (SELECT m.municipality_code FROM geo.current_municipality m
                   WHERE ST_Covers(m.boundary_6668, p.point) ORDER BY m.municipality_code LIMIT 1) home ON true
JOIN geo.school_district d
  ON d.basis = 'nearest_school'
 AND d.label_point_6668 && ST_Expand(p.point, %(within_m)s::float8 / 76000, %(within_m)s::float8 / 110500)
 AND (home.municipality_code IS NULL OR home.municipality_code = d.municipality_code)
JOIN geo.edition e USING (edition_id) JOIN geo.source USING (source_id)
WHERE e.state = 'current' AND ST_Distance(d.label_point_6668::geography, p.point::geography) <= %(within_m)s::float8
ORDER BY distance_m, district_id
LIMIT 1

-- name: districts_of_town
-- Which districts does the official table name for this town? Several where the town is split.
SELECT 'official_table' AS basis, t.district_id, t.municipality_code, d.school_code, d.name,
       NULL::double precision AS distance_m, t.note,
       t.edition_id, e.label AS edition_label, licence, attribution
FROM geo.town_district t
JOIN geo.edition e USING (edition_id) JOIN geo.source USING (source_id)
JOIN LATERAL (SELECT c.name, c.school_code FROM geo.current_district c WHERE c.district_id = t.district_id
              ORDER BY c.basis = 'polygon' DESC LIMIT 1) d ON true
WHERE e.state = 'current' AND t.municipality_code = %(municipality_code)s::char(6)
  AND t.town_name = %(town_key)s::text
ORDER BY d.name, t.district_id

-- name: neighbours
-- Which districts touch this one, across municipal borders too? Maps do not quite meet there: 30 m count as touching.
SELECT DISTINCT ON (n.district_id)
       n.edition_id, n.district_id, n.municipality_code, n.school_code, n.name, n.name_kana, n.basis
FROM geo.current_district d
JOIN geo.current_district n ON n.district_id <> d.district_id AND ST_DWithin(d.area_6668, n.area_6668, 0.0003)
WHERE d.district_id = %(district_id)s::uuid
ORDER BY n.district_id

-- name: district_by_id
-- What is this district, polygon first?
SELECT edition_id, district_id, municipality_code, school_code, name, name_kana, basis
FROM geo.current_district
WHERE district_id = %(district_id)s::uuid
ORDER BY basis = 'polygon' DESC
LIMIT 1

-- name: districts_named
-- Which districts have a name or kana like this? Those that begin with it first, then the likest.
SELECT * FROM (
    SELECT DISTINCT ON (district_id)
           edition_id, district_id, municipality_code, school_code, name, name_kana, basis
    FROM geo.current_district
    WHERE (name ILIKE %(anywhere)s::text OR translate(name_kana, %(katakana)s::text, %(hiragana)s::text)
                                            LIKE %(kana_start)s::text)
      AND (%(municipality_code)s::char(6) IS NULL OR municipality_code = %(municipality_code)s::char(6))
    ORDER BY district_id, basis = 'polygon' DESC
) found
ORDER BY name NOT ILIKE %(start)s::text, length(name), municipality_code, name, district_id
LIMIT %(limit)s::int

-- name: make_points
-- A place for points that are to be assigned, gone with the transaction.
CREATE TEMP TABLE point_to_assign (key text NOT NULL, point_6668 geometry(Point, 6668) NOT NULL) ON COMMIT DROP

-- name: load_points
-- Take in the points that are to be assigned.
COPY point_to_assign (key, point_6668) FROM STDIN

-- name: index_points
-- Let each polygon find its points.
CREATE INDEX ON point_to_assign USING gist (point_6668)

-- name: drop_points
-- Make room for the next assignment in the same transaction.
DROP TABLE IF EXISTS pg_temp.point_to_assign

-- name: assign_points
-- Which district does each point lie in, or nearly in? Each polygon is prepared once and asked for all its points.
WITH covering AS (
    SELECT p.key, d.district_id, d.municipality_code
    FROM geo.current_district d
    CROSS JOIN LATERAL (SELECT key FROM point_to_assign
                        WHERE ST_Covers(d.area_6668, point_6668) OFFSET 0) p
    WHERE d.area_6668 IS NOT NULL
), inside AS (
    SELECT DISTINCT ON (key) key, district_id, count(*) OVER (PARTITION BY key) - 1 AS others
    FROM covering ORDER BY key, municipality_code, district_id
), outside AS (
    SELECT key, point_6668 FROM point_to_assign p
    WHERE NOT EXISTS (SELECT FROM inside i WHERE i.key = p.key)
), near AS (
    -- As in nearest_district: clipped to the box that holds the circle.
    SELECT DISTINCT ON (o.key) o.key, d.district_id, distance_m
    FROM (SELECT *, ST_Expand(point_6668, %(within_m)s::float8 / 76000, %(within_m)s::float8 / 110500) AS box
          FROM outside) o
    JOIN geo.current_district d ON d.area_6668 && o.box
    CROSS JOIN LATERAL (SELECT ST_Distance(ST_ClipByBox2D(d.area_6668, o.box::box2d)::geography,
                                           o.point_6668::geography) AS distance_m OFFSET 0) edge
    WHERE distance_m <= %(within_m)s::float8
    ORDER BY o.key, distance_m, d.district_id
), home AS (
    SELECT DISTINCT ON (o.key) o.key, o.point_6668, m.municipality_code
    FROM outside o
    LEFT JOIN geo.current_municipality m ON ST_Covers(m.boundary_6668, o.point_6668)
    WHERE NOT EXISTS (SELECT FROM near n WHERE n.key = o.key)
      AND EXISTS (SELECT FROM geo.current_district WHERE basis = 'nearest_school')
    ORDER BY o.key, m.municipality_code
), school AS (
    SELECT DISTINCT ON (h.key) h.key, d.district_id,
           ST_Distance(d.label_point_6668::geography, h.point_6668::geography) AS distance_m
    FROM home h
    JOIN geo.current_district d ON d.basis = 'nearest_school'
     AND d.label_point_6668 && ST_Expand(h.point_6668, %(school_m)s::float8 / 76000, %(school_m)s::float8 / 110500)
     AND (h.municipality_code IS NULL OR h.municipality_code = d.municipality_code)
    WHERE ST_Distance(d.label_point_6668::geography, h.point_6668::geography) <= %(school_m)s::float8
    ORDER BY h.key, distance_m, d.district_id
)
SELECT key, 'polygon' AS basis, district_id, 0::double precision AS distance_m, others::int FROM inside
UNION ALL SELECT key, 'nearest_polygon', district_id, distance_m, 0 FROM near
UNION ALL SELECT key, 'nearest_school', district_id, distance_m, 0 FROM school
UNION ALL SELECT o.key, 'none', NULL, NULL, 0 FROM outside o
    WHERE NOT EXISTS (SELECT FROM near n WHERE n.key = o.key) AND NOT EXISTS (SELECT FROM school s WHERE s.key = o.key)

-- name: schools_without_polygons
-- Which current public primary schools are in municipalities that have no district polygons?
SELECT DISTINCT ON (s.municipality_code, s.school_id)
       s.municipality_code, s.school_code, s.name, ST_X(s.point_6668) AS lon, ST_Y(s.point_6668) AS lat
FROM geo.current_school s
WHERE s.level IN ('primary', 'compulsory') AND s.closed IS NOT TRUE
  AND NOT EXISTS (SELECT FROM geo.current_district d
                  WHERE d.municipality_code = s.municipality_code AND d.basis = 'polygon')
ORDER BY s.municipality_code, s.school_id
