-- name: add_organisation
-- Which id has the new organisation?
INSERT INTO rx.organisation (kind, name, code, municipality_code, phone, fax)
VALUES (%(kind)s::text, %(name)s::text, %(code)s::text, %(municipality_code)s::text, %(phone)s::text, %(fax)s::text)
RETURNING organisation_id;

-- name: add_account
-- Which id has the new account?
INSERT INTO rx.account (organisation_id, role, login, display_name, password_hash, must_change_password)
VALUES (%(organisation_id)s::uuid, %(role)s::text, %(login)s::text, %(display_name)s::text, %(password_hash)s::text, true)
RETURNING account_id;

-- name: registered
-- Who is there, by organisation?
SELECT o.organisation_id, o.kind, o.name, a.role, a.login, a.display_name, a.state,
       a.totp_secret IS NOT NULL OR EXISTS (SELECT FROM rx.passkey p WHERE p.account_id = a.account_id) AS second_factor
FROM rx.organisation o LEFT JOIN rx.account a USING (organisation_id) ORDER BY o.kind, o.name, a.role, a.login;

-- name: set_state
-- Is the account stopped, or in use again?
UPDATE rx.account SET state = %(state)s::text WHERE login = %(login)s::text;

-- name: set_password
-- Has the account a one-time password, to be changed at the next sign-in?
UPDATE rx.account SET password_hash = %(password_hash)s::text, must_change_password = true, failures = 0, locked_until = NULL
WHERE login = %(login)s::text;

-- name: set_oidc_subject
-- Which subject of the organisation's own sign-in is this account?
UPDATE rx.account SET oidc_subject = %(subject)s::text WHERE login = %(login)s::text;

-- name: forget_second_factor
-- Must the account set up a second factor anew, signed in nowhere?
WITH who AS (
    UPDATE rx.account SET totp_secret = NULL, totp_last_step = NULL WHERE login = %(login)s::text RETURNING account_id
), ended AS (
    DELETE FROM rx.session s USING who WHERE s.account_id = who.account_id
), removed AS (
    DELETE FROM rx.passkey p USING who WHERE p.account_id = who.account_id
)
SELECT account_id FROM who;
