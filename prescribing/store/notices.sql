-- name: add_notice
-- Does a place take people, as it says itself?
INSERT INTO rx.host_notice (activity_id, state, until, said_by)
VALUES (%(activity_id)s::uuid, %(state)s::text, %(until)s::date, %(said_by)s::text);

-- name: notices
-- What did each of these say last about taking people?
SELECT DISTINCT ON (activity_id) activity_id, state, until, said_by, said_at
FROM rx.host_notice WHERE activity_id = ANY (%(activity_ids)s::uuid[])
ORDER BY activity_id, said_at DESC;
