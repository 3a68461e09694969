-- name: mine
-- Which referrals of this account (null: of the organisation) stand under a filter (null: all), newest change first?
WITH seen AS (
    SELECT r.*,
           CASE WHEN r.state = ANY (%(waiting)s::text[]) THEN 'waiting' WHEN r.state = ANY (%(went)s::text[]) THEN 'went'
                WHEN r.state = ANY (%(no_answer)s::text[]) THEN 'no_answer' WHEN r.state = ANY (%(draft)s::text[]) THEN 'draft'
                WHEN r.state = ANY (%(stopped)s::text[]) THEN 'stopped'
                WHEN EXISTS (SELECT FROM rx.attendance a WHERE a.referral_id = r.referral_id AND a.came AND a.told_by <> 'self')
                THEN 'went' ELSE 'stopped' END AS view
    FROM rx.referral r
    WHERE r.made_by = %(account_id)s::uuid OR %(account_id)s::uuid IS NULL)
SELECT r.referral_id, r.patient_id, r.state, r.reason, r.view, r.made_at, r.state_since, r.due_on, r.booked_for, p.age_band,
       p.identity_sealed,
       (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = r.activity_id) AS activity_name,
       o.name AS office_name, d.display_name AS doctor, (count(*) OVER ())::int AS total
FROM seen r
JOIN rx.patient p USING (patient_id)
LEFT JOIN rx.organisation o ON o.organisation_id = r.link_office_id
LEFT JOIN rx.account d ON d.account_id = r.made_by
WHERE r.view = %(view)s::text OR %(view)s::text IS NULL
ORDER BY r.state_since DESC, r.referral_id
LIMIT %(limit)s::int OFFSET %(offset)s::int;

-- name: counts
-- How many referrals of this account (null: of the organisation) stand under each filter?
SELECT CASE WHEN r.state = ANY (%(waiting)s::text[]) THEN 'waiting' WHEN r.state = ANY (%(went)s::text[]) THEN 'went'
            WHEN r.state = ANY (%(no_answer)s::text[]) THEN 'no_answer' WHEN r.state = ANY (%(draft)s::text[]) THEN 'draft'
            WHEN r.state = ANY (%(stopped)s::text[]) THEN 'stopped'
            WHEN EXISTS (SELECT FROM rx.attendance a WHERE a.referral_id = r.referral_id AND a.came AND a.told_by <> 'self')
            THEN 'went' ELSE 'stopped' END AS view, count(*)::int
FROM rx.referral r
WHERE r.made_by = %(account_id)s::uuid OR %(account_id)s::uuid IS NULL
GROUP BY 1;

-- name: note_all
-- Is it written down that the rows of these people were read?
SELECT rx.note('read', 'rx.patient', one, one, %(seen)s::text[]) FROM unnest(%(patients)s::uuid[]) AS one;

-- name: events
-- What happened in this referral, by whom as far as the asker may know them?
SELECT e.version, e.move, e.to_state, e.reason, e.at, e.party, a.display_name AS by_name,
       (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = e.activity_id) AS activity_name,
       o.name AS office_name, e.booked_for, e.outcome
FROM rx.referral_event e
LEFT JOIN rx.account a ON a.account_id = e.account_id
LEFT JOIN rx.organisation o ON o.organisation_id = e.link_office_id
WHERE e.referral_id = %(referral_id)s::uuid
ORDER BY e.version
LIMIT 500;

-- name: attended
-- Who says that the person came, and on which day?
SELECT DISTINCT ON (a.held_on, a.told_by) a.held_on, a.came, a.told_by,
       (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = a.activity_id) AS activity_name
FROM rx.attendance a
WHERE a.referral_id = %(referral_id)s::uuid
ORDER BY a.held_on DESC, a.told_by, a.recorded_at DESC
LIMIT 200;

-- name: given
-- Which consents did this patient give, and to whom?
SELECT c.consent_id, c.purpose,
       coalesce(o.name, (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = c.recipient_id))
           AS recipient_name,
       c.given_by, c.given_how, c.given_at, c.expires_on, c.withdrawn_at
FROM rx.consent c
LEFT JOIN rx.organisation o ON o.organisation_id = c.recipient_id
WHERE c.patient_id = %(patient_id)s::uuid
ORDER BY c.withdrawn_at IS NOT NULL, array_position(ARRAY['link_worker', 'host', 'insurer', 'municipality'], c.purpose),
         c.given_at, c.consent_id
LIMIT 200;

-- name: told
-- Whom was told what about this patient?
SELECT d.recipient_kind,
       coalesce(o.name, (SELECT finder.card(l) ->> 'name' FROM finder.listing l WHERE l.activity_id = d.recipient_id))
           AS recipient_name,
       d.basis, d.what, d.at
FROM rx.disclosure d
LEFT JOIN rx.organisation o ON o.organisation_id = d.recipient_id
WHERE d.patient_id = %(patient_id)s::uuid
ORDER BY d.at DESC, d.disclosure_id
LIMIT 200;

-- name: lock
-- Where does this referral stand, so that nobody moves it before this transaction ends?
SELECT state, version, patient_id, organisation_id, municipality_code
FROM rx.referral WHERE referral_id = %(referral_id)s::uuid FOR NO KEY UPDATE;

-- name: need_unmet
-- Is it kept, without the person, that nothing suggested fits?
INSERT INTO rx.unmet_need (municipality_code, district_id, age_band, reason, interests)
SELECT p.municipality_code, p.district_id, p.age_band, %(reason)s::text, p.interests
FROM rx.referral r JOIN rx.patient p USING (patient_id)
WHERE r.referral_id = %(referral_id)s::uuid;
