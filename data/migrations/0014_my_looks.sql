-- The patient's page: who looked and who may see, and wrong codes counted. And which suggestions the person chose.

-- Of what was suggested, what the person takes home on the sheet; it is no consent to tell anybody.
ALTER TABLE rx.suggestion ADD COLUMN chosen boolean NOT NULL DEFAULT false;
GRANT UPDATE (chosen) ON rx.suggestion TO placefinder_referrer, placefinder_link_worker;

-- Who looked at or wrote what about the patient of this transaction: the day, the party, the organisation's name and the
-- kind of deed, and nothing of what the audit knows besides. The patient's own visits are left out.
CREATE FUNCTION rx.my_looks() RETURNS TABLE (looked_on date, party text, organisation_name text, deed text, times int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, audit, pg_temp AS
$body$
SELECT (e.at AT TIME ZONE 'Asia/Tokyo')::date AS looked_on, e.party, o.name,
       CASE WHEN e.action = 'read' THEN 'read' ELSE 'write' END AS deed, count(*)::int
FROM audit.entry e LEFT JOIN rx.organisation o USING (organisation_id)
WHERE rx.claim('party') = 'patient' AND e.patient_id = rx.claim('patient')::uuid
  AND e.party IS NOT NULL AND e.party <> 'patient'
GROUP BY 1, 2, 3, 4
ORDER BY 1 DESC, 2, 3, 4
LIMIT 100
$body$;
ALTER FUNCTION rx.my_looks OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.my_looks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.my_looks TO placefinder_patient;

-- A typed code opened nothing: counted, without who typed it or what.
CREATE FUNCTION rx.count_wrong_code() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$
DELETE FROM rx.code_failure WHERE at < now() - interval '1 day';
INSERT INTO rx.code_failure DEFAULT VALUES;
$body$;
ALTER FUNCTION rx.count_wrong_code OWNER TO placefinder_gate;

-- How many codes opened nothing in the last ten minutes.
CREATE FUNCTION rx.wrong_codes() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = rx, pg_temp AS
$body$ SELECT count(*) FROM rx.code_failure WHERE at > now() - interval '10 minutes' $body$;
ALTER FUNCTION rx.wrong_codes OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.count_wrong_code, rx.wrong_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.count_wrong_code, rx.wrong_codes TO placefinder_staff;
