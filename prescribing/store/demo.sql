-- name: there_already
-- Was the demo story told to this database before?
SELECT EXISTS (SELECT FROM rx.organisation WHERE organisation_id = %(organisation_id)s::uuid) AS there;

-- name: sites
-- To which activities of the demo town can somebody be sent?
SELECT l.activity_id, l.place_id, l.kind, l.district_id, l.weekdays,
       CASE WHEN a.schedule #>> '{rules,0,days,kind}' = 'monthly' THEN 28 ELSE 7 END AS every_days,
       ST_X(l.point_6668) AS lon, ST_Y(l.point_6668) AS lat
FROM finder.listing l JOIN finder.activity a USING (edition_id, activity_id)
WHERE l.findable AND l.point_6668 IS NOT NULL AND l.district_id IS NOT NULL AND l.weekdays <> '{}'
  AND l.municipality_code = %(municipality_code)s::text
ORDER BY l.activity_id;

-- name: as_written
-- From here on rows are taken as they are: the triggers would write what the story tells itself. Only the owner may.
SET LOCAL session_replication_role = replica;

-- name: as_always
-- And from here on triggers work again.
SET LOCAL session_replication_role = origin;

-- name: fill_frames
-- Where and how old were they when they were referred?
INSERT INTO rx.referral_frame (referral_id, municipality_code, district_id, age_band)
SELECT r.referral_id, p.municipality_code, p.district_id, p.age_band
FROM rx.referral r JOIN rx.patient p USING (patient_id) ON CONFLICT DO NOTHING;

-- name: fill_rhythms
-- Which activities are monthly, as if it had been known from the beginning?
INSERT INTO rx.activity_rhythm (activity_id, monthly, known_at)
SELECT a.activity_id, a.schedule #>> '{rules,0,days,kind}' = 'monthly', now() - interval '3 years'
FROM finder.listing l JOIN finder.activity a USING (edition_id, activity_id)
WHERE a.schedule #>> '{rules,0,days,kind}' IS NOT NULL ON CONFLICT DO NOTHING;

-- name: fill_tasks
-- What do reasons that ask for a look at a listing leave open?
INSERT INTO rx.verification_task (municipality_code, activity_id, reason, opened_at)
SELECT DISTINCT ON (e.activity_id, e.reason) r.municipality_code, e.activity_id, e.reason, e.at
FROM rx.referral_event e JOIN rx.referral r USING (referral_id) JOIN rx.reason n ON n.reason = e.reason
WHERE n.next_action = 'verify' AND e.activity_id IS NOT NULL AND e.at > now() - interval '90 days'
ORDER BY e.activity_id, e.reason, e.at DESC;

-- name: fill_needs
-- What was needed and not there?
INSERT INTO rx.unmet_need (municipality_code, district_id, age_band, reason, interests, opened_at)
SELECT p.municipality_code, p.district_id, p.age_band, e.reason, p.interests, e.at
FROM rx.referral_event e JOIN rx.referral r USING (referral_id) JOIN rx.patient p USING (patient_id)
JOIN rx.reason n ON n.reason = e.reason WHERE n.next_action = 'unmet_need';

-- name: fill_disclosures
-- Who was told what, with which consent?
INSERT INTO rx.disclosure (organisation_id, patient_id, referral_id, recipient_kind, recipient_id, basis, basis_id, what, at)
SELECT e.organisation_id, c.patient_id, e.referral_id, c.purpose, c.recipient_id, 'consent', c.consent_id,
       CASE c.purpose WHEN 'host' THEN ARRAY['age_band', 'needs', 'interests', 'name_to_call']
            ELSE ARRAY['age_band', 'district', 'interests', 'needs', 'contact', 'plan', 'screening', 'journey'] END, e.at
FROM rx.referral_event e JOIN rx.referral r USING (referral_id)
JOIN rx.consent c ON c.patient_id = r.patient_id
    AND (c.purpose = 'host' AND e.move = 'ask_place' AND c.recipient_id = e.activity_id
         OR c.purpose = 'link_worker' AND e.move IN ('send', 'hand_over') AND c.recipient_id = e.link_office_id);

-- name: count_uptake
-- Which months are counted now?
SELECT rx.build_uptake(%(as_of)s::date, true);
