-- name: open_tasks
-- What was asked to be found out about listings of a municipality (null: of all) and is not settled yet?
SELECT t.activity_id, l.place_id, finder.card(l) ->> 'name' AS name, finder.card(l) ->> 'place_name' AS place_name,
       array_agg(DISTINCT t.reason ORDER BY t.reason) AS reasons, count(*)::int AS tasks, min(t.opened_at) AS opened_at
FROM rx.verification_task t LEFT JOIN finder.listing l USING (activity_id)
WHERE t.settled_at IS NULL
  AND (%(municipality_code)s::bpchar IS NULL OR t.municipality_code = %(municipality_code)s::bpchar)
GROUP BY t.activity_id, l.place_id, l
ORDER BY count(*) DESC, min(t.opened_at);

-- name: settle_tasks
-- Which open tasks about this activity does a check answer?
UPDATE rx.verification_task SET settled_at = now(), settled_by = %(account_id)s::uuid
WHERE activity_id = %(activity_id)s::uuid AND settled_at IS NULL;

-- name: record_check
-- Is a check by a link worker kept, the reports of residents it answers settled, and the listing asked to be made anew?
SELECT finder.record_check(%(activity_id)s::uuid, %(facts)s::text[], %(abouts)s::text[],
                            %(checked_on)s::date) AS answered;

-- name: open_corrections
-- Which reports of residents about places of a municipality (null: of all) has nobody answered, oldest first?
SELECT c.correction_id, c.place_id, c.about, c.message, c.received_at,
       (SELECT finder.card(l) ->> 'place_name' FROM finder.listing l WHERE l.place_id = c.place_id LIMIT 1) AS place_name,
       ARRAY(SELECT l.activity_id FROM finder.listing l WHERE l.place_id = c.place_id ORDER BY l.activity_id)
           AS activity_ids
FROM finder.correction c
WHERE c.settled_at IS NULL
  AND (%(municipality_code)s::bpchar IS NULL OR c.municipality_code = %(municipality_code)s::bpchar)
ORDER BY c.received_at, c.correction_id
LIMIT %(most)s::int;

-- name: settle_correction
-- Is this report of a resident answered now?
SELECT finder.settle_correction(%(correction_id)s::uuid) AS settled;
