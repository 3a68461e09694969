-- name: wait_for_key
-- Is nobody else sending the same form at this moment?
SELECT pg_advisory_xact_lock(hashtextextended(%(actor)s::text || ' ' || %(key)s::text, 0));

-- name: made_before
-- Which referral did this form make, and from which content?
SELECT referral_id, fingerprint FROM rx.idempotency WHERE actor = %(actor)s::text AND key = %(key)s::text;

-- name: remember
-- Is it kept what this form made?
INSERT INTO rx.idempotency (actor, key, fingerprint, referral_id, version)
VALUES (%(actor)s::text, %(key)s::text, %(fingerprint)s::bytea, %(referral_id)s::uuid, 1);

-- name: replace_facts
-- Are the facts of this person those told now?
UPDATE rx.patient SET birth_year = %(birth_year)s::smallint, age_band = %(age_band)s::text, sex = %(sex)s::text,
    district_id = %(district_id)s::uuid,
    home_point_6668 = CASE WHEN %(lon)s::float8 IS NOT NULL
                           THEN ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668) END,
    municipality_code = %(municipality_code)s::bpchar, mobility = %(mobility)s::text, interests = %(interests)s::text[],
    needs = %(needs)s::text[], free_minutes = %(free_minutes)s::int4multirange, price_max = %(price_max)s::int,
    avoid = %(avoid)s::uuid[], insurer_id = %(insurer_id)s::uuid,
    identity_sealed = coalesce(%(identity_sealed)s::bytea, identity_sealed)
WHERE patient_id = %(patient_id)s::uuid;

-- name: home_name
-- How is this district called?
SELECT name FROM geo.current_district WHERE district_id = %(district_id)s::uuid LIMIT 1;
