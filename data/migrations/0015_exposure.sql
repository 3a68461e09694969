-- How often places were suggested lately, by everybody: so that none is sent more people than it takes in. Row security hides
-- other organisations' suggestions; this tells a number for an activity, and no referral, organisation or day.
CREATE FUNCTION rx.shown_lately(activities uuid[], since timestamptz) RETURNS TABLE (activity_id uuid, shown int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = rx, pg_temp ROWS 200 AS
$body$
BEGIN
    IF coalesce(rx.claim('party') NOT IN ('referrer', 'link_worker'), true) THEN
        RAISE EXCEPTION 'only those who suggest ask this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
        SELECT s.activity_id, count(DISTINCT s.referral_id)::int
        FROM rx.suggestion s
        WHERE s.activity_id = ANY (activities) AND s.shown_at >= since
        GROUP BY s.activity_id;
END
$body$;
ALTER FUNCTION rx.shown_lately OWNER TO placefinder_gate;
REVOKE EXECUTE ON FUNCTION rx.shown_lately FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rx.shown_lately TO placefinder_referrer, placefinder_link_worker;
