-- name: municipality_names
-- What are these municipalities called?
SELECT municipality_code, prefecture_name || ' ' || name FROM geo.current_municipality
WHERE municipality_code = ANY (%(codes)s::bpchar[]);

-- name: districts_alike
-- Which school districts have the most similar names?
SELECT DISTINCT ON (similarity(name, %(name)s::text), district_id)
       edition_id, district_id, municipality_code, school_code, name, name_kana, basis
FROM geo.current_district
WHERE similarity(name, %(name)s::text) > 0
ORDER BY similarity(name, %(name)s::text) DESC, district_id
LIMIT 3;
