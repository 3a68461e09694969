-- What link workers and hosts do through their pages: what follows from a reason, checks of listings, and where a link that
-- is over leads.

-- A reason leads somewhere (data/codelists/reasons.csv): a listing to verify, or a need that nothing met. Kept by the
-- database, so that it follows whoever makes the move; it looks behind the wall, and keeps nothing of the person but the
-- district and the age band.
GRANT USAGE ON SCHEMA finder TO placefinder_gate;
GRANT SELECT ON finder.listing TO placefinder_gate;
CREATE FUNCTION rx.follow_reason() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    action text;
BEGIN
    SELECT r.next_action INTO action FROM rx.reason r JOIN rx.journey_move m ON r.reason_group = ANY (m.reason_groups)
    WHERE r.reason = NEW.reason AND m.move = NEW.move;
    IF action = 'verify' AND NEW.activity_id IS NOT NULL THEN
        INSERT INTO rx.verification_task (municipality_code, activity_id, reason)
        SELECT coalesce((SELECT l.municipality_code FROM finder.listing l WHERE l.activity_id = NEW.activity_id),
                        NEW.municipality_code), NEW.activity_id, NEW.reason
        WHERE NOT EXISTS (SELECT FROM rx.verification_task t WHERE t.activity_id = NEW.activity_id
                          AND t.reason = NEW.reason AND t.settled_at IS NULL);
    ELSIF action = 'unmet_need' THEN
        INSERT INTO rx.unmet_need (municipality_code, district_id, age_band, reason, interests)
        SELECT p.municipality_code, p.district_id, p.age_band, NEW.reason, p.interests
        FROM rx.patient p WHERE p.patient_id = NEW.patient_id;
    END IF;
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.follow_reason OWNER TO placefinder_gate;
CREATE TRIGGER referral_reason_followed AFTER UPDATE ON rx.referral FOR EACH ROW
    WHEN (NEW.reason IS NOT NULL AND NEW.version <> OLD.version) EXECUTE FUNCTION rx.follow_reason();

-- A host speaks about its own activity only.
DROP POLICY said_by_hosts ON rx.host_notice;
CREATE POLICY said_by_hosts ON rx.host_notice TO placefinder_referrer, placefinder_link_worker, placefinder_patient,
    placefinder_worker USING ((SELECT rx.claim('party')) IS NOT NULL);
CREATE POLICY said_by_this_host ON rx.host_notice TO placefinder_host
    USING ((SELECT rx.claim('party')) = 'host' AND activity_id = (SELECT rx.claim('activity'))::uuid);
DROP POLICY tasks_opened ON rx.verification_task;
CREATE POLICY tasks_opened ON rx.verification_task TO placefinder_referrer, placefinder_link_worker, placefinder_worker
    USING ((SELECT rx.claim('party')) IS NOT NULL);
CREATE POLICY tasks_opened_by_this_host ON rx.verification_task TO placefinder_host
    USING ((SELECT rx.claim('party')) = 'host' AND activity_id = (SELECT rx.claim('activity'))::uuid);

-- A link that is over leads to the office's telephone: whoever holds the token was given it by that office.
CREATE FUNCTION rx.office_of_link(link_hash bytea) RETURNS TABLE (name text, phone text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
SELECT o.name, o.phone
FROM rx.access_link l
JOIN rx.referral r USING (referral_id)
JOIN rx.organisation o ON o.organisation_id = r.link_office_id
WHERE l.token_hash = link_hash
$body$;
ALTER FUNCTION rx.office_of_link OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.office_of_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.office_of_link TO placefinder_staff;

-- Link workers read what residents report about places (the report is about a place; nobody's name is asked for).
ALTER TABLE finder.correction ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_by_link_workers ON finder.correction FOR SELECT TO placefinder_link_worker
    USING ((SELECT rx.claim('party')) = 'link_worker');
GRANT SELECT ON finder.correction TO placefinder_link_worker;

-- Listings that somebody with rights on them must make anew: those were checked from a page.
CREATE TABLE finder.to_relist (
    activity_id uuid PRIMARY KEY,
    asked_at    timestamptz NOT NULL DEFAULT now()
);
REVOKE SELECT ON finder.to_relist FROM placefinder_public;

-- A link worker found facts of an activity to be right on a day: keeps the checks, settles the reports they answer (`abouts`),
-- asks for the listing to be made anew, and gives the number of reports; null where nothing listed has this id.
CREATE FUNCTION finder.record_check(activity uuid, facts text[], abouts text[], day date) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = finder, pg_temp AS
$body$
DECLARE
    listed record;
    answered int;
BEGIN
    IF rx.claim('party') IS DISTINCT FROM 'link_worker' THEN
        RAISE EXCEPTION 'only link workers record checks here' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT l.place_id, l.municipality_code INTO listed FROM finder.listing l WHERE l.activity_id = activity;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO finder.fact_check (municipality_code, activity_id, place_id, fact, checked_on, role)
        SELECT listed.municipality_code, activity, listed.place_id, one, day, 'link_worker' FROM unnest(facts) one;
    UPDATE finder.correction c SET settled_at = now()
        WHERE c.place_id = listed.place_id AND c.about = ANY (abouts) AND c.settled_at IS NULL
          AND (c.received_at AT TIME ZONE 'Asia/Tokyo')::date <= day;
    GET DIAGNOSTICS answered = ROW_COUNT;
    INSERT INTO finder.to_relist (activity_id) VALUES (activity) ON CONFLICT DO NOTHING;
    RETURN answered;
END
$body$;
REVOKE EXECUTE ON FUNCTION finder.record_check FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finder.record_check TO placefinder_link_worker;

-- A link worker says that a resident's report is dealt with; false: it was already, or is none.
CREATE FUNCTION finder.settle_correction(correction uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = finder, pg_temp AS
$body$
BEGIN
    IF rx.claim('party') IS DISTINCT FROM 'link_worker' THEN
        RAISE EXCEPTION 'only link workers settle reports here' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE finder.correction c SET settled_at = now() WHERE c.correction_id = correction AND c.settled_at IS NULL;
    RETURN FOUND;
END
$body$;
REVOKE EXECUTE ON FUNCTION finder.settle_correction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finder.settle_correction TO placefinder_link_worker;
