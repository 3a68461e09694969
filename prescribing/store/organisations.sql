-- name: organisation
-- Who is this organisation?
SELECT organisation_id, kind, name, municipality_code, phone
FROM rx.organisation WHERE organisation_id = %(organisation_id)s::uuid;

-- name: organisations
-- Which organisations of a kind are there, those of this municipality (null: of none in particular) first?
SELECT organisation_id, kind, name, municipality_code, phone
FROM rx.organisation
WHERE kind = %(kind)s::text
ORDER BY (municipality_code = %(near)s::bpchar) IS TRUE DESC, name, organisation_id
LIMIT 200;

-- name: doctor
-- What is the person called who made the referral?
SELECT display_name AS name, role = 'physician' AS physician FROM rx.account WHERE account_id = %(account_id)s::uuid;
