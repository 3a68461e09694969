-- name: only_one
-- Is no other process sealing?
SELECT pg_try_advisory_xact_lock(hashtext('placefinder audit'));

-- name: patience
-- How long may a running request keep us from looking? Whoever waits behind our lock waits no longer.
SELECT set_config('lock_timeout', '2s', true);

-- name: hold_writers
-- Has everybody finished who took a number, so that none slips under a seal later?
LOCK TABLE audit.entry IN SHARE MODE;

-- name: newest_entry
-- Up to which number is everything written down?
SELECT coalesce(max(entry_id), 0) FROM audit.entry;

-- name: newest_seal
-- Which seal is the newest?
SELECT seal_id, first_id, last_id, entries, previous, digest, key_id FROM audit.seal ORDER BY last_id DESC, seal_id DESC LIMIT 1;

-- name: seal
-- What does the database hold of this seal?
SELECT seal_id, first_id, last_id, entries, previous, digest, key_id FROM audit.seal WHERE seal_id = %(seal_id)s::bigint;

-- name: seals
-- Which seals are there, in their order?
SELECT seal_id, first_id, last_id, entries, previous, digest, key_id FROM audit.seal ORDER BY last_id, seal_id;

-- name: end_of_batch
-- Where does a batch of this many entries end?
SELECT max(entry_id) FROM (SELECT entry_id FROM audit.entry WHERE entry_id BETWEEN %(first_id)s::bigint AND %(last_id)s::bigint
                           ORDER BY entry_id LIMIT %(most)s::int) batch;

-- name: entries
-- What was written down in this range?
SELECT entry_id, at, account_id, organisation_id, party, action, subject, subject_id, patient_id, seen
FROM audit.entry WHERE entry_id BETWEEN %(first_id)s::bigint AND %(last_id)s::bigint ORDER BY entry_id;

-- name: add_seal
-- Which number did the new seal get?
INSERT INTO audit.seal (first_id, last_id, entries, previous, digest, key_id)
VALUES (%(first_id)s::bigint, %(last_id)s::bigint, %(entries)s::int, %(previous)s::bytea, %(digest)s::bytea, %(key_id)s::text)
RETURNING seal_id;

-- name: unsealed
-- How many entries stand under no seal yet, and since when?
SELECT count(*)::int, min(at) FROM audit.entry WHERE entry_id > %(last_id)s::bigint;

-- name: write_down
-- Is a deed of the operator written down?
INSERT INTO audit.entry (action, subject) VALUES (%(action)s::text, %(subject)s::text);

-- name: about_patient
-- Who did or saw what about this patient, newest first?
SELECT e.at, e.party, e.action, e.subject, e.seen, a.display_name, o.name AS organisation_name
FROM audit.entry e
LEFT JOIN rx.account a USING (account_id)
LEFT JOIN rx.organisation o ON o.organisation_id = e.organisation_id
WHERE e.patient_id = %(patient_id)s::uuid AND e.at >= %(since)s::timestamptz
ORDER BY e.entry_id DESC;
