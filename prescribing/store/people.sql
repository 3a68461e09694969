-- name: register
-- Is this person registered with the asker's organisation?
INSERT INTO rx.patient (patient_id, organisation_id, municipality_code, birth_year, age_band, sex, district_id, home_point_6668,
                        mobility, interests, needs, free_minutes, price_max, avoid, insurer_id, identity_sealed, made_by)
VALUES (%(patient_id)s::uuid, %(organisation_id)s::uuid, %(municipality_code)s::char(6), %(birth_year)s::smallint,
        %(age_band)s::text, %(sex)s::text, %(district_id)s::uuid,
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 6668),
        %(mobility)s::text, %(interests)s::text[], %(needs)s::text[], %(free_minutes)s::int4multirange, %(price_max)s::int,
        %(avoid)s::uuid[], %(insurer_id)s::uuid, %(identity_sealed)s::bytea, %(made_by)s::uuid);

-- name: patient
-- What is known of this person, without who they are?
SELECT patient_id, organisation_id, municipality_code, age_band, birth_year, sex, district_id, ST_X(home_point_6668) AS lon,
       ST_Y(home_point_6668) AS lat, mobility, interests, needs,
       CASE WHEN free_minutes IS NOT NULL THEN
           (SELECT coalesce(array_agg(ARRAY[lower(span), upper(span)]), '{}') FROM unnest(free_minutes) AS span) END AS free_minutes,
       price_max, avoid, insurer_id
FROM rx.patient WHERE patient_id = %(patient_id)s::uuid;

-- name: identity
-- Who is this person, sealed?
SELECT identity_sealed FROM rx.patient WHERE patient_id = %(patient_id)s::uuid;

-- name: keep_identity
-- Is it kept, sealed, who this person is?
UPDATE rx.patient SET identity_sealed = %(identity_sealed)s::bytea WHERE patient_id = %(patient_id)s::uuid;
