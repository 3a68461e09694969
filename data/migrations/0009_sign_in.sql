-- Signing in: the functions that look at credentials, all owned by the gate. Only the login role may call them, before it
-- takes a party's role or after it has put it down: no party reaches a credential, not even its own.
-- Whoever acts on an account proves it with the hash of a session's token; nothing the program says about itself counts.

ALTER TABLE rx.session ADD COLUMN challenge bytea;        -- of a passkey that is being asked
ALTER TABLE rx.session ADD COLUMN totp_pending bytea;     -- sealed secret that is being set up
ALTER TABLE rx.invitation ADD CONSTRAINT invitation_for_an_organisation_and_login UNIQUE (organisation_id, login);

-- Which roles an organisation can have: a clinic cannot make somebody an officer of its municipality.
CREATE FUNCTION rx.role_fits(role text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT role = 'admin' OR CASE kind
    WHEN 'clinic' THEN role = 'physician'
    WHEN 'insurer' THEN role IN ('insurer_nurse', 'insurer')
    WHEN 'link_office' THEN role = 'link_worker'
    WHEN 'municipality' THEN role = 'municipality'
    ELSE false END
$body$;

CREATE FUNCTION rx.check_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    IF NOT rx.role_fits(NEW.role, (SELECT o.kind FROM rx.organisation o WHERE o.organisation_id = NEW.organisation_id)) THEN
        RAISE EXCEPTION 'this role is none of this organisation' USING ERRCODE = 'check_violation', CONSTRAINT = 'account_role_fits_organisation';
    END IF;
    RETURN NEW;
END
$body$;
ALTER FUNCTION rx.check_role OWNER TO placefinder_gate;
CREATE TRIGGER account_role_fits BEFORE INSERT OR UPDATE OF role, organisation_id ON rx.account
    FOR EACH ROW EXECUTE FUNCTION rx.check_role();
CREATE TRIGGER invitation_role_fits BEFORE INSERT ON rx.invitation FOR EACH ROW EXECUTE FUNCTION rx.check_role();

-- A change of password, role or state ends every session, whoever makes it.
CREATE FUNCTION rx.end_sessions_of_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    DELETE FROM rx.session s WHERE s.account_id = NEW.account_id;
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.end_sessions_of_changed OWNER TO placefinder_gate;
CREATE TRIGGER account_change_ends_sessions AFTER UPDATE ON rx.account FOR EACH ROW
    WHEN ((OLD.password_hash, OLD.role, OLD.state, OLD.organisation_id, OLD.oidc_subject)
          IS DISTINCT FROM (NEW.password_hash, NEW.role, NEW.state, NEW.organisation_id, NEW.oidc_subject))
    EXECUTE FUNCTION rx.end_sessions_of_changed();

CREATE TRIGGER passkey_noted AFTER INSERT OR DELETE ON rx.passkey FOR EACH ROW EXECUTE FUNCTION rx.note_write('account_id');
CREATE TRIGGER invitation_noted AFTER INSERT OR UPDATE OR DELETE ON rx.invitation
    FOR EACH ROW EXECUTE FUNCTION rx.note_write('organisation_id');

-- Writes down what somebody did who has not entered yet.
CREATE FUNCTION rx.note_of_account(account uuid, action text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, audit, pg_temp AS
$body$
INSERT INTO audit.entry (account_id, organisation_id, party, action, subject, subject_id)
SELECT account, a.organisation_id, rx.party_of(a.role), action, 'rx.session', account
FROM (VALUES (account)) AS asked (account_id) LEFT JOIN rx.account a USING (account_id)
$body$;

-- --- Password ----------------------------------------------------------------------------------------------------

-- Counts one more try, before it is known how it ends: so any number of tries at the same time are counted.
-- `waits`: seconds to wait after the 1st, 2nd, … failure in a row; the last one holds for all further ones.
CREATE FUNCTION rx.count_try(account uuid, waits int[]) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH counted AS (
    UPDATE rx.account a
    SET failures = a.failures + 1,
        locked_until = now() + make_interval(secs => waits[least(a.failures + 1, array_length(waits, 1))])
    WHERE a.account_id = account AND a.state = 'active' AND (a.locked_until IS NULL OR a.locked_until <= now())
    RETURNING 1
)
SELECT EXISTS (SELECT FROM counted)
$body$;

-- The account of a login and its password's hash, where a try is possible now; otherwise no row: unknown, disabled,
-- without a password and locked all look the same.
CREATE FUNCTION rx.begin_sign_in(wanted_login text, waits int[]) RETURNS TABLE (account_id uuid, password_hash text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    RETURN QUERY SELECT a.account_id, a.password_hash FROM rx.account a
    WHERE a.login = wanted_login AND a.password_hash IS NOT NULL AND rx.count_try(a.account_id, waits);
END
$body$;

CREATE FUNCTION rx.refuse_sign_in(account uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$ SELECT rx.note_of_account(account, 'sign_in_refused') $body$;

-- The password was right (or an invitation was taken): a session that only leads to the second factor. Its try is not
-- counted, but the failures before it stay, so nobody guesses codes without end with a password they know.
CREATE FUNCTION rx.open_half_session(account uuid, session_hash bytea, new_csrf text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
UPDATE rx.account a SET failures = greatest(a.failures - 1, 0), locked_until = NULL WHERE a.account_id = account;
DELETE FROM rx.session s WHERE s.opened_at < now() - interval '12 hours';
INSERT INTO rx.session (token_hash, account_id, stage, csrf) VALUES (session_hash, account, 'password', new_csrf)
$body$;

-- --- Second factor -----------------------------------------------------------------------------------------------

-- A living session of either stage: whose, and what of a second factor there is. A half session lives ten minutes.
CREATE FUNCTION rx.session_account(session_hash bytea, of_stage text)
    RETURNS TABLE (account_id uuid, login text, display_name text, organisation_name text, csrf text, password_hash text,
                   totp_secret bytea, totp_last_step bigint, totp_pending bytea, challenge bytea, passkeys int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT a.account_id, a.login, a.display_name, o.name, s.csrf, a.password_hash, a.totp_secret, a.totp_last_step,
       s.totp_pending, s.challenge, (SELECT count(*)::int FROM rx.passkey p WHERE p.account_id = a.account_id)
FROM rx.session s JOIN rx.account a USING (account_id) JOIN rx.organisation o USING (organisation_id)
WHERE s.token_hash = session_hash AND s.stage = of_stage AND a.state = 'active'
  AND s.seen_at > now() - interval '15 minutes'
  AND s.opened_at > now() - CASE of_stage WHEN 'password' THEN interval '10 minutes' ELSE interval '12 hours' END
$body$;

-- May a code or passkey be tried now, and is the try counted?
CREATE FUNCTION rx.try_second_factor(half_hash bytea, waits int[]) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT coalesce((SELECT rx.count_try(a.account_id, waits) FROM rx.session_account(half_hash, 'password') a), false)
$body$;

-- The second factor was right: the half session becomes a complete one under a new token. False where the code's step
-- was used already or the passkey is not theirs. `step`: of a TOTP code; `passkey`: the one that answered.
CREATE FUNCTION rx.complete_session(half_hash bytea, session_hash bytea, new_csrf text, step bigint, passkey bytea, new_count bigint)
    RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    who uuid := (SELECT a.account_id FROM rx.session_account(half_hash, 'password') a);
BEGIN
    IF who IS NULL OR (step IS NULL) = (passkey IS NULL) THEN
        RETURN false;
    END IF;
    IF passkey IS NOT NULL THEN
        UPDATE rx.passkey p SET sign_count = new_count WHERE p.credential_id = passkey AND p.account_id = who;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    UPDATE rx.account a SET totp_last_step = coalesce(step, a.totp_last_step), failures = 0, locked_until = NULL
    WHERE a.account_id = who AND (step IS NULL OR (a.totp_secret IS NOT NULL AND step > coalesce(a.totp_last_step, -1)));
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM rx.session s WHERE s.token_hash = half_hash;
    INSERT INTO rx.session (token_hash, account_id, stage, csrf) VALUES (session_hash, who, 'complete', new_csrf);
    PERFORM rx.note_of_account(who, 'sign_in');
    RETURN true;
END
$body$;

-- What is being set up or asked, kept with the session and never in a form.
CREATE FUNCTION rx.keep_pending(session_hash bytea, new_challenge bytea, new_totp bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
UPDATE rx.session s SET challenge = new_challenge, totp_pending = coalesce(new_totp, s.totp_pending)
WHERE s.token_hash = session_hash
$body$;

-- The secret that was being set up is theirs from now on. With a half session only where there is no second factor yet.
CREATE FUNCTION rx.take_pending_totp(session_hash bytea, of_stage text, step bigint) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH taken AS (
    UPDATE rx.account a SET totp_secret = s.totp_pending, totp_last_step = step
    FROM rx.session_account(session_hash, of_stage) s
    WHERE a.account_id = s.account_id AND s.totp_pending IS NOT NULL
      AND (of_stage = 'complete' OR (s.totp_secret IS NULL AND s.passkeys = 0))
    RETURNING a.account_id
)
UPDATE rx.session s SET totp_pending = NULL FROM taken WHERE s.token_hash = session_hash RETURNING true
$body$;

CREATE FUNCTION rx.passkeys_of(session_hash bytea, of_stage text)
    RETURNS TABLE (credential_id bytea, public_key bytea, sign_count bigint, name text, added_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT p.credential_id, p.public_key, p.sign_count, p.name, p.added_at
FROM rx.passkey p JOIN rx.session_account(session_hash, of_stage) a USING (account_id) ORDER BY p.added_at
$body$;

CREATE FUNCTION rx.add_passkey(session_hash bytea, credential bytea, key bytea, first_count bigint, called text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
INSERT INTO rx.passkey (credential_id, account_id, public_key, sign_count, name)
SELECT credential, a.account_id, key, first_count, called FROM rx.session_account(session_hash, 'complete') a
ON CONFLICT DO NOTHING RETURNING true
$body$;

-- The last second factor cannot be taken away: who has no TOTP keeps one passkey.
CREATE FUNCTION rx.remove_passkey(session_hash bytea, credential bytea) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DELETE FROM rx.passkey p USING rx.session_account(session_hash, 'complete') a
WHERE p.credential_id = credential AND p.account_id = a.account_id AND (a.totp_secret IS NOT NULL OR a.passkeys > 1)
RETURNING true
$body$;

-- --- Sessions and password of somebody who is signed in ------------------------------------------------------------

CREATE FUNCTION rx.sessions_of(session_hash bytea) RETURNS TABLE (opened_at timestamptz, seen_at timestamptz, this_one boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT s.opened_at, s.seen_at, s.token_hash = session_hash
FROM rx.session s JOIN rx.session_account(session_hash, 'complete') a USING (account_id)
WHERE s.stage = 'complete' AND s.seen_at > now() - interval '15 minutes' AND s.opened_at > now() - interval '12 hours'
ORDER BY s.opened_at DESC
$body$;

CREATE FUNCTION rx.end_session(session_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH ended AS (DELETE FROM rx.session s WHERE s.token_hash = session_hash RETURNING s.account_id)
SELECT rx.note_of_account(ended.account_id, 'sign_out') FROM ended
$body$;

CREATE FUNCTION rx.end_other_sessions(session_hash bytea) RETURNS int
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH ended AS (
    DELETE FROM rx.session s USING rx.session_account(session_hash, 'complete') a
    WHERE s.account_id = a.account_id AND s.token_hash <> session_hash
    RETURNING rx.note_of_account(s.account_id, 'sign_out')
)
SELECT count(*)::int FROM ended
$body$;

-- A new password ends every session; this one goes on under a new token until its own end.
CREATE FUNCTION rx.change_password(session_hash bytea, new_session_hash bytea, new_csrf text, new_password_hash text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    who uuid := (SELECT a.account_id FROM rx.session_account(session_hash, 'complete') a);
    since timestamptz := (SELECT s.opened_at FROM rx.session s WHERE s.token_hash = session_hash);
BEGIN
    IF who IS NULL THEN
        RETURN false;
    END IF;
    UPDATE rx.account a SET password_hash = new_password_hash, must_change_password = false, failures = 0, locked_until = NULL
    WHERE a.account_id = who;
    DELETE FROM rx.session s WHERE s.account_id = who;
    INSERT INTO rx.session (token_hash, account_id, stage, csrf, opened_at)
    VALUES (new_session_hash, who, 'complete', new_csrf, since);
    RETURN true;
END
$body$;

-- --- Invitations, OIDC, and what an organisation's admin may do -----------------------------------------------------

CREATE FUNCTION rx.invitation_of(invitation_hash bytea) RETURNS TABLE (organisation_name text, role text, login text, display_name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT o.name, i.role, i.login, i.display_name FROM rx.invitation i JOIN rx.organisation o USING (organisation_id)
WHERE i.token_hash = invitation_hash AND i.expires_at > now() AND i.used_at IS NULL
$body$;

-- Makes the account of an invitation, once; null where the invitation is over or the login is somebody's already.
CREATE FUNCTION rx.take_invitation(invitation_hash bytea, new_password_hash text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH taken AS (
    UPDATE rx.invitation i SET used_at = now()
    WHERE i.token_hash = invitation_hash AND i.expires_at > now() AND i.used_at IS NULL
    RETURNING i.*
)
INSERT INTO rx.account (organisation_id, role, login, display_name, password_hash)
SELECT organisation_id, role, login, display_name, new_password_hash FROM taken
ON CONFLICT DO NOTHING RETURNING account_id
$body$;

-- Somebody whom their organisation's own sign-in vouches for, both factors included.
CREATE FUNCTION rx.open_oidc_session(subject text, session_hash bytea, new_csrf text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
WITH opened AS (
    INSERT INTO rx.session (token_hash, account_id, stage, csrf)
    SELECT session_hash, a.account_id, 'complete', new_csrf FROM rx.account a WHERE a.oidc_subject = subject AND a.state = 'active'
    RETURNING account_id
)
SELECT rx.note_of_account(opened.account_id, 'sign_in') FROM opened;
SELECT EXISTS (SELECT FROM rx.session s WHERE s.token_hash = session_hash)
$body$;

-- Lost telephone: a colleague sets up a second factor anew at their next sign-in. For admins, in their own organisation.
CREATE FUNCTION rx.reset_second_factor(account uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    UPDATE rx.account a SET totp_secret = NULL, totp_last_step = NULL
    WHERE a.account_id = account AND a.organisation_id = rx.own('admin');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM rx.passkey p WHERE p.account_id = account;
    DELETE FROM rx.session s WHERE s.account_id = account;
    RETURN true;
END
$body$;

DO $gate$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['note_of_account', 'count_try', 'begin_sign_in', 'refuse_sign_in', 'open_half_session',
        'session_account', 'try_second_factor', 'complete_session', 'keep_pending', 'take_pending_totp', 'passkeys_of',
        'add_passkey', 'remove_passkey', 'sessions_of', 'end_session', 'end_other_sessions', 'change_password',
        'invitation_of', 'take_invitation', 'open_oidc_session', 'reset_second_factor'] LOOP
        EXECUTE format('ALTER FUNCTION rx.%I OWNER TO placefinder_gate', name);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION rx.%I FROM PUBLIC', name);
        CONTINUE WHEN name IN ('note_of_account', 'count_try', 'reset_second_factor');
        EXECUTE format('GRANT EXECUTE ON FUNCTION rx.%I TO placefinder_staff', name);
    END LOOP;
END
$gate$;
GRANT EXECUTE ON FUNCTION rx.reset_second_factor TO placefinder_admin;
GRANT DELETE ON rx.invitation TO placefinder_admin;
