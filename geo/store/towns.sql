-- name: copy_towns
-- Take in the rows of an address edition.
COPY geo.town (edition_id, municipality_code, prefecture_name, municipality_name, town_name, koaza_name, block,
               search_key, postcode, point_6668) FROM STDIN

-- name: gazetteer_rows
-- Every town and block of the current address editions, of one prefecture or of all.
SELECT prefecture_name, municipality_name, municipality_code, town_name, koaza_name, block, postcode,
       ST_X(point_6668) AS lon, ST_Y(point_6668) AS lat
FROM geo.current_town
WHERE %(prefecture_name)s::text IS NULL OR prefecture_name = %(prefecture_name)s::text

-- name: edition_labels
-- Which address editions are current, newest first?
SELECT s.title || ' ' || e.label
FROM geo.edition e JOIN geo.source s USING (source_id)
WHERE e.dataset = 'addresses' AND e.state = 'current'
ORDER BY e.loaded_at DESC, e.edition_id

-- name: suggest
-- Which towns may somebody mean who has typed this much? Those that begin so come first, then the shortest.
SELECT prefecture_name, municipality_name, municipality_code, town_name, lon, lat FROM (
    SELECT DISTINCT ON (t.prefecture_name, t.municipality_name, t.town_name)
           t.prefecture_name, t.municipality_name, t.municipality_code, t.town_name,
           ST_X(t.point_6668) AS lon, ST_Y(t.point_6668) AS lat,
           t.town_name LIKE %(typed)s::text OR starts_with(t.search_key, %(key)s::text) AS begins_so,
           length(t.search_key) AS length
    FROM geo.current_town t
    WHERE (t.search_key LIKE %(pattern)s::text OR t.town_name LIKE %(typed)s::text)
      AND t.town_name <> '' AND t.block = ''
      AND (%(municipality_code)s::text IS NULL OR t.municipality_code = %(municipality_code)s::text)
    ORDER BY t.prefecture_name, t.municipality_name, t.town_name, t.koaza_name
) AS found
ORDER BY begins_so DESC, length, prefecture_name, municipality_name, town_name
LIMIT %(most)s::int

-- name: suggest_alike
-- Nothing contains what was typed: which towns are spelled most like it?
SELECT t.prefecture_name, t.municipality_name, t.municipality_code, t.town_name,
       ST_X(t.point_6668) AS lon, ST_Y(t.point_6668) AS lat
FROM geo.current_town t
WHERE t.search_key %% %(key)s::text AND t.town_name <> '' AND t.koaza_name = '' AND t.block = ''
  AND (%(municipality_code)s::text IS NULL OR t.municipality_code = %(municipality_code)s::text)
ORDER BY similarity(t.search_key, %(key)s::text) DESC, t.prefecture_name, t.municipality_name, t.town_name
LIMIT %(most)s::int

-- name: of_postcode
-- Which towns have this postcode?
SELECT DISTINCT ON (t.prefecture_name, t.municipality_name, t.town_name)
       t.prefecture_name, t.municipality_name, t.municipality_code, t.town_name,
       ST_X(t.point_6668) AS lon, ST_Y(t.point_6668) AS lat
FROM geo.current_town t
WHERE t.postcode = %(postcode)s::text
ORDER BY t.prefecture_name, t.municipality_name, t.town_name, t.koaza_name
