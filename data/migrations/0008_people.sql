-- People: patients, consent, screening, plans, referrals and what became of them. Every table is walled off by row.

-- The journey (紹介の経過), from data/codelists: states, moves and reasons, the same rows in program, database and pages.
CREATE TABLE rx.journey_state (
    state text PRIMARY KEY, position int NOT NULL, waits_for text, fhir_status text NOT NULL,
    due_days int,                             -- so long after reaching it somebody should have acted; null: no clock of its own
    name_ja text NOT NULL, name_easy text NOT NULL, name_en text NOT NULL
);
CREATE TABLE rx.journey_move (
    move text PRIMARY KEY, position int NOT NULL, from_states text[] NOT NULL, to_state text NOT NULL,  -- '*held', '*same'
    parties text[] NOT NULL, reason_groups text[] NOT NULL,   -- not empty: a reason of one of these groups is needed
    name_ja text NOT NULL, name_en text NOT NULL
);
CREATE TABLE rx.reason (
    reason text PRIMARY KEY, position int NOT NULL, reason_group text NOT NULL, next_action text NOT NULL,
    name_ja text NOT NULL, name_easy text NOT NULL, name_en text NOT NULL
);

CREATE TABLE rx.patient (
    patient_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id   uuid NOT NULL REFERENCES rx.organisation,     -- who registered them: the tenant
    municipality_code char(6) NOT NULL,
    birth_year        smallint CONSTRAINT patient_birth_year_possible CHECK (birth_year BETWEEN 1890 AND 2100),
    age_band          text NOT NULL CONSTRAINT patient_age_band_known CHECK (age_band IN
        ('0-5', '6-15', '16-39', '40-64', '65-74', '75-84', '85+')),
    sex               text CONSTRAINT patient_sex_known CHECK (sex IN ('female', 'male', 'other')),
    district_id       uuid,                   -- school district of the home
    -- Never exact: 3 decimals, about 100 m.
    home_point_6668   geometry(Point, 6668) CONSTRAINT patient_home_rounded CHECK (home_point_6668 IS NULL OR
        (ST_X(home_point_6668)::numeric = round(ST_X(home_point_6668)::numeric, 3)
         AND ST_Y(home_point_6668)::numeric = round(ST_Y(home_point_6668)::numeric, 3))),
    mobility          text NOT NULL DEFAULT 'adult' CONSTRAINT patient_mobility_known CHECK (mobility IN
        ('frail', '75+', '65-74', 'adult', 'child', 'pram', 'wheelchair', 'bicycle', 'car_or_bus')),
    interests         text[] NOT NULL DEFAULT '{}',
    needs             text[] NOT NULL DEFAULT '{}',
    free_minutes      int4multirange,         -- minutes since Monday 00:00 when they can come; null: unknown
    price_max         int,                    -- yen for one visit; null: unknown
    avoid             uuid[] NOT NULL DEFAULT '{}',   -- places, activities or organisations they must not meet: absolute
    insurer_id        uuid REFERENCES rx.organisation,
    identity_sealed   bytea,                  -- name, kana, phone, chart number as sealed JSON (AES-GCM, bound to this row)
    made_at           timestamptz NOT NULL DEFAULT now(),
    made_by           uuid,
    CONSTRAINT patient_key UNIQUE (organisation_id, patient_id)
);
CREATE INDEX patient_organisation ON rx.patient (organisation_id, made_at);

-- Consent (同意) to tell one recipient, for one purpose, in the words of one text, until a day. Withdrawn: over at once.
CREATE TABLE rx.consent (
    consent_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    patient_id      uuid NOT NULL,
    purpose         text NOT NULL CONSTRAINT consent_purpose_known CHECK (purpose IN
        ('link_worker', 'host', 'insurer', 'municipality')),
    recipient_id    uuid NOT NULL,            -- an organisation; for a host the activity
    text_version    text NOT NULL,
    given_by        text NOT NULL CONSTRAINT consent_given_by_known CHECK (given_by IN ('self', 'guardian')),
    given_how       text NOT NULL CONSTRAINT consent_given_how_known CHECK (given_how IN ('paper', 'spoken', 'online')),
    given_at        timestamptz NOT NULL DEFAULT now(),
    expires_on      date NOT NULL,
    withdrawn_at    timestamptz,
    recorded_by     uuid,
    CONSTRAINT consent_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id)
);
CREATE INDEX consent_patient ON rx.consent (patient_id, purpose, recipient_id);
CREATE INDEX consent_recipient ON rx.consent (recipient_id, purpose);

-- Sharing decided by a regional council (地域協議会) under its duty of secrecy: no consent, and never counted as one.
CREATE TABLE rx.council_sharing (
    sharing_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    patient_id      uuid NOT NULL,
    recipient_id    uuid NOT NULL REFERENCES rx.organisation,
    council         text NOT NULL,
    decided_on      date NOT NULL,
    ends_on         date NOT NULL,
    recorded_by     uuid,
    CONSTRAINT council_sharing_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id)
);
CREATE INDEX council_sharing_patient ON rx.council_sharing (patient_id, recipient_id);

CREATE TABLE rx.referral (
    referral_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id   uuid NOT NULL,
    patient_id        uuid NOT NULL,
    municipality_code char(6) NOT NULL,
    made_by           uuid NOT NULL,
    made_at           timestamptz NOT NULL DEFAULT now(),
    state             text NOT NULL DEFAULT 'draft' REFERENCES rx.journey_state,
    version           int NOT NULL DEFAULT 1,         -- the ETag: every change adds one
    state_since       timestamptz NOT NULL DEFAULT now(),
    move              text NOT NULL DEFAULT 'make',   -- the last one
    reason            text REFERENCES rx.reason,      -- of the last move
    held_from         text,                           -- on hold: the state to go back to
    held_until        date,
    link_office_id    uuid REFERENCES rx.organisation,
    handed_from_id    uuid REFERENCES rx.organisation,    -- while it is being handed over: the office that gave it away
    worker_id         uuid,                           -- the link worker's account
    activity_id       uuid,                           -- what is asked, booked or attended
    place_id          uuid,
    booked_for        date,
    next_action       text,                           -- of the link worker: a code of rx.reason.next_action or a state's
    due_on            date,
    outcome           text CONSTRAINT referral_outcome_known CHECK (outcome IN
        ('met', 'partly_met', 'not_met', 'declined', 'unknown')),
    follows_id        uuid,                           -- a re-referral: the one before
    CONSTRAINT referral_key UNIQUE (organisation_id, referral_id),
    CONSTRAINT referral_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id),
    CONSTRAINT referral_follows FOREIGN KEY (organisation_id, follows_id) REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX referral_patient ON rx.referral (patient_id);
CREATE INDEX referral_organisation ON rx.referral (organisation_id, made_at);
CREATE INDEX referral_office ON rx.referral (link_office_id, due_on);
CREATE INDEX referral_activity ON rx.referral (activity_id) WHERE activity_id IS NOT NULL;

-- Who may be told whether somebody consented: else the answer would tell of people behind the wall. Without a claim only
-- who needs none (the owner, at a load) is told.
CREATE FUNCTION rx.may_ask(patient uuid, recipient uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = rx, pg_temp AS
$body$
SELECT CASE rx.claim('party')
    WHEN 'system' THEN true
    WHEN 'patient' THEN patient = rx.claim('patient')::uuid
    WHEN 'host' THEN patient = rx.claim('patient')::uuid AND recipient = rx.claim('activity')::uuid
    WHEN 'referrer' THEN EXISTS (SELECT FROM rx.patient p WHERE p.patient_id = patient
                                 AND p.organisation_id = rx.claim('organisation')::uuid)
    WHEN 'link_worker' THEN recipient = rx.claim('organisation')::uuid OR EXISTS (
        SELECT FROM rx.referral r WHERE r.patient_id = patient
        AND rx.claim('organisation')::uuid IN (r.link_office_id, r.handed_from_id))
    WHEN 'insurer' THEN recipient = rx.claim('organisation')::uuid
    WHEN 'municipality' THEN recipient = rx.claim('organisation')::uuid
    ELSE session_user NOT IN ('placefinder_staff', 'placefinder_worker', 'placefinder_public') END
$body$;
ALTER FUNCTION rx.may_ask OWNER TO placefinder_gate;

-- Does a valid consent stand? Policies ask it, so it looks behind the wall itself: it tells yes or no, and no row.
CREATE FUNCTION rx.consented(patient uuid, for_purpose text, recipient uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = rx, pg_temp AS
$body$
SELECT EXISTS (SELECT FROM rx.consent c WHERE c.patient_id = patient AND c.purpose = for_purpose
               AND c.recipient_id = recipient AND c.withdrawn_at IS NULL
               AND c.expires_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
    AND rx.may_ask(patient, recipient)
$body$;
ALTER FUNCTION rx.consented OWNER TO placefinder_gate;

-- May a link worker's office know this patient: by consent, or by a council's decision.
CREATE FUNCTION rx.office_may_know(patient uuid, office uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = rx, pg_temp AS
$body$
SELECT rx.consented(patient, 'link_worker', office)
    OR (EXISTS (SELECT FROM rx.council_sharing s WHERE s.patient_id = patient AND s.recipient_id = office
                AND s.ends_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
        AND rx.may_ask(patient, office))
$body$;
ALTER FUNCTION rx.office_may_know OWNER TO placefinder_gate;

REVOKE EXECUTE ON FUNCTION rx.may_ask, rx.consented, rx.office_may_know FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.consented, rx.office_may_know TO placefinder_referrer, placefinder_link_worker, placefinder_host,
    placefinder_patient, placefinder_worker;

-- A consent is withdrawn once, now, and never taken back: another one needs another yes.
CREATE FUNCTION rx.keep_withdrawal() RETURNS trigger LANGUAGE plpgsql AS
$body$
BEGIN
    IF to_jsonb(NEW) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(OLD) - 'withdrawn_at' THEN
        RAISE EXCEPTION 'of a consent only the withdrawal is added' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'consent_only_withdrawn';
    END IF;
    NEW.withdrawn_at := coalesce(OLD.withdrawn_at, CASE WHEN NEW.withdrawn_at IS NOT NULL THEN now() END);
    RETURN NEW;
END
$body$;
CREATE TRIGGER consent_withdrawal BEFORE UPDATE ON rx.consent FOR EACH ROW EXECUTE FUNCTION rx.keep_withdrawal();

-- A link leads to a referral and a patient of one tenant.
ALTER TABLE rx.access_link
    ADD CONSTRAINT access_link_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id),
    ADD CONSTRAINT access_link_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id);

-- What happened (経過): appended by the database with every change of a referral, never changed.
CREATE TABLE rx.referral_event (
    organisation_id uuid NOT NULL,
    referral_id     uuid NOT NULL,
    version         int NOT NULL,
    move            text NOT NULL,
    from_state      text,
    to_state        text NOT NULL,
    reason          text,
    at              timestamptz NOT NULL,
    account_id      uuid,
    party           text,
    activity_id     uuid,
    link_office_id  uuid,
    booked_for      date,
    outcome         text,
    PRIMARY KEY (referral_id, version),
    CONSTRAINT referral_event_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX referral_event_at ON rx.referral_event (at);

-- What was suggested, why, and how likely it was to be shown (propensity): for an honest evaluation later.
CREATE TABLE rx.suggestion (
    organisation_id uuid NOT NULL,
    referral_id     uuid NOT NULL,
    round           int NOT NULL DEFAULT 1,
    rank            int NOT NULL,
    activity_id     uuid NOT NULL,
    place_id        uuid NOT NULL,
    score           float8 NOT NULL,
    parts           jsonb NOT NULL,           -- {"reach": 0.8, …}
    reasons         jsonb NOT NULL,
    unknowns        jsonb NOT NULL,
    propensity      float8 NOT NULL CONSTRAINT suggestion_propensity_possible CHECK (propensity > 0 AND propensity <= 1),
    small_start     boolean NOT NULL,
    candidates      int NOT NULL,
    shown_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (referral_id, round, rank),
    CONSTRAINT suggestion_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX suggestion_activity ON rx.suggestion (activity_id, shown_at);

-- Who came when, as told by whom; a later row about the same day and teller replaces the earlier one.
CREATE TABLE rx.attendance (
    attendance_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    referral_id     uuid NOT NULL,
    activity_id     uuid NOT NULL,
    held_on         date NOT NULL,
    came            boolean NOT NULL,
    told_by         text NOT NULL CONSTRAINT attendance_told_by_known CHECK (told_by IN ('place', 'slip', 'worker', 'self')),
    recorded_by     uuid,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attendance_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX attendance_referral ON rx.attendance (referral_id, held_on);

CREATE TABLE rx.contact (
    contact_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    referral_id     uuid NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    channel         text NOT NULL CONSTRAINT contact_channel_known CHECK (channel IN
        ('phone', 'visit', 'letter', 'meeting', 'message', 'fax')),
    with_whom       text NOT NULL CONSTRAINT contact_with_known CHECK (with_whom IN ('person', 'family', 'place', 'referrer')),
    two_way         boolean NOT NULL,
    note_sealed     bytea,
    recorded_by     uuid,
    CONSTRAINT contact_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX contact_referral ON rx.contact (referral_id, at);

-- Answers to a loneliness instrument; the two UCLA-3 versions are different instruments.
CREATE TABLE rx.screening (
    screening_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    patient_id      uuid NOT NULL,
    instrument      text NOT NULL CONSTRAINT screening_instrument_known CHECK (instrument IN
        ('direct', 'ucla3_government', 'ucla3_research')),
    answers         smallint[] NOT NULL,
    asked_on        date NOT NULL,
    recorded_by     uuid,
    CONSTRAINT screening_answers_possible CHECK (
        CASE instrument WHEN 'direct' THEN cardinality(answers) = 1 AND 1 <= ALL (answers) AND 5 >= ALL (answers)
             WHEN 'ucla3_government' THEN cardinality(answers) = 3 AND 1 <= ALL (answers) AND 4 >= ALL (answers)
             ELSE cardinality(answers) = 3 AND 1 <= ALL (answers) AND 3 >= ALL (answers) END),
    CONSTRAINT screening_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id)
);
CREATE INDEX screening_patient ON rx.screening (patient_id, asked_on);

-- One plan: goals in the person's words, barriers, needs, health guidance (保健指導・栄養指導) beside the places.
CREATE TABLE rx.plan_line (
    line_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    patient_id      uuid NOT NULL,
    kind            text NOT NULL CONSTRAINT plan_line_kind_known CHECK (kind IN
        ('goal', 'barrier', 'need', 'health_guidance', 'nutrition_guidance')),
    text_sealed     bytea NOT NULL,
    due_on          date,
    done_on         date,
    recorded_by     uuid,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_line_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id)
);
CREATE INDEX plan_line_patient ON rx.plan_line (patient_id);

-- Third-party provision (第三者提供) on record, at least three years.
CREATE TABLE rx.disclosure (
    disclosure_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    patient_id      uuid NOT NULL,
    referral_id     uuid,
    recipient_kind  text NOT NULL CONSTRAINT disclosure_recipient_known CHECK (recipient_kind IN
        ('link_worker', 'host', 'insurer', 'municipality')),
    recipient_id    uuid NOT NULL,
    basis           text NOT NULL CONSTRAINT disclosure_basis_known CHECK (basis IN ('consent', 'council')),
    basis_id        uuid NOT NULL,
    what            text[] NOT NULL,          -- names of the facts told
    at              timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT disclosure_of_a_patient FOREIGN KEY (organisation_id, patient_id)
        REFERENCES rx.patient (organisation_id, patient_id),
    CONSTRAINT disclosure_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE INDEX disclosure_patient ON rx.disclosure (patient_id, at);

-- What a place says about taking people; about no person.
CREATE TABLE rx.host_notice (
    notice_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    activity_id uuid NOT NULL,
    state       text NOT NULL CONSTRAINT host_notice_state_known CHECK (state IN ('open', 'full', 'paused')),
    until       date,
    said_by     text NOT NULL,
    said_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX host_notice_activity ON rx.host_notice (activity_id, said_at DESC);

-- Something about a listing that somebody must find out, opened by a referral's reason; about no person.
CREATE TABLE rx.verification_task (
    task_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    municipality_code char(6) NOT NULL,
    activity_id       uuid NOT NULL,
    reason            text NOT NULL REFERENCES rx.reason,
    opened_at         timestamptz NOT NULL DEFAULT now(),
    settled_at        timestamptz,
    settled_by        uuid
);
CREATE INDEX verification_task_open ON rx.verification_task (municipality_code, opened_at) WHERE settled_at IS NULL;

-- What was needed and not there; by district and age band, without the person.
CREATE TABLE rx.unmet_need (
    need_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    municipality_code char(6) NOT NULL,
    district_id       uuid,
    age_band          text NOT NULL,
    reason            text NOT NULL REFERENCES rx.reason,
    interests         text[] NOT NULL DEFAULT '{}',
    opened_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unmet_need_where ON rx.unmet_need (municipality_code, district_id);

-- A request repeated with the same key is answered from what it made, and never made twice.
CREATE TABLE rx.idempotency (
    actor         text NOT NULL,              -- account, or referral of a link
    key           text NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 8 AND 200),
    fingerprint   bytea NOT NULL,             -- of the request: another one with the same key is refused
    referral_id   uuid NOT NULL,
    version       int NOT NULL,               -- of the referral after it
    at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);

-- --- The journey is kept by the database -------------------------------------------------------------------------

CREATE FUNCTION rx.keep_journey() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    step rx.journey_move;
    party text := rx.claim('party');
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'a referral begins as a draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_begins_as_draft';
        END IF;
        NEW.move := 'make';
        NEW.made_at := now();
        NEW.state_since := now();
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'a change adds one to the version' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_version_follows';
    END IF;
    IF (NEW.referral_id, NEW.organisation_id, NEW.patient_id, NEW.made_at, NEW.made_by)
        IS DISTINCT FROM (OLD.referral_id, OLD.organisation_id, OLD.patient_id, OLD.made_at, OLD.made_by) THEN
        RAISE EXCEPTION 'whose referral it is never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_stays_whose_it_is';
    END IF;
    SELECT * INTO step FROM rx.journey_move m WHERE m.move = NEW.move;
    IF NOT FOUND OR NOT OLD.state = ANY (step.from_states) OR NOT party = ANY (step.parties)
        OR NEW.state IS DISTINCT FROM (CASE step.to_state WHEN '*held' THEN OLD.held_from WHEN '*same' THEN OLD.state ELSE step.to_state END) THEN
        RAISE EXCEPTION 'no such move from here' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_move_known';
    END IF;
    IF step.reason_groups <> '{}' AND NOT EXISTS (
        SELECT FROM rx.reason r WHERE r.reason = NEW.reason AND r.reason_group = ANY (step.reason_groups)) THEN
        RAISE EXCEPTION 'this move needs a reason' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_reason_needed';
    END IF;
    IF NEW.state IN ('consented', 'sent') AND NEW.move IN ('accept_offer', 'send')
        AND NOT rx.office_may_know(NEW.patient_id, NEW.link_office_id) THEN
        RAISE EXCEPTION 'consent for the link worker is missing' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_consent_for_link_worker';
    END IF;
    IF NEW.move = 'ask_place' AND (NEW.activity_id IS NULL OR NOT rx.consented(NEW.patient_id, 'host', NEW.activity_id)) THEN
        RAISE EXCEPTION 'consent for the host is missing' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_consent_for_host';
    END IF;
    IF NEW.move = 'hand_over' AND NOT rx.office_may_know(NEW.patient_id, NEW.link_office_id) THEN
        RAISE EXCEPTION 'consent for the new office is missing' USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_consent_for_link_worker';
    END IF;
    IF NEW.move = 'hand_over' THEN
        NEW.handed_from_id := OLD.link_office_id;
        NEW.worker_id := NULL;
    ELSIF NEW.state <> 'transferred' THEN
        NEW.handed_from_id := NULL;
    END IF;
    IF NEW.state = 'on_hold' AND OLD.state <> 'on_hold' THEN
        NEW.held_from := OLD.state;
    ELSIF NEW.state <> 'on_hold' THEN
        NEW.held_from := NULL;
        NEW.held_until := NULL;
    END IF;
    IF NEW.state <> OLD.state THEN
        NEW.state_since := now();
    END IF;
    -- By when somebody should act: what a link worker says, else the state's own clock, else as before.
    IF NEW.due_on IS NOT DISTINCT FROM OLD.due_on AND NEW.state <> OLD.state THEN
        SELECT CASE WHEN s.waits_for IS NULL THEN NULL
                    WHEN s.state = 'booked' THEN NEW.booked_for
                    WHEN s.state = 'on_hold' THEN NEW.held_until
                    WHEN s.due_days IS NULL THEN OLD.due_on
                    ELSE (now() AT TIME ZONE 'Asia/Tokyo')::date + s.due_days END
            INTO NEW.due_on FROM rx.journey_state s WHERE s.state = NEW.state;
    END IF;
    IF NEW.next_action IS NOT DISTINCT FROM OLD.next_action THEN   -- a reason leads somewhere; any other step is its own answer
        NEW.next_action := (SELECT r.next_action FROM rx.reason r WHERE r.reason = NEW.reason AND step.reason_groups <> '{}');
    END IF;
    RETURN NEW;
END
$body$;
ALTER FUNCTION rx.keep_journey OWNER TO placefinder_gate;
CREATE TRIGGER referral_journey BEFORE INSERT OR UPDATE ON rx.referral FOR EACH ROW EXECUTE FUNCTION rx.keep_journey();

CREATE FUNCTION rx.append_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    INSERT INTO rx.referral_event (organisation_id, referral_id, version, move, from_state, to_state, reason, at,
                                   account_id, party, activity_id, link_office_id, booked_for, outcome)
    VALUES (NEW.organisation_id, NEW.referral_id, NEW.version, NEW.move,
            CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state, NEW.reason, now(),
            rx.claim('account')::uuid, rx.claim('party'), NEW.activity_id, NEW.link_office_id, NEW.booked_for, NEW.outcome);
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.append_event OWNER TO placefinder_gate;
CREATE TRIGGER referral_event_appended AFTER INSERT OR UPDATE ON rx.referral FOR EACH ROW EXECUTE FUNCTION rx.append_event();

DO $append_only$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['referral_event', 'attendance', 'disclosure', 'contact', 'screening'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON rx.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name || '_append_only', name);
    END LOOP;
END
$append_only$;

-- --- The wall ----------------------------------------------------------------------------------------------------

DO $wall$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM (VALUES
        ('patient', 'patient_id'), ('consent', 'consent_id'), ('council_sharing', 'sharing_id'), ('referral', 'referral_id'),
        ('suggestion', 'referral_id'), ('attendance', 'attendance_id'), ('contact', 'contact_id'),
        ('screening', 'screening_id'), ('plan_line', 'line_id'), ('disclosure', 'disclosure_id'),
        ('host_notice', 'notice_id'), ('verification_task', 'task_id'), ('unmet_need', 'need_id'),
        ('referral_event', NULL), ('idempotency', NULL)) AS t (name, id) LOOP
        EXECUTE format('ALTER TABLE rx.%I ENABLE ROW LEVEL SECURITY', one.name);
        EXECUTE format('ALTER TABLE rx.%I FORCE ROW LEVEL SECURITY', one.name);
        EXECUTE format('CREATE POLICY gate ON rx.%I TO placefinder_gate USING (true)', one.name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON rx.%I TO placefinder_gate', one.name);
        IF one.id IS NOT NULL THEN
            EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON rx.%I
                            FOR EACH ROW EXECUTE FUNCTION rx.note_write(%L)', one.name || '_noted', one.name, one.id);
        END IF;
    END LOOP;
END
$wall$;

REVOKE UPDATE ON rx.referral_event, rx.attendance, rx.disclosure, rx.contact, rx.screening, rx.suggestion,
    rx.idempotency FROM placefinder_gate;

-- Code lists: anybody who entered reads them.
GRANT SELECT ON rx.journey_state, rx.journey_move, rx.reason TO placefinder_referrer, placefinder_link_worker,
    placefinder_host, placefinder_patient, placefinder_insurer, placefinder_municipality, placefinder_worker, placefinder_gate;

-- Physicians and insurers' nurses: their own organisation's patients.
GRANT SELECT, INSERT ON rx.patient, rx.consent, rx.council_sharing, rx.referral, rx.suggestion, rx.screening, rx.plan_line,
    rx.disclosure TO placefinder_referrer;
GRANT SELECT ON rx.referral_event, rx.attendance, rx.host_notice TO placefinder_referrer;
GRANT UPDATE (birth_year, age_band, sex, district_id, home_point_6668, municipality_code, mobility, interests, needs,
              free_minutes, price_max, avoid, insurer_id, identity_sealed) ON rx.patient TO placefinder_referrer;
GRANT UPDATE (withdrawn_at) ON rx.consent TO placefinder_referrer;
GRANT UPDATE (state, version, move, reason, link_office_id, activity_id, place_id, outcome, next_action, due_on)
    ON rx.referral TO placefinder_referrer;
GRANT UPDATE (text_sealed, due_on, done_on) ON rx.plan_line TO placefinder_referrer;
GRANT INSERT ON rx.verification_task, rx.unmet_need TO placefinder_referrer;
CREATE POLICY own_patients ON rx.patient TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_consents ON rx.consent TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_sharings ON rx.council_sharing TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_referrals ON rx.referral TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_suggestions ON rx.suggestion TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_screenings ON rx.screening TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_plans ON rx.plan_line TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_disclosures ON rx.disclosure TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_events ON rx.referral_event FOR SELECT TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));
CREATE POLICY own_attendances ON rx.attendance FOR SELECT TO placefinder_referrer USING (organisation_id = (SELECT rx.own('referrer')));

-- Link workers: whom they may know by consent or by a council's decision, through a referral to their office.
GRANT SELECT ON rx.patient, rx.consent, rx.council_sharing, rx.referral, rx.referral_event, rx.suggestion, rx.attendance,
    rx.contact, rx.screening, rx.plan_line, rx.disclosure, rx.host_notice, rx.verification_task TO placefinder_link_worker;
GRANT INSERT ON rx.consent, rx.suggestion, rx.attendance, rx.contact, rx.screening, rx.plan_line, rx.disclosure,
    rx.host_notice, rx.verification_task, rx.unmet_need TO placefinder_link_worker;
GRANT UPDATE (mobility, interests, needs, free_minutes, price_max, avoid) ON rx.patient TO placefinder_link_worker;
GRANT UPDATE (withdrawn_at) ON rx.consent TO placefinder_link_worker;
GRANT UPDATE (state, version, move, reason, held_until, link_office_id, worker_id, activity_id, place_id, booked_for,
              next_action, due_on, outcome) ON rx.referral TO placefinder_link_worker;
GRANT UPDATE (text_sealed, due_on, done_on) ON rx.plan_line TO placefinder_link_worker;
GRANT UPDATE (settled_at, settled_by) ON rx.verification_task TO placefinder_link_worker;
CREATE POLICY consents_to_us ON rx.consent FOR SELECT TO placefinder_link_worker
    USING (recipient_id = (SELECT rx.own('link_worker')));
CREATE POLICY sharings_with_us ON rx.council_sharing FOR SELECT TO placefinder_link_worker
    USING (recipient_id = (SELECT rx.own('link_worker')));
CREATE POLICY known_patients ON rx.patient TO placefinder_link_worker
    USING (EXISTS (SELECT FROM rx.referral r WHERE r.patient_id = patient.patient_id));   -- one that this office sees
-- Seen while it is at this office, and by the office that hands it over until the other one has taken it up.
CREATE POLICY referrals_to_us ON rx.referral FOR SELECT TO placefinder_link_worker
    USING ((SELECT rx.own('link_worker')) IN (link_office_id, handed_from_id)
           AND state NOT IN ('draft', 'offered', 'consented', 'declined_offer')
           AND rx.office_may_know(patient_id, (SELECT rx.own('link_worker'))));
CREATE POLICY moves_by_us ON rx.referral FOR UPDATE TO placefinder_link_worker
    USING (link_office_id = (SELECT rx.own('link_worker'))
           AND state NOT IN ('draft', 'offered', 'consented', 'declined_offer')
           AND rx.office_may_know(patient_id, (SELECT rx.own('link_worker'))))
    WITH CHECK ((SELECT rx.own('link_worker')) IN (link_office_id, handed_from_id));

-- Hosts: the one referral of their link, while the consent for them stands; of the person only what a welcome needs.
GRANT SELECT (referral_id, organisation_id, patient_id, municipality_code, state, version, state_since, held_from, activity_id,
              place_id, booked_for, link_office_id, due_on, made_by, made_at, move) ON rx.referral TO placefinder_host;
GRANT UPDATE (state, version, move, reason, booked_for) ON rx.referral TO placefinder_host;
GRANT SELECT (patient_id, age_band, needs, interests, identity_sealed) ON rx.patient TO placefinder_host;
GRANT SELECT (patient_id, purpose, recipient_id, withdrawn_at, expires_on) ON rx.consent TO placefinder_host;
GRANT SELECT, INSERT ON rx.attendance, rx.host_notice TO placefinder_host;
GRANT INSERT ON rx.disclosure TO placefinder_host;
GRANT INSERT ON rx.verification_task TO placefinder_host;
CREATE POLICY consent_for_this_host ON rx.consent FOR SELECT TO placefinder_host
    USING ((SELECT rx.claim('party')) = 'host' AND patient_id = (SELECT rx.claim('patient'))::uuid AND purpose = 'host'
           AND recipient_id = (SELECT rx.claim('activity'))::uuid);
CREATE POLICY asked_referral ON rx.referral TO placefinder_host
    USING ((SELECT rx.claim('party')) = 'host' AND referral_id = (SELECT rx.claim('referral'))::uuid
           AND activity_id = (SELECT rx.claim('activity'))::uuid AND rx.consented(patient_id, 'host', activity_id));
CREATE POLICY asked_patient ON rx.patient FOR SELECT TO placefinder_host
    USING ((SELECT rx.claim('party')) = 'host' AND patient_id = (SELECT rx.claim('patient'))::uuid
           AND rx.consented(patient_id, 'host', (SELECT rx.claim('activity'))::uuid));

-- Patients: their own.
GRANT SELECT (patient_id, organisation_id, age_band, district_id, mobility, interests, needs) ON rx.patient TO placefinder_patient;
GRANT SELECT ON rx.consent, rx.referral, rx.referral_event, rx.suggestion, rx.attendance, rx.disclosure, rx.host_notice
    TO placefinder_patient;
GRANT UPDATE (withdrawn_at) ON rx.consent TO placefinder_patient;
GRANT UPDATE (state, version, move, reason) ON rx.referral TO placefinder_patient;
GRANT INSERT ON rx.attendance TO placefinder_patient;
CREATE POLICY myself ON rx.patient FOR SELECT TO placefinder_patient
    USING ((SELECT rx.claim('party')) = 'patient' AND patient_id = (SELECT rx.claim('patient'))::uuid);
CREATE POLICY my_consents ON rx.consent TO placefinder_patient
    USING ((SELECT rx.claim('party')) = 'patient' AND patient_id = (SELECT rx.claim('patient'))::uuid);
CREATE POLICY my_referrals ON rx.referral TO placefinder_patient
    USING ((SELECT rx.claim('party')) = 'patient' AND patient_id = (SELECT rx.claim('patient'))::uuid);
CREATE POLICY my_disclosures ON rx.disclosure FOR SELECT TO placefinder_patient
    USING ((SELECT rx.claim('party')) = 'patient' AND patient_id = (SELECT rx.claim('patient'))::uuid);

-- What hangs on a referral or a patient is seen and added to by whoever sees that.
DO $hanging$
DECLARE
    one record;
    role text;
BEGIN
    FOR one IN SELECT * FROM (VALUES ('referral_event', 'referral'), ('suggestion', 'referral'), ('attendance', 'referral'),
        ('contact', 'referral'), ('screening', 'patient'), ('plan_line', 'patient'), ('disclosure', 'patient')) AS t (name, on_what) LOOP
        FOREACH role IN ARRAY ARRAY['link_worker', 'host', 'patient'] LOOP
            EXECUTE format(
                'CREATE POLICY %I ON rx.%I TO %I USING (EXISTS (SELECT FROM rx.%I r WHERE r.%I = %I.%I))',
                'seen_with_its_' || one.on_what || '_by_' || role, one.name, 'placefinder_' || role,
                one.on_what, one.on_what || '_id', one.name, one.on_what || '_id');
        END LOOP;
    END LOOP;
END
$hanging$;
-- A link worker writes down a consent to a host that the person gave by phone.
CREATE POLICY consents_written_by_link_workers ON rx.consent FOR INSERT TO placefinder_link_worker
    WITH CHECK (purpose IN ('host', 'link_worker') AND EXISTS (
        SELECT FROM rx.patient p WHERE p.patient_id = consent.patient_id AND p.organisation_id = consent.organisation_id));
CREATE POLICY host_consents_of_known_patients ON rx.consent FOR SELECT TO placefinder_link_worker
    USING (purpose = 'host' AND EXISTS (
        SELECT FROM rx.referral r WHERE r.patient_id = consent.patient_id));
CREATE POLICY withdrawals_told_to_link_workers ON rx.consent FOR UPDATE TO placefinder_link_worker
    USING (recipient_id = (SELECT rx.own('link_worker'))
           OR (purpose = 'host' AND EXISTS (SELECT FROM rx.referral r WHERE r.patient_id = consent.patient_id)))
    WITH CHECK (withdrawn_at IS NOT NULL);
-- Who tells is who is asked: nobody confirms an attendance in another one's name, nor notes a disclosure to somebody else.
CREATE POLICY told_by_this_host ON rx.attendance AS RESTRICTIVE FOR INSERT TO placefinder_host
    WITH CHECK (told_by IN ('place', 'slip') AND activity_id = (SELECT rx.claim('activity'))::uuid);
CREATE POLICY told_by_the_person ON rx.attendance AS RESTRICTIVE FOR INSERT TO placefinder_patient WITH CHECK (told_by = 'self');
CREATE POLICY disclosed_to_this_host ON rx.disclosure AS RESTRICTIVE FOR INSERT TO placefinder_host
    WITH CHECK (recipient_kind = 'host' AND recipient_id = (SELECT rx.claim('activity'))::uuid);

-- About places, not people.
CREATE POLICY said_by_hosts ON rx.host_notice TO placefinder_referrer, placefinder_link_worker, placefinder_host,
    placefinder_patient, placefinder_worker USING ((SELECT rx.claim('party')) IS NOT NULL);
CREATE POLICY tasks_opened ON rx.verification_task TO placefinder_referrer, placefinder_link_worker, placefinder_host,
    placefinder_worker USING ((SELECT rx.claim('party')) IS NOT NULL);
CREATE POLICY needs_opened ON rx.unmet_need TO placefinder_referrer, placefinder_link_worker, placefinder_worker
    USING ((SELECT rx.claim('party')) IS NOT NULL);
CREATE POLICY own_requests ON rx.idempotency TO placefinder_referrer, placefinder_link_worker, placefinder_host, placefinder_patient
    USING (actor = coalesce((SELECT rx.claim('account')), (SELECT rx.claim('referral'))));
GRANT SELECT, INSERT ON rx.idempotency TO placefinder_referrer, placefinder_link_worker, placefinder_host, placefinder_patient;

-- The system: what is due by the clock. It never needs to know who somebody is.
GRANT SELECT ON rx.referral, rx.referral_event, rx.consent, rx.council_sharing, rx.attendance, rx.host_notice TO placefinder_worker;
GRANT SELECT (patient_id, organisation_id, municipality_code, district_id, age_band, interests, insurer_id) ON rx.patient TO placefinder_worker;
GRANT UPDATE (state, version, move, reason, next_action, due_on) ON rx.referral TO placefinder_worker;
GRANT INSERT ON rx.verification_task, rx.unmet_need TO placefinder_worker;
DO $system$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['referral', 'referral_event', 'consent', 'council_sharing', 'attendance', 'patient'] LOOP
        EXECUTE format('CREATE POLICY by_the_clock ON rx.%I TO placefinder_worker USING ((SELECT rx.claim(''party'')) = ''system'')', name);
    END LOOP;
END
$system$;
