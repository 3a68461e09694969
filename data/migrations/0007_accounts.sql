-- Who is who (organisations, accounts, sessions), what a transaction may claim to be, and what is written down about it.
--
-- The wall: whoever asks about people is a login role that owns nothing, has entered with a session or a link (rx.enter…),
-- and has taken the role of one party for this transaction (SET LOCAL ROLE). Every policy asks both: role and claim.
DO $roles$
DECLARE
    party text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('placefinder roles'));
    -- Answers requests of everybody who signed in or holds a link.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_staff') THEN
        CREATE ROLE placefinder_staff LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    -- Does what is due: nudges, expiry, follow-up.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_worker') THEN
        CREATE ROLE placefinder_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    -- Reads everything for a dump: with row security a dump ends well and is empty.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_backup') THEN
        CREATE ROLE placefinder_backup LOGIN BYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    -- Owns the few functions that look behind the wall: at credentials, links and the audit.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_gate') THEN
        CREATE ROLE placefinder_gate NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    FOREACH party IN ARRAY ARRAY['referrer', 'link_worker', 'host', 'patient', 'insurer', 'municipality', 'admin'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_' || party) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', 'placefinder_' || party);
        END IF;
        EXECUTE format('GRANT %I TO placefinder_staff', 'placefinder_' || party);
        -- What anybody may find, staff may find.
        EXECUTE format('GRANT placefinder_public TO %I', 'placefinder_' || party);
    END LOOP;
    GRANT placefinder_public TO placefinder_worker;
    GRANT pg_read_all_data TO placefinder_backup;
END
$roles$;

CREATE SCHEMA rx;
CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA rx TO placefinder_staff, placefinder_worker, placefinder_gate, placefinder_referrer,
    placefinder_link_worker, placefinder_host, placefinder_patient, placefinder_insurer, placefinder_municipality,
    placefinder_admin;
GRANT USAGE ON SCHEMA audit TO placefinder_gate;
-- Claims: made for the length of one transaction by rx.enter… and nobody else. Any role may set a setting that begins with
-- "rx.", so a claim counts only with its proof: a keyed digest of the claims and of this transaction's start. Who holds the
-- login of the program and writes its own SQL can therefore claim nothing: he needs a session's or a link's secret.
CREATE TABLE rx.claim_secret (
    one    boolean PRIMARY KEY DEFAULT true CONSTRAINT claim_secret_is_one CHECK (one),
    secret bytea NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
);
INSERT INTO rx.claim_secret DEFAULT VALUES;

-- The proof of these claims in this transaction.
CREATE FUNCTION rx.proof(claims text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
$body$
SELECT encode(sha256(k.secret || sha256(k.secret || convert_to(extract(epoch FROM transaction_timestamp()) || claims, 'UTF8'))), 'hex')
FROM rx.claim_secret k
$body$;
ALTER FUNCTION rx.proof OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.proof FROM PUBLIC;

-- What this transaction may claim to be: null where it did not enter. In a policy always as (SELECT rx.claim(…)): once a query.
CREATE FUNCTION rx.claim(name text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS
$body$
DECLARE
    claims text := current_setting('rx.claims', true);
BEGIN
    IF coalesce(claims, '') = '' OR current_setting('rx.proof', true) IS DISTINCT FROM rx.proof(claims) THEN
        RETURN NULL;
    END IF;
    RETURN claims::jsonb ->> name;
END
$body$;
ALTER FUNCTION rx.claim OWNER TO placefinder_gate;

-- The organisation of this transaction if it entered as `party`, else null: every policy compares with it.
CREATE FUNCTION rx.own(party text) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$body$ SELECT CASE WHEN rx.claim('party') = party THEN rx.claim('organisation')::uuid END $body$;

CREATE TABLE rx.organisation (
    organisation_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind              text NOT NULL CONSTRAINT organisation_kind_known CHECK (kind IN
        ('clinic', 'insurer', 'municipality', 'link_office', 'host')),
    name              text NOT NULL CONSTRAINT organisation_name_length CHECK (length(name) BETWEEN 1 AND 200),
    code              text,                   -- 医療機関コード (10 digits), 保険者番号 (8 or 6), 団体コード (6); hosts and offices have none
    municipality_code char(6) NOT NULL,
    phone             text,
    fax               text,
    CONSTRAINT organisation_code_once UNIQUE (kind, code)
);

CREATE TABLE rx.account (
    account_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id     uuid NOT NULL REFERENCES rx.organisation,
    role                text NOT NULL CONSTRAINT account_role_known CHECK (role IN
        ('physician', 'insurer_nurse', 'insurer', 'link_worker', 'municipality', 'admin')),
    login               text NOT NULL CONSTRAINT account_login_once UNIQUE,   -- an e-mail address, lower case
    display_name        text NOT NULL,
    state               text NOT NULL DEFAULT 'active' CONSTRAINT account_state_known CHECK (state IN ('active', 'disabled')),
    password_hash       text,                 -- argon2id; null: signs in by OIDC only
    must_change_password boolean NOT NULL DEFAULT false,
    totp_secret         bytea,                -- sealed (AES-GCM); null: not set up
    totp_last_step      bigint,               -- a code is taken once
    oidc_subject        text CONSTRAINT account_oidc_once UNIQUE,             -- issuer and subject, joined by a blank
    failures            int NOT NULL DEFAULT 0,
    locked_until        timestamptz,
    CONSTRAINT account_key UNIQUE (organisation_id, account_id)
);

CREATE TABLE rx.passkey (
    credential_id  bytea PRIMARY KEY,
    account_id     uuid NOT NULL REFERENCES rx.account ON DELETE CASCADE,
    public_key     bytea NOT NULL,
    sign_count     bigint NOT NULL,
    name           text NOT NULL,
    added_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rx.invitation (
    token_hash      bytea PRIMARY KEY,        -- sha256: who reads the table cannot use it
    organisation_id uuid NOT NULL REFERENCES rx.organisation,
    role            text NOT NULL,
    login           text NOT NULL,
    display_name    text NOT NULL,
    invited_by      uuid,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz
);

-- An opaque session: 15 minutes idle, 12 hours in all, ended by logout and by any change of password, role or state.
CREATE TABLE rx.session (
    token_hash       bytea PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES rx.account ON DELETE CASCADE,
    stage            text NOT NULL CONSTRAINT session_stage_known CHECK (stage IN ('password', 'complete')),
    csrf             text NOT NULL,
    opened_at        timestamptz NOT NULL DEFAULT now(),
    seen_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_account ON rx.session (account_id);

-- A signed, single-purpose link for somebody without an account, also as a short code to type or to say on the phone.
CREATE TABLE rx.access_link (
    token_hash      bytea PRIMARY KEY,
    code_hash       bytea CONSTRAINT access_link_code_once UNIQUE,
    party           text NOT NULL CONSTRAINT access_link_party_known CHECK (party IN ('host', 'patient')),
    organisation_id uuid NOT NULL,            -- of the referral: the tenant
    referral_id     uuid NOT NULL,
    patient_id      uuid NOT NULL,
    activity_id     uuid,                     -- of a host's link: what it was asked about
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);
CREATE INDEX access_link_referral ON rx.access_link (referral_id);

-- Wrong codes typed, counted without knowing who typed them.
CREATE TABLE rx.code_failure (at timestamptz NOT NULL DEFAULT now());
CREATE INDEX code_failure_at ON rx.code_failure (at);

-- Who did or saw what: written in the same transaction, never changed, sealed in batches.
CREATE TABLE audit.entry (
    entry_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id      uuid,                     -- null: a link, or the system
    organisation_id uuid,
    party           text,
    action          text NOT NULL,            -- read, insert, update, delete, sign_in, sign_in_refused, sign_out, export …
    subject         text NOT NULL,            -- a table or a page, never a person's words
    subject_id      uuid,
    patient_id      uuid,
    seen            text[] NOT NULL DEFAULT '{}'      -- columns read or changed, never their values
);
CREATE INDEX entry_patient ON audit.entry (patient_id, at) WHERE patient_id IS NOT NULL;

CREATE TABLE audit.seal (
    seal_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_id    bigint NOT NULL,
    last_id     bigint NOT NULL,
    entries     int NOT NULL,
    digest      bytea NOT NULL,               -- HMAC-SHA256 of the entries and of the seal before, with the key file's key
    key_id      text NOT NULL,
    sealed_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT ON audit.entry TO placefinder_gate;
-- Not even the owner changes what was written, unless he takes the trigger away, which the seals show.
CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$body$
BEGIN
    RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END
$body$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- Writes down one deed of the party that entered. `seen`: names of columns.
CREATE FUNCTION rx.note(action text, subject text, subject_id uuid, patient_id uuid, seen text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = rx, audit, pg_temp AS
$body$
INSERT INTO audit.entry (account_id, organisation_id, party, action, subject, subject_id, patient_id, seen)
VALUES (rx.claim('account')::uuid, rx.claim('organisation')::uuid, rx.claim('party'), action, subject, subject_id,
        patient_id, seen)
$body$;
ALTER FUNCTION rx.note OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.note TO placefinder_worker, placefinder_referrer, placefinder_link_worker, placefinder_host,
    placefinder_patient, placefinder_insurer, placefinder_municipality, placefinder_admin;

-- Writes down a write, whoever makes it: on every table about people and on accounts.
-- Trigger argument: the column with the row's id. Of a change the names of the changed columns are kept.
CREATE FUNCTION rx.note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, audit, pg_temp AS
$body$
DECLARE
    now_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    was_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
BEGIN
    PERFORM rx.note(lower(TG_OP), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, (now_row ->> TG_ARGV[0])::uuid,
        (now_row ->> 'patient_id')::uuid,
        CASE WHEN was_row IS NULL THEN '{}' ELSE
            ARRAY(SELECT key FROM jsonb_each(now_row) WHERE value IS DISTINCT FROM was_row -> key ORDER BY key) END);
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.note_write OWNER TO placefinder_gate;
CREATE TRIGGER organisation_noted AFTER INSERT OR UPDATE OR DELETE ON rx.organisation
    FOR EACH ROW EXECUTE FUNCTION rx.note_write('organisation_id');
CREATE TRIGGER account_noted AFTER INSERT OR UPDATE OR DELETE ON rx.account
    FOR EACH ROW EXECUTE FUNCTION rx.note_write('account_id');

-- Sets the claims of this transaction with their proof; a second time in the same transaction is refused.
CREATE FUNCTION rx.set_claims(party text, account uuid, organisation uuid, municipality text, referral uuid, patient uuid,
                              activity uuid DEFAULT NULL)
    RETURNS void LANGUAGE plpgsql SET search_path = rx, pg_temp AS
$body$
DECLARE
    claims text := jsonb_strip_nulls(jsonb_build_object('party', party, 'account', account, 'organisation', organisation,
        'municipality', municipality, 'referral', referral, 'patient', patient, 'activity', activity))::text;
BEGIN
    IF rx.claim('party') IS NOT NULL THEN
        RAISE EXCEPTION 'this transaction has entered already' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entered_once';
    END IF;
    PERFORM set_config('rx.claims', claims, true), set_config('rx.proof', rx.proof(claims), true);
END
$body$;
ALTER FUNCTION rx.set_claims OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.set_claims FROM PUBLIC;

CREATE FUNCTION rx.party_of(role text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$ SELECT CASE WHEN role IN ('physician', 'insurer_nurse') THEN 'referrer' ELSE role END $body$;

-- Enter with a complete session: gives who it is and sets the claims, or gives no row. Whoever comes gets 15 more minutes.
CREATE FUNCTION rx.enter(session_hash bytea)
    RETURNS TABLE (account_id uuid, organisation_id uuid, organisation_kind text, organisation_name text, role text,
                   party text, display_name text, municipality_code text, must_change_password boolean, csrf text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    who record;
BEGIN
    UPDATE rx.session s SET seen_at = now()
    WHERE s.token_hash = session_hash AND s.stage = 'complete'
      AND s.seen_at > now() - interval '15 minutes' AND s.opened_at > now() - interval '12 hours'
      AND s.seen_at < now() - interval '20 seconds';
    SELECT a.account_id, a.organisation_id, o.kind, o.name, a.role, rx.party_of(a.role) AS party, a.display_name,
           o.municipality_code, a.must_change_password, s.csrf INTO who
    FROM rx.session s JOIN rx.account a USING (account_id) JOIN rx.organisation o USING (organisation_id)
    WHERE s.token_hash = session_hash AND s.stage = 'complete' AND a.state = 'active'
      AND s.seen_at > now() - interval '15 minutes' AND s.opened_at > now() - interval '12 hours';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM rx.set_claims(who.party, who.account_id, who.organisation_id, who.municipality_code, NULL, NULL);
    RETURN QUERY SELECT who.account_id, who.organisation_id, who.kind, who.name, who.role, who.party,
        who.display_name, who.municipality_code::text, who.must_change_password, who.csrf;
END
$body$;
ALTER FUNCTION rx.enter OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.enter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.enter TO placefinder_staff;

-- Enter with a link (or the hash of a typed code) as the host or the patient of one referral, or give no row.
CREATE FUNCTION rx.enter_by_link(link_hash bytea, is_code boolean)
    RETURNS TABLE (party text, organisation_id uuid, referral_id uuid, patient_id uuid, activity_id uuid, expires_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    who rx.access_link;
BEGIN
    SELECT * INTO who FROM rx.access_link l
    WHERE (CASE WHEN is_code THEN l.code_hash ELSE l.token_hash END) = link_hash
      AND l.expires_at > now() AND l.revoked_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM rx.set_claims(who.party, NULL, NULL, NULL, who.referral_id, who.patient_id, who.activity_id);
    RETURN QUERY SELECT who.party, who.organisation_id, who.referral_id, who.patient_id, who.activity_id, who.expires_at;
END
$body$;
ALTER FUNCTION rx.enter_by_link OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.enter_by_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.enter_by_link TO placefinder_staff;

-- Enter as the system: for what is due by the clock. Only the worker's login may.
CREATE FUNCTION rx.enter_as_system() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$ SELECT rx.set_claims('system', NULL, NULL, NULL, NULL, NULL) $body$;
ALTER FUNCTION rx.enter_as_system OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.enter_as_system FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.enter_as_system TO placefinder_worker;

-- Wall of these tables. The gate sees them all; a party what its policy says, and of accounts only the harmless columns.
DO $wall$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['rx.organisation', 'rx.account', 'rx.passkey', 'rx.invitation', 'rx.session',
                                'rx.access_link', 'rx.code_failure', 'rx.claim_secret', 'audit.entry', 'audit.seal'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY gate ON %s TO placefinder_gate USING (true)', name);
    END LOOP;
END
$wall$;
GRANT SELECT ON rx.claim_secret TO placefinder_gate;
GRANT SELECT, INSERT, UPDATE ON rx.organisation, rx.account, rx.access_link TO placefinder_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON rx.passkey, rx.invitation, rx.session, rx.code_failure TO placefinder_gate;

GRANT SELECT ON rx.organisation TO placefinder_referrer, placefinder_link_worker, placefinder_host, placefinder_patient,
    placefinder_insurer, placefinder_municipality, placefinder_admin, placefinder_worker;
CREATE POLICY known_to_all_who_entered ON rx.organisation FOR SELECT
    TO placefinder_referrer, placefinder_link_worker, placefinder_host, placefinder_patient, placefinder_insurer,
       placefinder_municipality, placefinder_admin, placefinder_worker
    USING ((SELECT rx.claim('party')) IS NOT NULL);

GRANT SELECT (account_id, organisation_id, role, display_name, state) ON rx.account
    TO placefinder_referrer, placefinder_link_worker, placefinder_admin;
GRANT SELECT (login) ON rx.account TO placefinder_admin;
GRANT UPDATE (state, role) ON rx.account TO placefinder_admin;
CREATE POLICY colleagues_of_referrers ON rx.account FOR SELECT TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY colleagues_of_link_workers ON rx.account FOR SELECT TO placefinder_link_worker USING (organisation_id = (SELECT rx.own('link_worker')));
CREATE POLICY own_accounts_of_admins ON rx.account TO placefinder_admin USING (organisation_id = (SELECT rx.own('admin')));

GRANT SELECT (organisation_id, role, login, display_name, expires_at, used_at), INSERT ON rx.invitation TO placefinder_admin;
CREATE POLICY own_invitations_of_admins ON rx.invitation TO placefinder_admin USING (organisation_id = (SELECT rx.own('admin')));
