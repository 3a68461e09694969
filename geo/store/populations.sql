-- name: load_populations
-- Take in the people of a staged edition.
COPY geo.population_area
    (edition_id, area_key, municipality_code, name, as_of, total, male, female, age_bands, point_6668, area_6668)
FROM STDIN

-- name: forget_apportioned
-- What was apportioned before between these two editions gives way.
DELETE FROM geo.district_population
WHERE edition_id = %(edition_id)s::uuid AND district_edition_id = %(district_edition_id)s::uuid

-- name: apportion_by_area
-- How many of each square's people live in each district, if people are spread evenly over the square?
INSERT INTO geo.district_population
    (edition_id, district_edition_id, municipality_code, district_id, method, total, age_bands)
WITH whole AS (
    SELECT area_key, municipality_code, total, age_bands, area_6668, ST_Area(area_6668) AS size,
           ST_Equals(ST_Envelope(area_6668), area_6668) AS is_box
    FROM geo.population_area WHERE edition_id = %(edition_id)s::uuid
), part AS (
    -- Shares of one small area: square degrees serve, because their true size hardly changes within it.
    -- Clipping to a box is many times quicker than a true intersection, and grid squares are boxes.
    SELECT w.area_key, d.district_id, d.municipality_code,
           CASE WHEN w.is_box THEN ST_Area(ST_ClipByBox2D(d.area_6668, w.area_6668::box2d))
                ELSE ST_Area(ST_Intersection(d.area_6668, w.area_6668)) END AS size
    FROM whole w JOIN geo.school_district d
      ON d.edition_id = %(district_edition_id)s::uuid AND d.area_6668 && w.area_6668
), base AS (
    -- Where districts overlap they cover more than the whole: each gets its proportion.
    SELECT w.area_key, greatest(w.size, coalesce(sum(p.size), 0)) AS size, coalesce(sum(p.size), 0) AS covered
    FROM whole w LEFT JOIN part p USING (area_key) GROUP BY w.area_key, w.size
), share AS (
    SELECT p.area_key, p.district_id, p.municipality_code, p.size / b.size AS share
    FROM part p JOIN base b USING (area_key) WHERE p.size > 0
    UNION ALL
    SELECT w.area_key, NULL, w.municipality_code, CASE WHEN b.size > 0 THEN greatest(0, 1 - b.covered / b.size) ELSE 1 END
    FROM whole w JOIN base b USING (area_key)
), added AS (
    SELECT s.district_id, min(s.municipality_code) AS municipality_code, sum(w.total * s.share) AS total
    FROM share s JOIN whole w USING (area_key) GROUP BY s.district_id
), banded AS (
    SELECT district_id, jsonb_object_agg(band, people) AS age_bands
    FROM (SELECT s.district_id, b.key AS band, sum(b.value::float8 * s.share) AS people
          FROM share s JOIN whole w USING (area_key) CROSS JOIN LATERAL jsonb_each_text(w.age_bands) b
          GROUP BY s.district_id, b.key) each_band
    GROUP BY district_id
)
SELECT %(edition_id)s::uuid, %(district_edition_id)s::uuid, a.municipality_code, a.district_id, 'area', a.total,
       coalesce(b.age_bands, '{}')
-- The nil id stands for "no district" here, because a join on IS NOT DISTINCT FROM is quadratic.
FROM added a LEFT JOIN banded b ON coalesce(b.district_id, '00000000-0000-0000-0000-000000000000')
                                 = coalesce(a.district_id, '00000000-0000-0000-0000-000000000000')

-- name: apportion_by_point
-- How many people live in each district, if each town lies where its point is? In several districts: evenly split.
INSERT INTO geo.district_population
    (edition_id, district_edition_id, municipality_code, district_id, method, total, age_bands)
WITH hit AS (
    SELECT w.area_key, w.municipality_code AS home, w.total, w.age_bands, d.district_id, d.municipality_code,
           1.0::float8 / count(*) OVER (PARTITION BY w.area_key) AS share
    FROM geo.population_area w
    LEFT JOIN geo.school_district d
      ON d.edition_id = %(district_edition_id)s::uuid AND ST_Covers(d.area_6668, w.point_6668)
    WHERE w.edition_id = %(edition_id)s::uuid
), added AS (
    SELECT district_id, min(coalesce(municipality_code, home)) AS municipality_code, sum(total * share) AS total
    FROM hit GROUP BY district_id
), banded AS (
    SELECT district_id, jsonb_object_agg(band, people) AS age_bands
    FROM (SELECT h.district_id, b.key AS band, sum(b.value::float8 * h.share) AS people
          FROM hit h CROSS JOIN LATERAL jsonb_each_text(h.age_bands) b GROUP BY h.district_id, b.key) each_band
    GROUP BY district_id
)
SELECT %(edition_id)s::uuid, %(district_edition_id)s::uuid, a.municipality_code, a.district_id, 'point', a.total,
       coalesce(b.age_bands, '{}')
-- The nil id stands for "no district" here, because a join on IS NOT DISTINCT FROM is quadratic.
FROM added a LEFT JOIN banded b ON coalesce(b.district_id, '00000000-0000-0000-0000-000000000000')
                                 = coalesce(a.district_id, '00000000-0000-0000-0000-000000000000')

-- name: area_names
-- Which towns does this population edition name?
SELECT area_key, municipality_code, name FROM geo.population_area WHERE edition_id = %(edition_id)s::uuid

-- name: make_town_keys
-- A place for the towns' comparable names, gone with the transaction.
CREATE TEMP TABLE population_town_key (area_key text PRIMARY KEY, town_key text NOT NULL) ON COMMIT DROP

-- name: load_town_keys
-- Take in the towns' comparable names.
COPY population_town_key (area_key, town_key) FROM STDIN

-- name: drop_town_keys
-- Make room for the next apportioning in the same transaction.
DROP TABLE IF EXISTS pg_temp.population_town_key

-- name: apportion_by_table
-- How many people live in each district by the official table? A town of several schools is evenly split.
INSERT INTO geo.district_population
    (edition_id, district_edition_id, municipality_code, district_id, method, total, age_bands)
WITH hit AS (
    SELECT w.area_key, w.municipality_code, w.total, w.age_bands, t.district_id,
           1.0::float8 / count(*) OVER (PARTITION BY w.area_key) AS share
    FROM geo.population_area w
    JOIN population_town_key k USING (area_key)
    LEFT JOIN geo.town_district t
      ON t.edition_id = %(district_edition_id)s::uuid AND t.municipality_code = w.municipality_code
     AND t.town_name = k.town_key
    WHERE w.edition_id = %(edition_id)s::uuid
), added AS (
    SELECT district_id, min(municipality_code) AS municipality_code, sum(total * share) AS total
    FROM hit GROUP BY district_id
), banded AS (
    SELECT district_id, jsonb_object_agg(band, people) AS age_bands
    FROM (SELECT h.district_id, b.key AS band, sum(b.value::float8 * h.share) AS people
          FROM hit h CROSS JOIN LATERAL jsonb_each_text(h.age_bands) b GROUP BY h.district_id, b.key) each_band
    GROUP BY district_id
)
SELECT %(edition_id)s::uuid, %(district_edition_id)s::uuid, a.municipality_code, a.district_id, 'official_table', a.total,
       coalesce(b.age_bands, '{}')
-- The nil id stands for "no district" here, because a join on IS NOT DISTINCT FROM is quadratic.
FROM added a LEFT JOIN banded b ON coalesce(b.district_id, '00000000-0000-0000-0000-000000000000')
                                 = coalesce(a.district_id, '00000000-0000-0000-0000-000000000000')

-- name: apportioned
-- How many people live in each district, and in none?
SELECT district_id, municipality_code, method, total, age_bands
FROM geo.district_population
WHERE edition_id = %(edition_id)s::uuid AND district_edition_id = %(district_edition_id)s::uuid
ORDER BY municipality_code, district_id

-- name: total
-- How many people does this population edition hold?
SELECT coalesce(sum(total), 0)::float8 FROM geo.population_area WHERE edition_id = %(edition_id)s::uuid
