-- name: make_link
-- Is there a new link to this referral, and the one before it over?
SELECT rx.make_link(%(referral_id)s::uuid, %(party)s::text, %(token_hash)s::bytea, %(code_hash)s::bytea,
                    %(expires_at)s::timestamptz);

-- name: revoke
-- How many links of this party to this referral are over now?
SELECT rx.revoke_links(%(referral_id)s::uuid, %(party)s::text);
