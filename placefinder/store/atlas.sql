-- name: area
-- What is this school district, and what shape has it for a map?
SELECT d.district_id, d.name, d.name_kana, d.municipality_code, d.basis, d.edition_id,
       (SELECT concat_ws(' ', m.prefecture_name, m.name) FROM geo.current_municipality m
        WHERE m.municipality_code = d.municipality_code LIMIT 1) AS municipality_name,
       ST_Y(p.point) AS lat, ST_X(p.point) AS lon,
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(d.area_6668, 0.00008), 5)::json AS shape
FROM geo.current_district d
CROSS JOIN LATERAL (
    SELECT coalesce(d.label_point_6668, ST_PointOnSurface(d.area_6668),
                    (SELECT s.point_6668 FROM geo.current_school s
                     WHERE s.municipality_code = d.municipality_code AND s.name = d.name LIMIT 1)) AS point
) p
WHERE d.district_id = %(district_id)s::uuid
LIMIT 1;

-- name: neighbours
-- Which districts border on this one, with shapes for a map? Without a polygon: the nearest by label.
WITH own AS (
    SELECT district_id, area_6668, label_point_6668 FROM geo.current_district
    WHERE district_id = %(district_id)s::uuid LIMIT 1
)
SELECT d.district_id, d.name, d.name_kana, d.municipality_code, d.basis, d.edition_id, NULL::text AS municipality_name,
       ST_Y(coalesce(d.label_point_6668, ST_PointOnSurface(d.area_6668))) AS lat,
       ST_X(coalesce(d.label_point_6668, ST_PointOnSurface(d.area_6668))) AS lon,
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(d.area_6668, 0.00015), 5)::json AS shape
FROM own JOIN geo.current_district d
    ON d.district_id <> own.district_id
    AND d.area_6668 && ST_Expand(own.area_6668, 0.0005) AND ST_DWithin(d.area_6668, own.area_6668, 0.0003)
ORDER BY d.name
LIMIT 24;

-- name: schools_about
-- Which primary schools lie in and around this district's box?
SELECT s.name, ST_Y(s.point_6668) AS lat, ST_X(s.point_6668) AS lon
FROM geo.current_school s
JOIN geo.current_district d ON d.district_id = %(district_id)s::uuid
    AND s.point_6668 && ST_Expand(d.area_6668, 0.01)
WHERE s.closed IS NOT TRUE
ORDER BY s.name
LIMIT 40;

-- name: municipalities
-- Which municipalities have school districts, and how many?
SELECT d.municipality_code AS code, count(DISTINCT d.district_id)::int AS districts,
       coalesce((SELECT concat_ws(' ', m.prefecture_name, m.name) FROM geo.current_municipality m
                 WHERE m.municipality_code = d.municipality_code LIMIT 1),
                (SELECT concat_ws(' ', t.prefecture_name, t.municipality_name) FROM geo.current_town t
                 WHERE t.municipality_code = d.municipality_code LIMIT 1),
                d.municipality_code) AS name
FROM geo.current_district d
GROUP BY d.municipality_code
ORDER BY d.municipality_code;

-- name: districts_of
-- Which school districts has a municipality?
SELECT DISTINCT ON (d.name, d.district_id) d.district_id, d.name, d.name_kana
FROM geo.current_district d
WHERE d.municipality_code = %(municipality_code)s::text
ORDER BY d.name, d.district_id
LIMIT 500;

-- name: example
-- Which district may stand as an example in the search box: one where something is found?
SELECT d.district_id, d.name, d.name_kana
FROM finder.listing l JOIN geo.current_district d USING (district_id)
WHERE l.findable
ORDER BY l.activity_id
LIMIT 1;

-- name: extent
-- Which box holds all districts?
SELECT ST_YMin(e) AS south, ST_XMin(e) AS west, ST_YMax(e) AS north, ST_XMax(e) AS east
FROM (SELECT ST_Extent(area_6668)::geometry AS e FROM geo.current_district) AS all_of_them
WHERE e IS NOT NULL;

-- name: kinds_of
-- Which kinds of gathering places does each of these districts have?
SELECT l.district_id, array_agg(DISTINCT l.kind) AS kinds
FROM finder.listing l
WHERE l.findable AND l.district_id = ANY (%(district_ids)s::uuid[])
GROUP BY l.district_id;

-- name: outlines
-- Which shapes have all districts, where they are few enough for one map?
SELECT d.district_id, d.name, d.name_kana, d.municipality_code, d.basis, d.edition_id, NULL::text AS municipality_name,
       ST_Y(coalesce(d.label_point_6668, ST_PointOnSurface(d.area_6668))) AS lat,
       ST_X(coalesce(d.label_point_6668, ST_PointOnSurface(d.area_6668))) AS lon,
       ST_AsGeoJSON(ST_SimplifyPreserveTopology(d.area_6668, 0.0004), 4)::json AS shape
FROM geo.current_district d
WHERE d.area_6668 IS NOT NULL
  AND (SELECT count(*) FROM (SELECT FROM geo.current_district LIMIT %(most)s::int + 1) AS few) <= %(most)s::int
ORDER BY d.name;

-- name: coverage
-- How many places and which kinds has each school district of a municipality, zero too? The shape only where it may be passed on.
SELECT DISTINCT ON (d.name, d.district_id) d.district_id, d.edition_id, d.name,
       (SELECT count(DISTINCT l.place_id)::int FROM finder.listing l
        WHERE l.district_id = d.district_id AND l.findable) AS places,
       (SELECT coalesce(array_agg(DISTINCT l.kind), '{}') FROM finder.listing l
        WHERE l.district_id = d.district_id AND l.findable) AS kinds,
       CASE WHEN t.redistribution IN ('open', 'conditional')
            THEN ST_AsGeoJSON(ST_SimplifyPreserveTopology(d.area_6668, 0.0001), 5)::json END AS shape,
       d.area_6668 IS NOT NULL AND t.redistribution NOT IN ('open', 'conditional') AS withheld
FROM geo.current_district d
JOIN geo.current_district_terms t ON t.edition_id = d.edition_id AND t.district_id = d.district_id
WHERE d.municipality_code = %(municipality_code)s::text
ORDER BY d.name, d.district_id, d.basis = 'polygon' DESC;
