-- Uptake (利用): what became of referrals, counted by month into tables without people. Definitions: prescribing/uptake/definitions.py
-- and FACTS §4; tests compare the two. Insurers and municipalities read these tables only, and see them only suppressed and rounded.

-- Where somebody lived and how old they were when they were referred: counted by these, so that a move later changes no past figure.
CREATE TABLE rx.referral_frame (
    referral_id       uuid PRIMARY KEY,
    municipality_code char(6) NOT NULL,
    district_id       uuid,
    age_band          text NOT NULL
);
CREATE FUNCTION rx.keep_frame() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    INSERT INTO rx.referral_frame (referral_id, municipality_code, district_id, age_band)
    SELECT NEW.referral_id, p.municipality_code, p.district_id, p.age_band FROM rx.patient p WHERE p.patient_id = NEW.patient_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$body$;
ALTER FUNCTION rx.keep_frame OWNER TO placefinder_gate;
CREATE TRIGGER referral_frame_kept AFTER INSERT ON rx.referral FOR EACH ROW EXECUTE FUNCTION rx.keep_frame();

-- Which activities are held monthly, since when we know: "sustained" asks it, and past figures must not change with a schedule.
CREATE TABLE rx.activity_rhythm (
    activity_id uuid NOT NULL,
    monthly     boolean NOT NULL,
    known_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (activity_id, known_at)
);

-- The kept tables. month: the first of the month in which the offer was answered (made, while it is not answered).
-- stage: a code of prescribing/uptake/definitions.py. waiting: those of whom it cannot be said yet.
CREATE TABLE rx.uptake_by_insurer (
    month date NOT NULL, insurer_id uuid NOT NULL, age_band text NOT NULL, stage text NOT NULL,
    numerator int NOT NULL, denominator int NOT NULL, waiting int NOT NULL,
    PRIMARY KEY (insurer_id, month, age_band, stage)
);
-- Weeks since consent (week 1: days 0 to 7) in which somebody first attended, or was last known not to have: for the curve.
CREATE TABLE rx.uptake_weeks (
    month date NOT NULL, insurer_id uuid NOT NULL, week smallint NOT NULL, events int NOT NULL, censored int NOT NULL,
    PRIMARY KEY (insurer_id, month, week)
);
CREATE TABLE rx.uptake_reasons_by_insurer (
    month date NOT NULL, insurer_id uuid NOT NULL, reason text NOT NULL, referrals int NOT NULL,
    PRIMARY KEY (insurer_id, month, reason)
);
-- Of all insurers together: never of one.
CREATE TABLE rx.uptake_by_district (
    month date NOT NULL, municipality_code char(6) NOT NULL, district_id uuid, age_band text NOT NULL, stage text NOT NULL,
    numerator int NOT NULL, denominator int NOT NULL, waiting int NOT NULL,
    CONSTRAINT uptake_by_district_once UNIQUE NULLS NOT DISTINCT (municipality_code, district_id, month, age_band, stage)
);
CREATE TABLE rx.uptake_reasons_by_municipality (
    month date NOT NULL, municipality_code char(6) NOT NULL, reason text NOT NULL, referrals int NOT NULL,
    PRIMARY KEY (municipality_code, month, reason)
);
CREATE TABLE rx.unmet_by_district (
    month date NOT NULL, municipality_code char(6) NOT NULL, district_id uuid, reason text NOT NULL, needs int NOT NULL,
    CONSTRAINT unmet_by_district_once UNIQUE NULLS NOT DISTINCT (municipality_code, district_id, month, reason)
);
-- As of which day the kept tables were counted: one row for each time.
CREATE TABLE rx.uptake_build (
    as_of     date PRIMARY KEY,
    built_at  timestamptz NOT NULL DEFAULT now(),
    months    date[] NOT NULL
);

-- "Sustained" at a horizon of 90 or 180 days after the first attendance: attended in the 30 days that end there, 14 days more or
-- less; of a monthly activity, at 2 of its last 3 sessions (of the last 100 days, as far as known).
CREATE FUNCTION rx.sustained(days date[], horizon int, monthly boolean, sessions date[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT EXISTS (SELECT FROM unnest(days) d WHERE d BETWEEN days[1] + horizon - 43 AND days[1] + horizon + 14)
    OR (monthly AND (
        SELECT count(*) >= 2 FROM (
            SELECT DISTINCT s FROM unnest(sessions || days) s
            WHERE s BETWEEN days[1] + horizon - 86 AND days[1] + horizon + 14 ORDER BY s DESC LIMIT 3) last
        WHERE s = ANY (days)))
$body$;

-- The last moment that counts as of a day.
CREATE FUNCTION rx.end_of(as_of date) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
$body$ SELECT (as_of + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' $body$;
CREATE FUNCTION rx.day_of(at timestamptz) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
$body$ SELECT (at AT TIME ZONE 'Asia/Tokyo')::date $body$;

-- One row without a person for each offered referral, from what was recorded until the end of a day. `only_these`: null for all.
CREATE FUNCTION rx.courses(as_of date, only_these uuid[] DEFAULT NULL)
    RETURNS TABLE (referral_id uuid, patient_id uuid, municipality_code text, district_id uuid, age_band text, month date,
                   offered_on date, consented_on date, declined_on date, sent_on date, contacted_on date, asked_on date,
                   accepted_on date, closed_on date, withdrawn_on date, reason text, days date[], self_on date,
                   monthly boolean, sessions date[])
    LANGUAGE sql STABLE PARALLEL SAFE AS
$body$
WITH event AS (
    SELECT e.referral_id,
           min(e.at) FILTER (WHERE e.move = 'offer') AS offered, min(e.at) FILTER (WHERE e.move = 'accept_offer') AS consented,
           min(e.at) FILTER (WHERE e.move = 'decline_offer') AS declined, min(e.at) FILTER (WHERE e.move = 'send') AS sent,
           min(e.at) FILTER (WHERE e.move = 'reach') AS reached, min(e.at) FILTER (WHERE e.move = 'ask_place') AS asked,
           min(e.at) FILTER (WHERE e.move = 'accept') AS accepted,
           min(e.at) FILTER (WHERE e.move = 'close' AND e.outcome <> 'unknown') AS closed,
           min(e.at) FILTER (WHERE e.move = 'withdraw') AS withdrawn,
           max(to_char(e.version, 'FM000000') || e.reason COLLATE "C") FILTER (WHERE e.reason IS NOT NULL) AS reason,
           bool_or(e.move = 'mark_error') AS in_error
    FROM rx.referral_event e
    WHERE e.at < rx.end_of(as_of) AND (only_these IS NULL OR e.referral_id = ANY (only_these))
    GROUP BY e.referral_id),
told AS (
    SELECT DISTINCT ON (a.referral_id, a.held_on, a.told_by) a.referral_id, a.activity_id, a.held_on, a.came,
           a.told_by <> 'self' AS confirmed
    FROM rx.attendance a
    WHERE a.recorded_at < rx.end_of(as_of) AND a.held_on <= as_of AND (only_these IS NULL OR a.referral_id = ANY (only_these))
    ORDER BY a.referral_id, a.held_on, a.told_by, a.recorded_at DESC, a.attendance_id DESC),
attended AS (
    SELECT t.referral_id, array_agg(DISTINCT t.held_on ORDER BY t.held_on) FILTER (WHERE t.came AND t.confirmed) AS days,
           min(t.held_on) FILTER (WHERE t.came AND NOT t.confirmed) AS self_on,
           array_agg(DISTINCT t.activity_id) FILTER (WHERE t.came AND t.confirmed) AS activities
    FROM told t GROUP BY t.referral_id),
talked AS (
    SELECT c.referral_id, min(c.at) AS at FROM rx.contact c
    WHERE c.two_way AND c.with_whom IN ('person', 'family') AND c.at < rx.end_of(as_of)
      AND (only_these IS NULL OR c.referral_id = ANY (only_these))
    GROUP BY c.referral_id),
rhythm AS (
    SELECT DISTINCT ON (h.activity_id) h.activity_id, h.monthly FROM rx.activity_rhythm h
    ORDER BY h.activity_id, h.known_at < rx.end_of(as_of) DESC,
             CASE WHEN h.known_at < rx.end_of(as_of) THEN h.known_at END DESC, h.known_at),
held AS (
    SELECT a.activity_id, array_agg(DISTINCT a.held_on ORDER BY a.held_on) AS sessions
    FROM rx.attendance a JOIN rhythm USING (activity_id)
    WHERE rhythm.monthly AND a.told_by <> 'self' AND a.recorded_at < rx.end_of(as_of) AND a.held_on <= as_of
    GROUP BY a.activity_id)
SELECT r.referral_id, r.patient_id, coalesce(f.municipality_code, p.municipality_code)::text,
       CASE WHEN f.referral_id IS NULL THEN p.district_id ELSE f.district_id END, coalesce(f.age_band, p.age_band),
       date_trunc('month', rx.day_of(coalesce(least(e.consented, e.declined), e.offered)))::date,
       rx.day_of(e.offered), rx.day_of(e.consented), rx.day_of(e.declined), rx.day_of(e.sent),
       rx.day_of(least(e.reached, t.at)), rx.day_of(e.asked), rx.day_of(e.accepted), rx.day_of(e.closed),
       rx.day_of(e.withdrawn), substr(e.reason, 7),
       CASE WHEN a.days[1] >= rx.day_of(e.consented) THEN a.days
            ELSE ARRAY(SELECT d FROM unnest(a.days) d WHERE d >= rx.day_of(e.consented) ORDER BY d) END,
       CASE WHEN a.self_on >= rx.day_of(e.consented) THEN a.self_on END,
       h.sessions IS NOT NULL, h.sessions
FROM event e
JOIN rx.referral r USING (referral_id)
JOIN rx.patient p USING (patient_id)
LEFT JOIN rx.referral_frame f USING (referral_id)
LEFT JOIN attended a USING (referral_id)
LEFT JOIN talked t USING (referral_id)
LEFT JOIN held h ON h.activity_id = a.activities[1] AND cardinality(a.activities) = 1
WHERE e.offered IS NOT NULL AND e.in_error IS NOT TRUE
$body$;

-- The stages in order; the position is the place of their two bits in `marks`.
CREATE TABLE rx.uptake_stage (stage text PRIMARY KEY, position int NOT NULL UNIQUE);
INSERT INTO rx.uptake_stage (stage, position) VALUES
    ('offer_accepted', 0), ('contacted', 1), ('place_accepted', 2), ('uptake_14', 3), ('uptake_28', 4), ('uptake_42', 5),
    ('uptake_84', 6), ('self_reported_42', 7), ('engaged', 8), ('sustained_3m', 9), ('sustained_6m', 10),
    ('loop_closed', 11), ('service_received', 12);

-- Of one stage: 0 not concerned, 1 it cannot be said yet, 2 no, 3 yes.
CREATE FUNCTION rx.mark(since date, window_days int, as_of date, met boolean) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$ SELECT CASE WHEN since IS NULL THEN 0 WHEN as_of - since < window_days THEN 1 WHEN met THEN 3 ELSE 2 END $body$;

-- Keeps, until the end of the transaction, one row without a person for each referral and each insurer it is counted for
-- (none: null), as of a day; only of some referrals and months, or of all. The functions rx.tallied… count them.
CREATE FUNCTION rx.tally(as_of date, only_these uuid[] DEFAULT NULL, only_months date[] DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp SET work_mem = '512MB'
    SET max_parallel_workers_per_gather = 2 SET jit = off AS
$body$
BEGIN
    DROP TABLE IF EXISTS pg_temp.uptake_course;
    -- 42 days as in the stages, 182 as in prescribing/uptake/survival.py.
    CREATE TEMPORARY TABLE uptake_course ON COMMIT DROP AS
    SELECT c.referral_id, c.month, c.age_band, c.municipality_code, c.district_id, i.recipient_id AS insurer_id,
           m.patient_id IS NOT NULL AS for_municipality, n.first_on IS NULL AND (c.consented_on IS NOT NULL OR c.declined_on IS NOT NULL)
               AND c.reason IS NOT NULL AS missed, c.reason,
           CASE WHEN c.consented_on IS NOT NULL THEN greatest(1, ceil(least(182, n.until_on - c.consented_on) / 7.0))::int END AS week,
           n.first_on IS NOT NULL AND n.first_on <= n.until_on AND n.first_on - c.consented_on <= 182 AS came,
           rx.mark(least(c.consented_on, c.declined_on, c.offered_on),
                   CASE WHEN c.consented_on IS NULL AND c.declined_on IS NULL THEN 1000000 ELSE 0 END, as_of, c.consented_on IS NOT NULL)
           + (rx.mark(c.sent_on, 14, as_of, c.contacted_on - c.sent_on <= 14) << 2)
           + (rx.mark(c.asked_on, 14, as_of, c.accepted_on - c.asked_on <= 14) << 4)
           + (rx.mark(c.consented_on, 14, as_of, n.first_on - c.consented_on <= 14) << 6)
           + (rx.mark(c.consented_on, 28, as_of, n.first_on - c.consented_on <= 28) << 8)
           + (rx.mark(c.consented_on, 42, as_of, n.first_on - c.consented_on <= 42) << 10)
           + (rx.mark(c.consented_on, 84, as_of, n.first_on - c.consented_on <= 84) << 12)
           + (rx.mark(c.consented_on, 42, as_of, c.self_on - c.consented_on <= 42
                      AND coalesce(n.first_on - c.consented_on > 42, true)) << 14)
           + (rx.mark(n.first_on, 60, as_of, c.days[3] - n.first_on <= 60) << 16)
           + (rx.mark(n.first_on, 104, as_of, rx.sustained(c.days, 90, c.monthly, c.sessions)) << 18)
           + (rx.mark(n.first_on, 194, as_of, rx.sustained(c.days, 180, c.monthly, c.sessions)) << 20)
           + (rx.mark(c.sent_on, 90, as_of, c.closed_on - c.sent_on <= 90) << 22)
           + (rx.mark(c.sent_on, 90, as_of, c.closed_on - c.sent_on <= 90 AND n.first_on - c.sent_on <= 90) << 24) AS marks
    FROM rx.courses(as_of, only_these) c
    CROSS JOIN LATERAL (SELECT c.days[1] AS first_on, least(c.days[1], c.withdrawn_on, as_of) AS until_on) n
    LEFT JOIN (SELECT DISTINCT s.patient_id, s.recipient_id FROM rx.consent s
               WHERE s.purpose = 'insurer' AND s.given_at < rx.end_of(as_of) AND s.expires_on >= as_of
                 AND (s.withdrawn_at IS NULL OR s.withdrawn_at >= rx.end_of(as_of))) i ON i.patient_id = c.patient_id
    LEFT JOIN (SELECT DISTINCT s.patient_id, o.municipality_code FROM rx.consent s
               JOIN rx.organisation o ON o.organisation_id = s.recipient_id
               WHERE s.purpose = 'municipality' AND s.given_at < rx.end_of(as_of) AND s.expires_on >= as_of
                 AND (s.withdrawn_at IS NULL OR s.withdrawn_at >= rx.end_of(as_of))) m
        ON m.patient_id = c.patient_id AND m.municipality_code = c.municipality_code
    WHERE (i.recipient_id IS NOT NULL OR m.patient_id IS NOT NULL)
      AND (only_months IS NULL OR c.month = ANY (only_months));
END
$body$;

CREATE FUNCTION rx.tallied_by_insurer() RETURNS TABLE (month date, insurer_id uuid, age_band text, stage text,
                                                       numerator int, denominator int, waiting int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp SET work_mem = '256MB' AS
$body$
BEGIN
    RETURN QUERY
    WITH alike AS (SELECT t.month, t.insurer_id, t.age_band, t.marks, count(*) AS n FROM pg_temp.uptake_course t
                   WHERE t.insurer_id IS NOT NULL GROUP BY 1, 2, 3, 4)
    SELECT a.month, a.insurer_id, a.age_band, s.stage,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 = 3), 0)::int,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 >= 2), 0)::int,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 = 1), 0)::int
    FROM alike a CROSS JOIN rx.uptake_stage s GROUP BY 1, 2, 3, 4;
END
$body$;

-- Each referral once, whatever insurer it is counted for.
CREATE FUNCTION rx.tallied_by_district() RETURNS TABLE (month date, municipality_code text, district_id uuid, age_band text,
                                                        stage text, numerator int, denominator int, waiting int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp SET work_mem = '256MB' AS
$body$
BEGIN
    RETURN QUERY
    WITH once AS (SELECT DISTINCT ON (t.referral_id) t.* FROM pg_temp.uptake_course t WHERE t.for_municipality),
    alike AS (SELECT t.month, t.municipality_code, t.district_id, t.age_band, t.marks, count(*) AS n FROM once t GROUP BY 1, 2, 3, 4, 5)
    SELECT a.month, a.municipality_code, a.district_id, a.age_band, s.stage,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 = 3), 0)::int,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 >= 2), 0)::int,
           coalesce(sum(a.n) FILTER (WHERE (a.marks >> 2 * s.position) & 3 = 1), 0)::int
    FROM alike a CROSS JOIN rx.uptake_stage s GROUP BY 1, 2, 3, 4, 5;
END
$body$;

CREATE FUNCTION rx.tallied_weeks() RETURNS TABLE (month date, insurer_id uuid, week smallint, events int, censored int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    RETURN QUERY
    SELECT t.month, t.insurer_id, t.week::smallint, (count(*) FILTER (WHERE t.came))::int, (count(*) FILTER (WHERE NOT t.came))::int
    FROM pg_temp.uptake_course t WHERE t.insurer_id IS NOT NULL AND t.week IS NOT NULL GROUP BY 1, 2, 3;
END
$body$;

CREATE FUNCTION rx.tallied_reasons_by_insurer() RETURNS TABLE (month date, insurer_id uuid, reason text, referrals int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    RETURN QUERY SELECT t.month, t.insurer_id, t.reason, count(*)::int FROM pg_temp.uptake_course t
    WHERE t.insurer_id IS NOT NULL AND t.missed GROUP BY 1, 2, 3;
END
$body$;

CREATE FUNCTION rx.tallied_reasons_by_municipality() RETURNS TABLE (month date, municipality_code text, reason text, referrals int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
BEGIN
    RETURN QUERY SELECT t.month, t.municipality_code, t.reason, count(DISTINCT t.referral_id)::int FROM pg_temp.uptake_course t
    WHERE t.for_municipality AND t.missed GROUP BY 1, 2, 3;
END
$body$;

-- Remembers which activities are held monthly, where it is new or has changed.
CREATE FUNCTION rx.learn_rhythms() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
INSERT INTO rx.activity_rhythm (activity_id, monthly)
SELECT now_is.activity_id, now_is.monthly
FROM (SELECT l.activity_id, coalesce(jsonb_array_length(a.schedule -> 'rules') = 1 AND (
             (a.schedule #>> '{rules,0,days,kind}' = 'monthly'
              AND jsonb_array_length(a.schedule #> '{rules,0,days,nth}') = 1
              AND jsonb_array_length(a.schedule #> '{rules,0,days,weekdays}') = 1)
             OR jsonb_array_length(a.schedule #> '{rules,0,days,days}') = 1), false) AS monthly
      FROM finder.listing l JOIN finder.activity a USING (edition_id, activity_id)) now_is
LEFT JOIN LATERAL (SELECT h.monthly FROM rx.activity_rhythm h WHERE h.activity_id = now_is.activity_id
                   ORDER BY h.known_at DESC LIMIT 1) was ON true
WHERE was.monthly IS DISTINCT FROM now_is.monthly
ON CONFLICT DO NOTHING
$body$;

-- The months whose figures may differ from those kept: something was recorded since, or somebody was still waiting.
CREATE FUNCTION rx.changed_months(was_as_of date, was_built timestamptz, as_of date) RETURNS date[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = rx, pg_temp SET work_mem = '256MB' AS
$body$
DECLARE
    since timestamptz := least(rx.end_of(was_as_of), was_built);
    changed uuid[];
BEGIN
    SELECT array_agg(DISTINCT one.referral_id) INTO changed FROM (
        SELECT e.referral_id FROM rx.referral_event e WHERE e.at >= since AND e.at < rx.end_of(as_of)
        UNION ALL SELECT a.referral_id FROM rx.attendance a WHERE a.recorded_at >= since AND a.recorded_at < rx.end_of(as_of)
        UNION ALL SELECT c.referral_id FROM rx.contact c WHERE c.at >= since AND c.at < rx.end_of(as_of)
        UNION ALL SELECT r.referral_id FROM rx.referral r JOIN rx.consent s USING (patient_id)
        WHERE s.purpose IN ('insurer', 'municipality')
          AND (s.given_at >= since OR s.withdrawn_at >= since OR s.expires_on BETWEEN was_as_of AND as_of)) one;
    RETURN ARRAY(
        SELECT c.month FROM rx.courses(as_of, changed) c UNION SELECT c.month FROM rx.courses(was_as_of, changed) c
        UNION SELECT u.month FROM rx.uptake_by_insurer u WHERE u.waiting > 0
        UNION SELECT u.month FROM rx.uptake_by_district u WHERE u.waiting > 0
        UNION SELECT w.month FROM rx.uptake_weeks w WHERE w.month >= was_as_of - 213
        ORDER BY 1);
END
$body$;

-- Counts the kept tables as of a day: the changed months only, or (`whole`) all of them. Gives how many months it counted.
CREATE FUNCTION rx.build_uptake(as_of date, whole boolean DEFAULT false) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DECLARE
    last rx.uptake_build;
    counted date[];
    ids uuid[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rx.build_uptake'));
    PERFORM rx.learn_rhythms();
    SELECT * INTO last FROM rx.uptake_build b ORDER BY b.as_of DESC LIMIT 1;
    IF FOUND AND last.as_of > as_of AND NOT whole THEN
        RAISE EXCEPTION 'the kept tables are of a later day' USING ERRCODE = 'invalid_parameter_value', CONSTRAINT = 'uptake_goes_forward';
    END IF;
    IF last.as_of IS NOT NULL AND NOT whole THEN
        counted := rx.changed_months(last.as_of, last.built_at, as_of);
        SELECT array_agg(DISTINCT e.referral_id) INTO ids FROM rx.referral_event e
        WHERE e.move IN ('offer', 'accept_offer', 'decline_offer') AND date_trunc('month', rx.day_of(e.at))::date = ANY (counted);
        PERFORM rx.tally(as_of, coalesce(ids, '{}'), counted);
    ELSE
        PERFORM rx.tally(as_of);
        DELETE FROM rx.uptake_build;
    END IF;
    DELETE FROM rx.uptake_by_insurer u WHERE counted IS NULL OR u.month = ANY (counted);
    DELETE FROM rx.uptake_weeks u WHERE counted IS NULL OR u.month = ANY (counted);
    DELETE FROM rx.uptake_reasons_by_insurer u WHERE counted IS NULL OR u.month = ANY (counted);
    DELETE FROM rx.uptake_by_district u WHERE counted IS NULL OR u.month = ANY (counted);
    DELETE FROM rx.uptake_reasons_by_municipality u WHERE counted IS NULL OR u.month = ANY (counted);
    DELETE FROM rx.unmet_by_district;
    INSERT INTO rx.uptake_by_insurer SELECT * FROM rx.tallied_by_insurer();
    INSERT INTO rx.uptake_weeks SELECT * FROM rx.tallied_weeks();
    INSERT INTO rx.uptake_reasons_by_insurer SELECT * FROM rx.tallied_reasons_by_insurer();
    INSERT INTO rx.uptake_by_district SELECT * FROM rx.tallied_by_district();
    INSERT INTO rx.uptake_reasons_by_municipality SELECT * FROM rx.tallied_reasons_by_municipality();
    INSERT INTO rx.unmet_by_district
        SELECT date_trunc('month', rx.day_of(n.opened_at))::date, n.municipality_code, n.district_id, n.reason, count(*)::int
        FROM rx.unmet_need n WHERE n.opened_at < rx.end_of(as_of) GROUP BY 1, 2, 3, 4;
    INSERT INTO rx.uptake_build (as_of, built_at, months)
        VALUES (as_of, now(), coalesce(counted, ARRAY(SELECT DISTINCT u.month FROM rx.uptake_by_insurer u ORDER BY 1)))
        ON CONFLICT ON CONSTRAINT uptake_build_pkey DO UPDATE SET built_at = excluded.built_at, months = excluded.months;
    RETURN cardinality(coalesce(counted, ARRAY(SELECT DISTINCT u.month FROM rx.uptake_by_insurer u)));
END
$body$;

-- --- The wall ----------------------------------------------------------------------------------------------------

DO $wall$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['referral_frame', 'activity_rhythm', 'uptake_by_insurer', 'uptake_weeks',
        'uptake_reasons_by_insurer', 'uptake_by_district', 'uptake_reasons_by_municipality', 'unmet_by_district',
        'uptake_build', 'uptake_stage'] LOOP
        EXECUTE format('ALTER TABLE rx.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE rx.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY gate ON rx.%I TO placefinder_gate USING (true)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON rx.%I TO placefinder_gate', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['tally(date, uuid[], date[])', 'tallied_by_insurer()', 'tallied_by_district()', 'tallied_weeks()',
        'tallied_reasons_by_insurer()', 'tallied_reasons_by_municipality()', 'learn_rhythms()',
        'changed_months(date, timestamptz, date)', 'build_uptake(date, boolean)'] LOOP
        EXECUTE format('ALTER FUNCTION rx.%s OWNER TO placefinder_gate', name);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION rx.%s FROM PUBLIC', name);
    END LOOP;
END
$wall$;
REVOKE EXECUTE ON FUNCTION rx.courses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.courses TO placefinder_gate;
REVOKE UPDATE, DELETE ON rx.referral_frame, rx.activity_rhythm FROM placefinder_gate;
GRANT USAGE ON SCHEMA finder TO placefinder_gate;
GRANT SELECT ON finder.listing, finder.activity TO placefinder_gate;
GRANT EXECUTE ON FUNCTION rx.build_uptake TO placefinder_worker;

GRANT SELECT ON rx.uptake_by_insurer, rx.uptake_weeks, rx.uptake_reasons_by_insurer TO placefinder_insurer;
GRANT SELECT ON rx.uptake_by_district TO placefinder_insurer;
GRANT SELECT ON rx.uptake_by_district, rx.uptake_reasons_by_municipality, rx.unmet_by_district TO placefinder_municipality;
GRANT SELECT ON rx.uptake_build TO placefinder_insurer, placefinder_municipality, placefinder_worker;
CREATE POLICY by_the_clock ON rx.uptake_build FOR SELECT TO placefinder_worker USING ((SELECT rx.claim('party')) = 'system');
CREATE POLICY own_uptake ON rx.uptake_by_insurer FOR SELECT TO placefinder_insurer USING (insurer_id = (SELECT rx.own('insurer')));
CREATE POLICY own_weeks ON rx.uptake_weeks FOR SELECT TO placefinder_insurer USING (insurer_id = (SELECT rx.own('insurer')));
CREATE POLICY own_reasons ON rx.uptake_reasons_by_insurer FOR SELECT TO placefinder_insurer
    USING (insurer_id = (SELECT rx.own('insurer')));
CREATE POLICY districts_of_all_insurers ON rx.uptake_by_district FOR SELECT TO placefinder_insurer
    USING ((SELECT rx.claim('party')) = 'insurer');
CREATE POLICY own_districts ON rx.uptake_by_district FOR SELECT TO placefinder_municipality
    USING ((SELECT rx.claim('party')) = 'municipality' AND municipality_code = (SELECT rx.claim('municipality')));
CREATE POLICY own_reasons ON rx.uptake_reasons_by_municipality FOR SELECT TO placefinder_municipality
    USING ((SELECT rx.claim('party')) = 'municipality' AND municipality_code = (SELECT rx.claim('municipality')));
CREATE POLICY own_needs ON rx.unmet_by_district FOR SELECT TO placefinder_municipality
    USING ((SELECT rx.claim('party')) = 'municipality' AND municipality_code = (SELECT rx.claim('municipality')));
CREATE POLICY known_to_all_who_entered ON rx.uptake_build FOR SELECT TO placefinder_insurer, placefinder_municipality
    USING ((SELECT rx.claim('party')) IS NOT NULL);

-- Which listings grow old: how many reports of residents are open for a place, and nothing of what they say.
GRANT SELECT (place_id, settled_at) ON finder.correction TO placefinder_municipality;
CREATE POLICY counted_by_municipalities ON finder.correction FOR SELECT TO placefinder_municipality
    USING ((SELECT rx.claim('party')) = 'municipality');
