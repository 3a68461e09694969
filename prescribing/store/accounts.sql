-- name: accounts
-- Who belongs to the organisation of the admin who asks?
SELECT account_id, role, login, display_name, state FROM rx.account
WHERE organisation_id = rx.own('admin') ORDER BY state, role, login;

-- name: invitations
-- Who is invited and has not come yet?
SELECT role, login, display_name, expires_at AT TIME ZONE 'Asia/Tokyo' AS expires_at, expires_at <= now() AS expired
FROM rx.invitation
WHERE organisation_id = rx.own('admin') AND used_at IS NULL ORDER BY login;

-- name: invite
-- Is the invitation kept?
INSERT INTO rx.invitation (token_hash, organisation_id, role, login, display_name, invited_by, expires_at)
VALUES (%(token_hash)s::bytea, rx.own('admin'), %(role)s::text, %(login)s::text, %(display_name)s::text,
        rx.claim('account')::uuid, now() + make_interval(days => %(days)s::int));

-- name: withdraw_invitation
-- Is the invitation taken back?
DELETE FROM rx.invitation WHERE organisation_id = rx.own('admin') AND login = %(login)s::text;

-- name: change_account
-- Is the colleague's role or state changed? Never one's own, so that an organisation keeps its admin.
UPDATE rx.account SET role = coalesce(%(role)s::text, role), state = coalesce(%(state)s::text, state)
WHERE account_id = %(account_id)s::uuid AND organisation_id = rx.own('admin') AND account_id <> rx.claim('account')::uuid;

-- name: reset_second_factor
-- Must the colleague set up a second factor anew?
SELECT rx.reset_second_factor(%(account_id)s::uuid);
