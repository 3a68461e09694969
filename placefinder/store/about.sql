-- name: place
-- What is known about this place? Of a current edition, else of the last that had it.
SELECT p.place_id, p.edition_id, e.state = 'current' AS current, p.municipality_code, p.name, p.name_kana, p.address,
       p.position_level, p.declared_districts, p.district_id, p.district_basis, p.facts,
       e.published_on AS edition_on,
       ST_Y(p.point_6668) AS lat, ST_X(p.point_6668) AS lon
FROM finder.place p JOIN geo.edition e USING (edition_id)
WHERE p.place_id = %(place_id)s::uuid AND e.state IN ('current', 'retired')
ORDER BY e.state = 'current' DESC, e.loaded_at DESC
LIMIT 1;

-- name: activities
-- What is held at this place, according to that edition?
SELECT a.activity_id, a.kind, a.name, a.name_kana, a.organiser_name,
       finder.status_on(a.status, a.status_until, (now() AT TIME ZONE 'Asia/Tokyo')::date) AS status, a.status_text,
       a.status_until, a.schedule_text,
       a.schedule, a.schedule_certainty, a.age_min, a.age_max, a.audiences, a.interests, a.price_yen_min,
       a.price_yen_max, a.facts, a.checked_on
FROM finder.activity a
WHERE a.edition_id = %(edition_id)s::uuid AND a.place_id = %(place_id)s::uuid
ORDER BY a.status IN ('suspended', 'closed'), a.name
LIMIT 50;

-- name: checks
-- Which facts of this place and its activities did somebody find right, and when? The newest of each kind and activity.
SELECT DISTINCT ON (c.activity_id, c.fact) c.activity_id, c.fact, c.checked_on, c.role
FROM finder.fact_check c
WHERE c.place_id = %(place_id)s::uuid OR c.activity_id = ANY (%(activity_ids)s::uuid[])
ORDER BY c.activity_id, c.fact, c.checked_on DESC, c.recorded_at DESC;
