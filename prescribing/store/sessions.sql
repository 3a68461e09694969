-- name: begin_sign_in
-- Whose login is this, and which hash must the password fit, if they may try now?
SELECT account_id, password_hash FROM rx.begin_sign_in(%(login)s::text, %(waits)s::int[]);

-- name: refuse_sign_in
-- Is it written down that somebody could not sign in?
SELECT rx.refuse_sign_in(%(account_id)s::uuid);

-- name: open_half_session
-- Does the second factor come next?
SELECT rx.open_half_session(%(account_id)s::uuid, %(session_hash)s::bytea, %(csrf)s::text);

-- name: holder
-- Whose session of this stage is it, and what of a second factor do they have?
SELECT account_id, login, display_name, organisation_name, csrf, password_hash, totp_secret, totp_last_step, totp_pending,
       challenge, passkeys
FROM rx.session_account(%(session_hash)s::bytea, %(stage)s::text);

-- name: try_second_factor
-- May they try a code or passkey now?
SELECT rx.try_second_factor(%(session_hash)s::bytea, %(waits)s::int[]);

-- name: complete_session
-- Are they in?
SELECT rx.complete_session(%(half_hash)s::bytea, %(session_hash)s::bytea, %(csrf)s::text, %(step)s::bigint,
                           %(passkey)s::bytea, %(sign_count)s::bigint);

-- name: keep_pending
-- Is it kept what is being asked or set up?
SELECT rx.keep_pending(%(session_hash)s::bytea, %(challenge)s::bytea, %(totp)s::bytea);

-- name: take_pending_totp
-- Is the secret theirs that was being set up?
SELECT rx.take_pending_totp(%(session_hash)s::bytea, %(stage)s::text, %(step)s::bigint);

-- name: passkeys
-- Which passkeys do they have?
SELECT credential_id, public_key, sign_count, name, added_at AT TIME ZONE 'Asia/Tokyo' AS added_at
FROM rx.passkeys_of(%(session_hash)s::bytea, %(stage)s::text);

-- name: add_passkey
-- Is the passkey theirs from now on?
SELECT rx.add_passkey(%(session_hash)s::bytea, %(credential_id)s::bytea, %(public_key)s::bytea, %(sign_count)s::bigint,
                      %(name)s::text);

-- name: remove_passkey
-- Is the passkey gone, with another second factor left?
SELECT rx.remove_passkey(%(session_hash)s::bytea, %(credential_id)s::bytea);

-- name: living
-- Where are they signed in?
SELECT opened_at AT TIME ZONE 'Asia/Tokyo' AS opened_at, seen_at AT TIME ZONE 'Asia/Tokyo' AS seen_at, this_one
FROM rx.sessions_of(%(session_hash)s::bytea);

-- name: end_session
-- Is this session over?
SELECT rx.end_session(%(session_hash)s::bytea);

-- name: end_others
-- How many other sessions of theirs were ended?
SELECT rx.end_other_sessions(%(session_hash)s::bytea);

-- name: change_password
-- Is the new password kept, and every other session over?
SELECT rx.change_password(%(session_hash)s::bytea, %(new_hash)s::bytea, %(csrf)s::text, %(password_hash)s::text);

-- name: invitation
-- What is somebody invited to?
SELECT organisation_name, role, login, display_name FROM rx.invitation_of(%(invitation_hash)s::bytea);

-- name: take_invitation
-- Which account was made of the invitation?
SELECT rx.take_invitation(%(invitation_hash)s::bytea, %(password_hash)s::text);

-- name: open_oidc_session
-- Is somebody in for whom their organisation's own sign-in vouches?
SELECT rx.open_oidc_session(%(subject)s::text, %(session_hash)s::bytea, %(csrf)s::text);

-- name: leave_role
-- Is the party's role put down, so that the login role's own functions can be called?
SELECT set_config('role', 'none', true);
