-- name: my_referral
-- Where does the referral of this link stand, and who helps with it?
SELECT r.referral_id, r.state, r.version, r.made_at, r.booked_for, r.activity_id, c.name AS clinic_name,
       c.phone AS clinic_phone, o.name AS office_name, o.phone AS office_phone
FROM rx.referral r
JOIN rx.organisation c USING (organisation_id)
LEFT JOIN rx.organisation o ON o.organisation_id = r.link_office_id
WHERE r.referral_id = %(referral_id)s::uuid;

-- name: my_consents
-- Which consents of the person stand today, and to whom were they given?
SELECT c.consent_id, c.purpose,
       coalesce(o.name, (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = c.recipient_id))
           AS recipient_name,
       c.given_at, c.expires_on
FROM rx.consent c
LEFT JOIN rx.organisation o ON o.organisation_id = c.recipient_id
WHERE c.patient_id = %(patient_id)s::uuid AND c.withdrawn_at IS NULL
  AND c.expires_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date
ORDER BY array_position(ARRAY['link_worker', 'host', 'insurer', 'municipality'], c.purpose), c.given_at, c.consent_id;

-- name: my_looks
-- Who looked at the person's data, and on which days?
SELECT looked_on, party, organisation_name, deed, times FROM rx.my_looks();

-- name: my_tellings
-- What did the person say last about each day?
SELECT DISTINCT ON (held_on, activity_id) activity_id, held_on, came
FROM rx.attendance
WHERE referral_id = %(referral_id)s::uuid AND told_by = 'self'
ORDER BY held_on DESC, activity_id, recorded_at DESC;

-- name: tell
-- Is it kept that the person says they went, or could not, to something that was suggested to them?
INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by)
SELECT r.organisation_id, r.referral_id, %(activity_id)s::uuid, %(held_on)s::date, %(came)s::boolean, 'self'
FROM rx.referral r
WHERE r.referral_id = %(referral_id)s::uuid
  AND (r.activity_id = %(activity_id)s::uuid
       OR EXISTS (SELECT FROM rx.suggestion s WHERE s.referral_id = r.referral_id AND s.activity_id = %(activity_id)s::uuid));

-- name: count_wrong_code
-- Is it counted that a code opened nothing?
SELECT rx.count_wrong_code();

-- name: wrong_codes
-- How many codes opened nothing lately?
SELECT rx.wrong_codes();
