-- name: case
-- Everything a link worker needs about one case but the sealed words: the referral, the person, and what stands around it.
SELECT r.referral_id, r.organisation_id, r.patient_id, r.municipality_code, r.made_at, r.state, r.version, r.state_since,
       r.reason, r.held_from, r.held_until, r.link_office_id, r.handed_from_id, r.worker_id, r.activity_id, r.place_id,
       r.booked_for, r.next_action, r.due_on, r.outcome, p.birth_year, p.age_band, p.sex, p.district_id,
       ST_X(p.home_point_6668) AS lon, ST_Y(p.home_point_6668) AS lat, p.mobility, p.interests, p.needs,
       p.free_minutes::text AS free_text, p.price_max, p.avoid, p.identity_sealed,
       o.name AS referrer_name, o.phone AS referrer_phone, w.display_name AS worker_name, i.name AS office_name,
       i.phone AS office_phone, i.fax AS office_fax, h.name AS handed_from_name, finder.card(l) ->> 'name' AS activity_name,
       finder.card(l) ->> 'place_name' AS place_name, l.findable,
       (SELECT d.name FROM geo.current_district d WHERE d.district_id = p.district_id LIMIT 1) AS district_name,
       EXISTS (SELECT FROM rx.consent c WHERE c.patient_id = r.patient_id AND c.purpose = 'host'
               AND c.recipient_id = r.activity_id AND c.withdrawn_at IS NULL
               AND c.expires_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date) AS host_may_know
FROM rx.referral r
JOIN rx.patient p USING (organisation_id, patient_id)
JOIN rx.organisation o USING (organisation_id)
LEFT JOIN rx.account w ON w.account_id = r.worker_id
LEFT JOIN rx.organisation i ON i.organisation_id = r.link_office_id
LEFT JOIN rx.organisation h ON h.organisation_id = r.handed_from_id
LEFT JOIN finder.listing l ON l.activity_id = r.activity_id
WHERE r.referral_id = %(referral_id)s::uuid;

-- name: events
-- What happened in this case, newest first?
SELECT e.version, e.move, e.from_state, e.to_state, e.reason, e.at, e.party, a.display_name AS by_name, e.activity_id,
       finder.card(l) ->> 'name' AS activity_name, o.name AS office_name, e.booked_for, e.outcome
FROM rx.referral_event e
LEFT JOIN rx.account a ON a.account_id = e.account_id
LEFT JOIN finder.listing l ON l.activity_id = e.activity_id
LEFT JOIN rx.organisation o ON o.organisation_id = e.link_office_id
WHERE e.referral_id = %(referral_id)s::uuid
ORDER BY e.version DESC;
