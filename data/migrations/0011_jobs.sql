-- What follows from a step by itself: disclosures on record, links that end, and what is due by the clock.

-- The trigger that notes writes makes JSON of rows, and PostGIS looks for the name of their reference system.
GRANT USAGE ON SCHEMA public TO placefinder_gate;
GRANT SELECT ON public.spatial_ref_sys TO placefinder_gate;

-- What a deployment may set and the database itself must know; set by the owner when the program starts.
CREATE TABLE rx.rule (
    one            boolean PRIMARY KEY DEFAULT true CONSTRAINT rule_is_one CHECK (one),
    guardian_below int NOT NULL DEFAULT 16 CONSTRAINT rule_guardian_age_possible CHECK (guardian_below BETWEEN 0 AND 25)
);
INSERT INTO rx.rule DEFAULT VALUES;
ALTER TABLE rx.rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE rx.rule FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON rx.rule TO placefinder_gate USING (true);
GRANT SELECT ON rx.rule TO placefinder_gate;

-- Below which age a guardian (保護者) says yes.
CREATE FUNCTION rx.guardian_below() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = rx, pg_temp AS
$body$ SELECT guardian_below FROM rx.rule $body$;
ALTER FUNCTION rx.guardian_below OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.guardian_below FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.guardian_below TO placefinder_referrer, placefinder_link_worker;

-- A child's yes is a guardian's. A birthday counts as not reached yet, and an age band by its youngest.
CREATE FUNCTION rx.check_guardian() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    IF NEW.given_by = 'self' AND EXISTS (
        SELECT FROM rx.patient p WHERE p.patient_id = NEW.patient_id
        AND coalesce(extract(year FROM now() AT TIME ZONE 'Asia/Tokyo')::int - p.birth_year - 1,
                     substring(p.age_band FROM '^[0-9]+')::int) < rx.guardian_below()) THEN
        RAISE EXCEPTION 'at this age a guardian says yes' USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_of_a_guardian';
    END IF;
    RETURN NEW;
END
$body$;
ALTER FUNCTION rx.check_guardian OWNER TO placefinder_gate;
CREATE TRIGGER consent_of_a_guardian BEFORE INSERT ON rx.consent FOR EACH ROW EXECUTE FUNCTION rx.check_guardian();

-- Third-party provision is on record the moment it happens: with the step that tells somebody.
CREATE FUNCTION rx.record_disclosure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    kind text := CASE WHEN NEW.move = 'ask_place' THEN 'host' ELSE 'link_worker' END;
    recipient uuid := CASE WHEN NEW.move = 'ask_place' THEN NEW.activity_id ELSE NEW.link_office_id END;
BEGIN
    INSERT INTO rx.disclosure (organisation_id, patient_id, referral_id, recipient_kind, recipient_id, basis, basis_id, what)
    SELECT NEW.organisation_id, NEW.patient_id, NEW.referral_id, kind, recipient, b.basis, b.id,
           CASE kind WHEN 'host' THEN ARRAY['age_band', 'needs', 'interests', 'name_to_call']
                ELSE ARRAY['age_band', 'district', 'interests', 'needs', 'contact', 'plan', 'screening', 'journey'] END
    FROM (SELECT 'consent' AS basis, c.consent_id AS id, 1 AS place, c.given_at AS since FROM rx.consent c
          WHERE c.patient_id = NEW.patient_id AND c.purpose = kind AND c.recipient_id = recipient AND c.withdrawn_at IS NULL
            AND c.expires_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date
          UNION ALL
          SELECT 'council', s.sharing_id, 2, s.decided_on FROM rx.council_sharing s
          WHERE kind = 'link_worker' AND s.patient_id = NEW.patient_id AND s.recipient_id = recipient
            AND s.ends_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date
          ORDER BY place, since DESC LIMIT 1) b;
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.record_disclosure OWNER TO placefinder_gate;
CREATE TRIGGER referral_disclosed AFTER UPDATE ON rx.referral FOR EACH ROW
    WHEN (NEW.version <> OLD.version AND NEW.move IN ('send', 'hand_over', 'ask_place'))
    EXECUTE FUNCTION rx.record_disclosure();

-- A place's link ends with what it was asked about: another place is asked, or it is over.
CREATE FUNCTION rx.end_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    UPDATE rx.access_link SET revoked_at = now()
    WHERE referral_id = NEW.referral_id AND party = 'host' AND revoked_at IS NULL;
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.end_links OWNER TO placefinder_gate;
CREATE TRIGGER referral_links_ended AFTER UPDATE ON rx.referral FOR EACH ROW
    WHEN (NEW.activity_id IS DISTINCT FROM OLD.activity_id
          OR NEW.state IN ('withdrawn_consent', 'entered_in_error', 'closed') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION rx.end_links();

-- Who withdraws a referral withdraws what it rests on: the yes to the office and to places. Those about counting stand apart.
CREATE FUNCTION rx.end_consents() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    UPDATE rx.consent SET withdrawn_at = now()
    WHERE patient_id = NEW.patient_id AND withdrawn_at IS NULL
      AND (purpose = 'host' OR purpose = 'link_worker' AND recipient_id IN (NEW.link_office_id, NEW.handed_from_id, OLD.handed_from_id));
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.end_consents OWNER TO placefinder_gate;
CREATE TRIGGER referral_consents_ended AFTER UPDATE ON rx.referral FOR EACH ROW
    WHEN (NEW.state = 'withdrawn_consent' AND OLD.state <> 'withdrawn_consent') EXECUTE FUNCTION rx.end_consents();

-- A new link to a referral, made by who may see it; the one of the same party before it ends. False: it is not theirs.
CREATE FUNCTION rx.make_link(referral uuid, for_party text, token_hash bytea, code_hash bytea, ends_at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    found_one rx.referral;
BEGIN
    SELECT * INTO found_one FROM rx.referral r WHERE r.referral_id = referral
        AND (rx.own('referrer') = r.organisation_id
             OR rx.own('link_worker') = r.link_office_id AND r.state NOT IN ('draft', 'offered', 'consented', 'declined_offer')
                AND rx.office_may_know(r.patient_id, r.link_office_id));
    IF NOT FOUND OR for_party = 'host' AND (rx.claim('party') <> 'link_worker' OR found_one.activity_id IS NULL) THEN
        RETURN false;
    END IF;
    UPDATE rx.access_link SET revoked_at = now()
    WHERE referral_id = referral AND party = for_party AND revoked_at IS NULL;
    INSERT INTO rx.access_link (token_hash, code_hash, party, organisation_id, referral_id, patient_id, activity_id, expires_at)
    VALUES (make_link.token_hash, make_link.code_hash, for_party, found_one.organisation_id, referral, found_one.patient_id,
            CASE WHEN for_party = 'host' THEN found_one.activity_id END, ends_at);
    RETURN true;
END
$body$;
ALTER FUNCTION rx.make_link OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.make_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.make_link TO placefinder_referrer, placefinder_link_worker;

-- Ends what was given away: a sheet is lost, a place should answer no more. Whoever may make a link may end it. Gives their number.
CREATE FUNCTION rx.revoke_links(referral uuid, of_party text) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    ended int;
BEGIN
    UPDATE rx.access_link l SET revoked_at = now()
    FROM rx.referral r
    WHERE r.referral_id = referral AND l.referral_id = referral AND l.party = of_party AND l.revoked_at IS NULL
      AND (rx.own('referrer') = r.organisation_id
           OR rx.own('link_worker') = r.link_office_id AND rx.office_may_know(r.patient_id, r.link_office_id));
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$body$;
ALTER FUNCTION rx.revoke_links OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.revoke_links FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.revoke_links TO placefinder_referrer, placefinder_link_worker;

-- Does a council's decision let this office know this person now? Then no withdrawal ends it: it is a basis of its own.
CREATE FUNCTION rx.shared_by_council(patient uuid, office uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT rx.may_ask(patient, office) AND EXISTS (
    SELECT FROM rx.council_sharing s WHERE s.patient_id = patient AND s.recipient_id = office
    AND s.ends_on >= (now() AT TIME ZONE 'Asia/Tokyo')::date)
$body$;
ALTER FUNCTION rx.shared_by_council OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.shared_by_council FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.shared_by_council TO placefinder_referrer, placefinder_link_worker, placefinder_patient;

-- --- What is due by the clock ------------------------------------------------------------------------------------
-- The queue is procrastinate's own, in the schema "jobs" (0011_jobs.py puts it there before this). A job names a referral and
-- the moment it came to its state, and nothing of the person.
GRANT USAGE ON SCHEMA jobs TO placefinder_worker, placefinder_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO placefinder_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO placefinder_worker, placefinder_gate;
GRANT SELECT, INSERT ON jobs.procrastinate_jobs, jobs.procrastinate_events TO placefinder_gate;

-- Asks for work at a later moment, in the transaction of the step that makes it due: both are kept, or neither.
-- Anybody who entered may: a job looks at the referral again and does nothing that is not due.
CREATE FUNCTION rx.defer(task text, referral uuid, since timestamptz, at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_temp AS
$body$
BEGIN
    IF rx.claim('party') IS NULL OR task <> ALL (ARRAY['nudge', 'call_place', 'time_out', 'resume', 'follow_up_3m', 'follow_up_6m']) THEN
        RAISE EXCEPTION 'there is no such work' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW('clocks', task, 0, NULL, NULL,
        jsonb_build_object('referral_id', referral, 'since', since), at)::procrastinate_job_to_defer_v1]);
END
$body$;
ALTER FUNCTION rx.defer OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.defer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.defer TO placefinder_referrer, placefinder_link_worker, placefinder_host, placefinder_patient,
    placefinder_worker;

-- Which reminder was given in which state: each once.
CREATE TABLE rx.reminder (
    organisation_id uuid NOT NULL,
    referral_id     uuid NOT NULL,
    state_since     timestamptz NOT NULL,
    reminder        text NOT NULL,
    given_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (referral_id, state_since, reminder),
    CONSTRAINT reminder_of_a_referral FOREIGN KEY (organisation_id, referral_id)
        REFERENCES rx.referral (organisation_id, referral_id)
);
CREATE TRIGGER reminder_noted AFTER INSERT OR UPDATE OR DELETE ON rx.reminder
    FOR EACH ROW EXECUTE FUNCTION rx.note_write('referral_id');
ALTER TABLE rx.reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE rx.reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY by_the_clock ON rx.reminder TO placefinder_worker USING ((SELECT rx.claim('party')) = 'system');
GRANT SELECT, INSERT ON rx.reminder TO placefinder_worker;
