-- name: cases
-- Which cases has this office, those overdue first? With how many there are in all.
SELECT r.referral_id, r.patient_id, r.state, r.reason, r.made_at, r.state_since, r.due_on, r.next_action, r.booked_for,
       r.held_until, r.worker_id, w.display_name AS worker_name, o.name AS referrer_name, p.age_band, p.interests, p.needs,
       finder.card(l) ->> 'name' AS activity_name, r.link_office_id = %(office_id)s::uuid AS ours,
       count(*) OVER ()::int AS total
FROM rx.referral r
JOIN rx.patient p USING (organisation_id, patient_id)
JOIN rx.organisation o USING (organisation_id)
LEFT JOIN rx.account w ON w.account_id = r.worker_id
LEFT JOIN finder.listing l ON l.activity_id = r.activity_id
WHERE r.state = ANY (%(states)s::text[])
  AND (%(worker_id)s::uuid IS NULL OR r.worker_id = %(worker_id)s::uuid)
  AND (%(due_before)s::date IS NULL OR r.due_on < %(due_before)s::date)
ORDER BY r.due_on IS NULL, r.due_on, r.state_since, r.referral_id
LIMIT %(most)s::int OFFSET %(offset)s::int;

-- name: counts
-- How many cases has this office in each state, how many of them overdue, and how many are this account's?
SELECT r.state, count(*)::int AS cases, count(*) FILTER (WHERE r.due_on < %(today)s::date)::int AS overdue,
       count(*) FILTER (WHERE r.worker_id = %(account_id)s::uuid)::int AS mine
FROM rx.referral r GROUP BY r.state;

-- name: note_cases
-- Is it written down that these people's cases were seen in a list?
SELECT count(*) FROM unnest(%(referral_ids)s::uuid[], %(patient_ids)s::uuid[]) AS seen (referral_id, patient_id)
CROSS JOIN LATERAL (SELECT rx.note('read', 'rx.referral', seen.referral_id, seen.patient_id, %(columns)s::text[])) noted;

-- name: offices
-- Which link workers' offices are there, those of this municipality first?
SELECT organisation_id, name, municipality_code FROM rx.organisation
WHERE kind = 'link_office' AND organisation_id <> %(own)s::uuid
ORDER BY municipality_code <> %(municipality_code)s::bpchar, municipality_code, name;

-- name: listed
-- What are these activities called, and where are they held?
SELECT activity_id, place_id, findable, finder.card(l) ->> 'name' AS name, finder.card(l) ->> 'place_name' AS place_name
FROM finder.listing l WHERE activity_id = ANY (%(activity_ids)s::uuid[]);

-- name: named
-- Which activities have this in their name or in that of their place, those of this municipality first?
SELECT activity_id, place_id, findable, finder.card(l) ->> 'name' AS name, finder.card(l) ->> 'place_name' AS place_name
FROM finder.listing l
WHERE strpos(search_text, finder.fold(%(name)s::text)) > 0
ORDER BY municipality_code <> %(municipality_code)s::bpchar, length(search_text), activity_id
LIMIT 5;

-- name: office_of_link
-- Which office gave this link, even if the link is over?
SELECT name, phone FROM rx.office_of_link(%(link_hash)s::bytea);
