-- name: standing
-- How does this referral stand, held until the end of the transaction, and which reminders did it have in this state?
SELECT r.version, r.state, (r.state_since AT TIME ZONE 'Asia/Tokyo')::date AS since, r.state_since, r.held_until, r.next_action,
       r.activity_id,
       ARRAY(SELECT a.held_on FROM (SELECT DISTINCT ON (held_on, told_by) held_on, came, told_by FROM rx.attendance
                                    WHERE referral_id = r.referral_id ORDER BY held_on, told_by, recorded_at DESC) a
             WHERE a.came AND a.told_by <> 'self' GROUP BY a.held_on ORDER BY a.held_on) AS days,
       (SELECT min((e.at AT TIME ZONE 'Asia/Tokyo')::date) FROM rx.referral_event e
        WHERE e.referral_id = r.referral_id AND e.move = 'attend') AS attended_on,
       ARRAY(SELECT p.reminder FROM rx.reminder p WHERE p.referral_id = r.referral_id AND p.state_since = r.state_since) AS here,
       ARRAY(SELECT p.reminder FROM rx.reminder p WHERE p.referral_id = r.referral_id AND p.reminder LIKE 'follow%%') AS follow_ups
FROM rx.referral r WHERE r.referral_id = %(referral_id)s::uuid;

-- name: keep_reminder
-- Is it on record that this reminder was given in this state? It is given once.
INSERT INTO rx.reminder (organisation_id, referral_id, state_since, reminder)
SELECT organisation_id, referral_id, %(state_since)s::timestamptz, %(reminder)s::text
FROM rx.referral WHERE referral_id = %(referral_id)s::uuid
ON CONFLICT DO NOTHING;

-- name: overdue
-- For which referrals may work be due by the clock today, whether or not a job was kept for it?
SELECT referral_id, state FROM rx.referral
WHERE (state = 'place_asked' AND state_since < now() - interval '4 days')
   OR (state = 'on_hold' AND held_until <= %(today)s::date)
   OR (state IN ('attended_once', 'active', 'sustained_3m') AND made_at < now() - interval '90 days')
ORDER BY referral_id;

-- name: without_basis
-- Which referrals are open although nobody may know about them any more: the consent has expired, no council shares?
SELECT r.referral_id, r.version FROM rx.referral r JOIN rx.journey_move m ON m.move = 'withdraw' AND r.state = ANY (m.from_states)
WHERE r.link_office_id IS NOT NULL AND r.state <> 'offered' AND NOT rx.office_may_know(r.patient_id, r.link_office_id)
ORDER BY r.referral_id;
