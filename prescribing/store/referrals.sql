-- name: same_request
-- Nobody else works on this request now, and what did it make if it came before?
SELECT pg_advisory_xact_lock(hashtextextended(%(actor)s::text || ' ' || %(key)s::text, 0));

-- name: made_before
-- Did this key come before, with which request, and what did it lead to?
SELECT fingerprint, referral_id FROM rx.idempotency WHERE actor = %(actor)s::text AND key = %(key)s::text;

-- name: remember
-- Is it on record what this key made?
INSERT INTO rx.idempotency (actor, key, fingerprint, referral_id, version)
VALUES (%(actor)s::text, %(key)s::text, %(fingerprint)s::bytea, %(referral_id)s::uuid, %(version)s::int);

-- name: make
-- Is there a draft for this person now?
INSERT INTO rx.referral (referral_id, organisation_id, patient_id, municipality_code, made_by, follows_id)
SELECT %(referral_id)s::uuid, p.organisation_id, p.patient_id, p.municipality_code, %(made_by)s::uuid, %(follows_id)s::uuid
FROM rx.patient p WHERE p.patient_id = %(patient_id)s::uuid;

-- name: referral
-- Where does this referral stand?
SELECT referral_id, organisation_id, patient_id, municipality_code, made_by, made_at, state, version, state_since, move, reason,
       held_from, held_until, link_office_id, handed_from_id, worker_id, activity_id, place_id, booked_for, next_action,
       due_on, outcome, follows_id
FROM rx.referral WHERE referral_id = %(referral_id)s::uuid;

-- name: referral_for_host
-- Where does the one referral stand that this place was asked about? No more than a place may know.
SELECT referral_id, organisation_id, patient_id, municipality_code, made_by, made_at, state, version, state_since, move,
       held_from, link_office_id, activity_id, place_id, booked_for, due_on
FROM rx.referral WHERE referral_id = %(referral_id)s::uuid;

-- name: history
-- What happened to this referral, in order?
SELECT version, move, from_state, to_state, reason, at, account_id, party, activity_id, link_office_id, booked_for, outcome
FROM rx.referral_event WHERE referral_id = %(referral_id)s::uuid ORDER BY version;

-- name: move_of_referrer
-- Did this step of a referrer meet the version it means?
UPDATE rx.referral SET state = %(state)s::text, version = version + 1, move = %(move)s::text, reason = %(reason)s::text,
       link_office_id = coalesce(%(link_office_id)s::uuid, link_office_id), activity_id = coalesce(%(activity_id)s::uuid, activity_id),
       place_id = coalesce(%(place_id)s::uuid, place_id), outcome = coalesce(%(outcome)s::text, outcome),
       next_action = coalesce(%(next_action)s::text, next_action), due_on = coalesce(%(due_on)s::date, due_on)
WHERE referral_id = %(referral_id)s::uuid AND version = %(version)s::int;

-- name: move_of_link_worker
-- Did this step of a link worker meet the version it means?
UPDATE rx.referral SET state = %(state)s::text, version = version + 1, move = %(move)s::text, reason = %(reason)s::text,
       link_office_id = coalesce(%(link_office_id)s::uuid, link_office_id), worker_id = coalesce(%(worker_id)s::uuid, worker_id),
       activity_id = coalesce(%(activity_id)s::uuid, activity_id), place_id = coalesce(%(place_id)s::uuid, place_id),
       booked_for = coalesce(%(booked_for)s::date, booked_for), held_until = coalesce(%(held_until)s::date, held_until),
       outcome = coalesce(%(outcome)s::text, outcome), next_action = coalesce(%(next_action)s::text, next_action),
       due_on = coalesce(%(due_on)s::date, due_on)
WHERE referral_id = %(referral_id)s::uuid AND version = %(version)s::int;

-- name: move_of_host
-- Did this step of a place meet the version it means?
UPDATE rx.referral SET state = %(state)s::text, version = version + 1, move = %(move)s::text, reason = %(reason)s::text,
       booked_for = coalesce(%(booked_for)s::date, booked_for)
WHERE referral_id = %(referral_id)s::uuid AND version = %(version)s::int;

-- name: move_of_patient
-- Did this step of the person meet the version it means?
UPDATE rx.referral SET state = %(state)s::text, version = version + 1, move = %(move)s::text, reason = %(reason)s::text
WHERE referral_id = %(referral_id)s::uuid AND version = %(version)s::int;

-- name: move_of_system
-- Did this step that was due by the clock meet the version it means?
UPDATE rx.referral SET state = %(state)s::text, version = version + 1, move = %(move)s::text, reason = %(reason)s::text,
       next_action = coalesce(%(next_action)s::text, next_action), due_on = coalesce(%(due_on)s::date, due_on)
WHERE referral_id = %(referral_id)s::uuid AND version = %(version)s::int;

-- name: defer
-- Is it asked for, in this transaction, what will be due by the clock?
SELECT rx.defer(%(task)s::text, %(referral_id)s::uuid, %(since)s::timestamptz, %(at)s::timestamptz);
