-- name: add_contact
-- Is it written down that somebody was spoken to, or that it was tried?
INSERT INTO rx.contact (contact_id, organisation_id, referral_id, channel, with_whom, two_way, note_sealed, recorded_by)
VALUES (%(contact_id)s::uuid, %(organisation_id)s::uuid, %(referral_id)s::uuid, %(channel)s::text, %(with_whom)s::text,
        %(two_way)s::boolean, %(note_sealed)s::bytea, %(recorded_by)s::uuid);

-- name: contacts
-- Who was spoken to about this referral, by whom of this office, newest first?
SELECT c.contact_id, c.at, c.channel, c.with_whom, c.two_way, c.note_sealed, a.display_name AS by_name
FROM rx.contact c LEFT JOIN rx.account a ON a.account_id = c.recorded_by
WHERE c.referral_id = %(referral_id)s::uuid
ORDER BY c.at DESC, c.contact_id;
