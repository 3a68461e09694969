-- name: asked
-- What is this place asked, and what of the person does a welcome need? One row at most: the wall lets a host see no other.
SELECT r.referral_id, r.organisation_id, r.patient_id, r.state, r.version, r.activity_id, r.booked_for,
       r.state_since, p.age_band, p.needs, p.identity_sealed IS NOT NULL AS has_identity, o.name AS office_name, o.phone AS office_phone,
       o.fax AS office_fax, finder.card(l) ->> 'name' AS activity_name, finder.card(l) ->> 'place_name' AS place_name
FROM rx.referral r
JOIN rx.patient p ON p.patient_id = r.patient_id
LEFT JOIN rx.organisation o ON o.organisation_id = r.link_office_id
LEFT JOIN finder.listing l ON l.activity_id = r.activity_id;
