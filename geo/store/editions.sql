-- name: register_source
-- Keep this source, or correct what is known of it.
INSERT INTO geo.source (source_id, title, publisher, home_url, licence, attribution, redistribution, condition,
                        fictional)
VALUES (%(source_id)s::text, %(title)s::text, %(publisher)s::text, %(home_url)s::text, %(licence)s::text,
        %(attribution)s::text, %(redistribution)s::text, %(condition)s::text,
        %(fictional)s::boolean)
ON CONFLICT (source_id) DO UPDATE SET
    title = excluded.title, publisher = excluded.publisher, home_url = excluded.home_url, licence = excluded.licence,
    attribution = excluded.attribution, redistribution = excluded.redistribution, condition = excluded.condition,
    fictional = excluded.fictional

-- name: sources
-- Which sources are known?
SELECT source_id, title, publisher, licence, attribution, redistribution, home_url, condition, fictional
FROM geo.source ORDER BY source_id

-- name: delete_terms
-- Forget on which terms the municipalities of a source may be used.
DELETE FROM geo.municipality_terms WHERE source_id = %(source_id)s::text

-- name: copy_terms
-- Keep on which terms each municipality's part of a source may be used.
COPY geo.municipality_terms (source_id, municipality_code, licence, redistribution, condition) FROM STDIN

-- name: stage
-- Begin a new edition; nobody sees it yet.
INSERT INTO geo.edition (source_id, dataset, scope, label, file_name, file_sha256, published_on)
VALUES (%(source_id)s::text, %(dataset)s::text, %(scope)s::text, %(label)s::text, %(file_name)s::text,
        %(file_sha256)s::text, %(published_on)s::date)
RETURNING edition_id

-- name: record
-- How many rows did its file have, and what is known to be wrong with it?
UPDATE geo.edition
SET rows_in = %(rows_in)s::int, rows_accepted = %(accepted)s::int, rows_queued = %(queued)s::int,
    rows_refused = %(refused)s::int, known_defects = %(known_defects)s::jsonb
WHERE edition_id = %(edition_id)s::uuid
RETURNING edition_id

-- name: lock_line
-- Let one transaction at a time change which edition of this line is current.
SELECT pg_advisory_xact_lock(hashtextextended(
    %(dataset)s::text || ' ' || %(scope)s::text || ' ' || %(source_id)s::text, 0))

-- name: retire_others
-- Whatever was current for this source, dataset and scope steps back.
UPDATE geo.edition
SET state = 'retired', retired_at = now()
WHERE state = 'current' AND dataset = %(dataset)s::text AND scope = %(scope)s::text
  AND source_id = %(source_id)s::text AND edition_id <> %(edition_id)s::uuid

-- name: make_current
-- This edition is what is asked from now on.
UPDATE geo.edition
SET state = 'current', made_current_at = now(), retired_at = NULL
WHERE edition_id = %(edition_id)s::uuid

-- name: retire
-- This edition is no longer asked by default.
UPDATE geo.edition
SET state = 'retired', retired_at = now()
WHERE edition_id = %(edition_id)s::uuid AND state <> 'retired'

-- name: editions
-- Which editions are there, newest first? A filter that is null does not filter.
SELECT edition_id, source_id, dataset, scope, label, state, file_name, file_sha256, published_on, loaded_at,
       made_current_at, retired_at, rows_in, rows_accepted, rows_queued, rows_refused, known_defects,
       title, publisher, licence, attribution, redistribution
FROM geo.edition JOIN geo.source USING (source_id)
WHERE (%(edition_id)s::uuid IS NULL OR edition_id = %(edition_id)s::uuid)
  AND (%(dataset)s::text IS NULL OR dataset = %(dataset)s::text)
  AND (%(scope)s::text IS NULL OR scope = %(scope)s::text)
  AND (%(source_id)s::text IS NULL OR source_id = %(source_id)s::text)
  AND (%(state)s::text IS NULL OR state = %(state)s::text)
  AND (%(file_sha256)s::text IS NULL OR file_sha256 = %(file_sha256)s::text)
ORDER BY dataset, scope, source_id, loaded_at DESC, edition_id
