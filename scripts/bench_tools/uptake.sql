-- Invented referrals for measuring, made inside the database: %(n)s of them over two years, of %(insurers)s insurers.
-- Without triggers: nothing of this is history of anybody.
SET LOCAL session_replication_role = replica;
SELECT setseed(0.2026);
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT i, md5('p' || i)::uuid AS patient_id, md5('r' || i)::uuid AS referral_id, md5('a' || (i %% 200))::uuid AS activity_id,
       (timestamptz '2024-11-01 10:00+09' + floor(random() * 729) * interval '1 day') AS offered,
       random() < 0.86 AS agreed, random() < 0.9 AS reached, random() < 0.85 AS accepts, random() < 0.45 + 0.25 * ((i %% 7) / 6.0) AS comes,
       floor(3 - 22 * ln(1 - random()))::int AS waits, floor(-3.5 * ln(1 - random()))::int AS talks,
       floor(-5 * ln(1 - random()))::int AS answers, floor(random() * 12)::int AS times, random() < 0.5 AS ends, random() AS dice,
       (ARRAY['16-39', '40-64', '65-74', '65-74', '75-84', '75-84', '75-84', '85+'])[1 + floor(random() * 8)::int] AS age_band
FROM generate_series(1, %(n)s) i;
INSERT INTO rx.patient (patient_id, organisation_id, municipality_code, age_band, district_id, insurer_id)
SELECT patient_id, %(clinic)s::uuid, %(municipality)s::char(6), age_band, (%(districts)s::uuid[])[1 + i %% cardinality(%(districts)s::uuid[])],
       (%(insurers)s::uuid[])[1 + i %% cardinality(%(insurers)s::uuid[])] FROM made;
INSERT INTO rx.referral (referral_id, organisation_id, patient_id, municipality_code, made_by, made_at, state)
SELECT referral_id, %(clinic)s::uuid, patient_id, %(municipality)s::char(6), %(clinic)s::uuid, offered, 'offered' FROM made;
INSERT INTO rx.referral_frame (referral_id, municipality_code, district_id, age_band)
SELECT m.referral_id, p.municipality_code, p.district_id, p.age_band FROM made m JOIN rx.patient p USING (patient_id);
INSERT INTO rx.consent (organisation_id, patient_id, purpose, recipient_id, text_version, given_by, given_how, given_at, expires_on)
SELECT %(clinic)s::uuid, m.patient_id, 'insurer', p.insurer_id, '1', 'self', 'paper', m.offered, '2030-01-01'::date
FROM made m JOIN rx.patient p USING (patient_id)
UNION ALL
SELECT %(clinic)s::uuid, m.patient_id, 'municipality', %(city)s::uuid, '1', 'self', 'paper', m.offered, '2030-01-01'::date
FROM made m WHERE m.dice < 0.8;
INSERT INTO rx.referral_event (organisation_id, referral_id, version, move, from_state, to_state, at, reason, outcome)
SELECT %(clinic)s::uuid, m.referral_id, v.version, v.move, v.from_state, v.to_state, v.at, v.reason, v.outcome
FROM made m CROSS JOIN LATERAL (VALUES
    (2, 'offer', 'draft', 'offered', m.offered, NULL, NULL, true),
    (3, CASE WHEN m.agreed THEN 'accept_offer' ELSE 'decline_offer' END, 'offered', CASE WHEN m.agreed THEN 'consented' ELSE 'declined_offer' END,
     m.offered, CASE WHEN NOT m.agreed THEN (ARRAY['not_interested_now', 'stigma_or_shame', 'afraid_alone', 'health_worse', 'caring_duty'])[1 + floor(m.dice * 5)::int] END, NULL, true),
    (4, 'send', 'consented', 'sent', m.offered + interval '1 hour', NULL, NULL, m.agreed),
    (5, 'reach', 'sent', 'contacted', m.offered + m.talks * interval '1 day' + interval '2 hours', NULL, NULL, m.agreed AND m.reached),
    (6, 'ask_place', 'contacted', 'place_asked', m.offered + m.talks * interval '1 day' + interval '3 hours', NULL, NULL, m.agreed AND m.reached),
    (7, 'accept', 'place_asked', 'place_accepted', m.offered + (m.talks + m.answers) * interval '1 day' + interval '4 hours', NULL, NULL, m.agreed AND m.reached AND m.accepts),
    (8, 'close', 'active', 'closed', m.offered + 85 * interval '1 day',
     CASE WHEN NOT m.comes THEN (ARRAY['too_far_on_foot', 'no_transport', 'time_mismatch', 'full', 'unreachable', 'no_answer', 'prefers_other_activity'])[1 + floor(m.dice * 7)::int] END,
     CASE WHEN m.comes THEN 'met' ELSE 'not_met' END, m.agreed AND m.ends)) v (version, move, from_state, to_state, at, reason, outcome, happened)
WHERE v.happened AND v.at < %(now)s::timestamptz;
INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by, recorded_at)
SELECT %(clinic)s::uuid, m.referral_id, m.activity_id, m.offered::date + m.waits + k * 14, true, CASE WHEN m.i %% 40 = 0 THEN 'self' ELSE 'place' END,
       m.offered + (m.waits + k * 14) * interval '1 day' + interval '3 hours'
FROM made m CROSS JOIN generate_series(0, 13) k
WHERE m.agreed AND m.reached AND m.accepts AND m.comes AND k <= m.times AND k < %(visits)s::int
  AND m.offered + (m.waits + k * 14) * interval '1 day' < %(now)s::timestamptz;
SET LOCAL session_replication_role = origin;
