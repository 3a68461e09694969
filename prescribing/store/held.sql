-- name: schedule
-- By which schedule does this activity take place, and how surely is it read?
SELECT l.card::jsonb -> 'schedule', l.card::jsonb ->> 'schedule_certainty'
FROM finder.listing l WHERE l.activity_id = %(activity_id)s::uuid;
