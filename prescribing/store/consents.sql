-- name: give
-- Is this yes on record? The tenant is the patient's own.
INSERT INTO rx.consent (consent_id, organisation_id, patient_id, purpose, recipient_id, text_version, given_by, given_how,
                        expires_on, recorded_by)
VALUES (%(consent_id)s::uuid, %(organisation_id)s::uuid, %(patient_id)s::uuid, %(purpose)s::text, %(recipient_id)s::uuid,
        %(text_version)s::text, %(given_by)s::text, %(given_how)s::text, %(expires_on)s::date, %(recorded_by)s::uuid);

-- name: giver
-- How old is who says yes, whose patient is it, and below which age does a guardian say yes?
SELECT organisation_id, age_band, birth_year, rx.guardian_below() AS guardian_below FROM rx.patient WHERE patient_id = %(patient_id)s::uuid;

-- name: of_patient
-- To whom has this person said yes, and does it hold?
SELECT c.consent_id, c.purpose, c.recipient_id, o.name AS recipient_name, c.text_version, c.given_by, c.given_how, c.given_at,
       c.expires_on, c.withdrawn_at,
       c.withdrawn_at IS NULL AND c.expires_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date AS holds
FROM rx.consent c LEFT JOIN rx.organisation o ON o.organisation_id = c.recipient_id
WHERE c.patient_id = %(patient_id)s::uuid
ORDER BY c.given_at DESC, c.consent_id;

-- name: withdraw
-- Is this consent over now, if it was not already? Gives its purpose and recipient.
UPDATE rx.consent SET withdrawn_at = now()
WHERE consent_id = %(consent_id)s::uuid AND withdrawn_at IS NULL
RETURNING patient_id, purpose, recipient_id;

-- name: held
-- Which consents of this person are not withdrawn? Those to link workers last: without them a link worker sees nothing more.
SELECT consent_id, purpose, recipient_id FROM rx.consent
WHERE patient_id = %(patient_id)s::uuid AND withdrawn_at IS NULL
ORDER BY purpose = 'link_worker', consent_id;

-- name: one
-- Which person, purpose and recipient is a consent about?
SELECT patient_id, purpose, recipient_id FROM rx.consent WHERE consent_id = %(consent_id)s::uuid;

-- name: resting_on
-- Which open referrals of this person rest on what an office (null: whichever) may know by consent alone?
SELECT referral_id, version FROM rx.referral
WHERE patient_id = %(patient_id)s::uuid AND state NOT IN ('draft', 'declined_offer', 'closed', 'withdrawn_consent', 'entered_in_error')
  AND (link_office_id = %(office_id)s::uuid OR %(office_id)s::uuid IS NULL)
  AND (link_office_id IS NULL OR NOT rx.shared_by_council(patient_id, link_office_id))
ORDER BY referral_id;

-- name: share_by_council
-- Is it on record that a council decided to share, apart from any consent?
INSERT INTO rx.council_sharing (organisation_id, patient_id, recipient_id, council, decided_on, ends_on, recorded_by)
SELECT p.organisation_id, p.patient_id, %(recipient_id)s::uuid, %(council)s::text, %(decided_on)s::date, %(ends_on)s::date,
       %(recorded_by)s::uuid
FROM rx.patient p WHERE p.patient_id = %(patient_id)s::uuid;
