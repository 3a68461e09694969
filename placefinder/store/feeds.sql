-- name: activities
-- What is told in a calendar of the activities of a place, of a district, or of these, and may it leave as a file?
SELECT a.activity_id, a.place_id, a.name, p.name AS place_name, p.address, ST_X(l.point_6668) AS lon, ST_Y(l.point_6668) AS lat,
       a.status, a.status_text, a.schedule_text, a.schedule, a.schedule_certainty, l.stale_after,
       greatest(e.loaded_at, c.changed_at) AS told_at,
       coalesce(c.changes, '[]') AS changes, s.attribution, s.condition,
       s.redistribution IN ('open', 'conditional') AS passed_on
FROM finder.listing l
JOIN finder.activity a USING (edition_id, activity_id)
JOIN finder.place p ON p.edition_id = a.edition_id AND p.place_id = a.place_id
JOIN geo.edition e ON e.edition_id = l.edition_id
JOIN geo.source s ON s.source_id = e.source_id
CROSS JOIN LATERAL (
    SELECT max(c.changed_at) AS changed_at,
           jsonb_agg(jsonb_build_array(c.kind, c.day, c.opens, c.closes, c.to_day, c.to_opens, c.to_closes, c.reason)
                     ORDER BY c.changed_at) AS changes
    FROM finder.occurrence_change c WHERE c.activity_id = l.activity_id) c
WHERE l.activity_id IN (
    SELECT activity_id FROM finder.listing WHERE place_id = %(place_id)s::uuid
    UNION ALL SELECT activity_id FROM finder.listing WHERE district_id = %(district_id)s::uuid
    UNION ALL SELECT unnest(%(activity_ids)s::uuid[]))
ORDER BY a.name, a.activity_id
LIMIT 500;

-- name: district
-- How is this district called, what are its terms, and may it be told which places lie in it?
SELECT d.name, bool_and(t.redistribution IN ('open', 'conditional')) AS passed_on,
       array_agg(DISTINCT ARRAY[t.attribution, t.condition]) AS told
FROM geo.current_district d JOIN geo.current_district_terms t USING (edition_id, district_id)
WHERE d.district_id = %(district_id)s::uuid
GROUP BY d.edition_id, d.name
ORDER BY d.edition_id
LIMIT 1;
