-- name: sources
-- Which sources do current editions come from, with their terms?
SELECT s.source_id, s.title, s.publisher, s.home_url, s.licence, s.attribution, s.redistribution, s.condition
FROM geo.source s
WHERE EXISTS (SELECT FROM geo.edition e WHERE e.source_id = s.source_id AND e.state = 'current')
ORDER BY s.title;

-- name: editions
-- Which editions are current, what did their import count, and which defects are known?
SELECT e.edition_id, e.source_id, e.dataset, e.scope, e.label, (e.loaded_at AT TIME ZONE 'Asia/Tokyo')::date AS loaded_on,
       e.rows_in, e.rows_accepted, e.rows_queued, e.rows_refused, e.known_defects, s.attribution, s.licence,
       s.fictional, s.redistribution IN ('open', 'conditional') AS passed_on
FROM geo.edition e JOIN geo.source s USING (source_id)
WHERE e.state = 'current'
  AND (%(edition_ids)s::uuid[] IS NULL OR e.edition_id = ANY (%(edition_ids)s::uuid[]))
ORDER BY e.source_id, e.dataset, e.scope;
