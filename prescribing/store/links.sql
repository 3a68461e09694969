-- name: make_link
-- Is there a new link to this referral, and the one before it over?
SELECT rx.make_link(%(referral_id)s::uuid, %(party)s::text, %(token_hash)s::bytea, %(code_hash)s::bytea,
                    %(expires_at)s::timestamptz);
