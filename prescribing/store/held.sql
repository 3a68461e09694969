-- name: schedule
-- By which schedule does this activity take place, and how surely is it read?
SELECT finder.card(l) -> 'schedule', finder.card(l) ->> 'schedule_certainty'
FROM finder.listing l WHERE l.activity_id = %(activity_id)s::uuid;
