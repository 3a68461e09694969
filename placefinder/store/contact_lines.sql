-- name: contact_lines
-- Which lines of current editions answer about a topic (null: any), for all or for under-18s only?
SELECT l.line_id, l.edition_id, l.name, l.phone, l.url, l.topics, l.under_18, l.hours, l.note
FROM finder.contact_line l JOIN geo.edition e USING (edition_id)
WHERE e.state = 'current'
  AND (%(topic)s::text IS NULL OR %(topic)s::text = ANY (l.topics))
  AND (NOT %(under_18)s::boolean OR l.under_18)
ORDER BY l.municipality_code NULLS LAST, l.name
LIMIT 200;
