-- Opening (開催): what a schedule says as rules (placefinder/opening/rules.py), and the dates that follow from them.
-- {"rules": […], "closures": […], "missing": […], "holidays_said": bool, "named_said": […]}, see placefinder/opening/stored.py.
ALTER TABLE finder.activity ADD COLUMN schedule jsonb NOT NULL DEFAULT '{}';
UPDATE finder.activity a
SET schedule = jsonb_build_object('rules', coalesce(t.rules, '[]'),
                                  'missing', CASE WHEN t.sure THEN '[]' ELSE '["unread"]' END::jsonb),
    schedule_certainty = CASE WHEN a.schedule_certainty = 'exact' AND NOT t.sure THEN 'partial' ELSE a.schedule_certainty END
FROM (
    SELECT edition_id, activity_id, schedule_certainty = 'exact' AND bool_and(rule IS NOT NULL) IS TRUE AS sure,
           jsonb_agg(rule ORDER BY first_day) FILTER (WHERE rule IS NOT NULL) AS rules
    FROM (
        SELECT o.edition_id, o.activity_id, o.schedule_certainty, min(weekday) AS first_day,
               CASE WHEN count(weekday) > 0 THEN
                   jsonb_build_object('days',
                       CASE WHEN jsonb_typeof(nth) = 'array'
                            THEN jsonb_build_object('kind', 'monthly', 'nth', nth, 'weekdays', jsonb_agg(weekday ORDER BY weekday))
                            ELSE jsonb_build_object('kind', 'weekly', 'weekdays', jsonb_agg(weekday ORDER BY weekday)) END)
                   || CASE WHEN opens IS NULL AND closes IS NULL THEN '{}'
                           ELSE jsonb_build_object('hours', jsonb_build_array(jsonb_build_array(opens, closes))) END END AS rule
        FROM finder.activity o
        LEFT JOIN LATERAL (
            SELECT (session ->> 'weekday')::int AS weekday, nullif(session -> 'nth', 'null') AS nth,
                   finder.minutes_of(session ->> 'opens') AS opens, finder.minutes_of(session ->> 'closes') AS closes
            FROM jsonb_array_elements(o.sessions) AS session) s ON true
        GROUP BY o.edition_id, o.activity_id, nth, opens, closes) one
    GROUP BY edition_id, activity_id, schedule_certainty) t
WHERE t.edition_id = a.edition_id AND t.activity_id = a.activity_id;
ALTER TABLE finder.activity DROP COLUMN sessions;

-- Sessions on real days of Japan, for some weeks ahead: made from the schedules of what is listed and from the changes.
CREATE TABLE finder.occurrence (
    activity_id         uuid NOT NULL,
    municipality_code   char(6) NOT NULL,
    day                 date NOT NULL,
    opens               smallint,             -- minutes since midnight of the day; null: not said
    closes              smallint,             -- beyond 1440: on the next day
    -- Why this date must be asked for first: a holiday, the turn of the year … Such a date is never told as sure.
    doubt               text,
    change              text CONSTRAINT occurrence_change_known CHECK (change IN ('cancelled', 'moved', 'added')),
    other_day           date,                 -- where a moved one was to be, or where a cancelled one moved to
    reason              text,                 -- of the change, for everybody to read
    CONSTRAINT occurrence_hours_in_order CHECK (opens < 1440 AND closes <= 2880 AND opens < closes)
);
CREATE INDEX occurrence_activity ON finder.occurrence (activity_id, day);
CREATE INDEX occurrence_day ON finder.occurrence (day);

-- From which day to which every schedule is worked out; one row, or none before the first time.
CREATE TABLE finder.occurrence_window (
    only_one            boolean PRIMARY KEY DEFAULT true CONSTRAINT occurrence_window_only_one CHECK (only_one),
    first_day           date NOT NULL,
    last_day            date NOT NULL
);

-- What a coordinator said of one day: stronger than the list, later ones stronger than earlier ones, nothing taken back.
CREATE TABLE finder.occurrence_change (
    change_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    activity_id         uuid NOT NULL,
    municipality_code   char(6) NOT NULL,
    kind                text NOT NULL CONSTRAINT occurrence_change_kind_known CHECK (kind IN ('cancelled', 'moved', 'added')),
    day                 date NOT NULL,
    opens               smallint,             -- both null: the whole day, or hours not said
    closes              smallint,
    to_day              date,
    to_opens            smallint,
    to_closes           smallint,
    reason              text CONSTRAINT occurrence_change_reason_length CHECK (length(reason) <= 200),
    by_role             text NOT NULL CONSTRAINT occurrence_change_role_known CHECK (by_role IN ('coordinator', 'organiser')),
    changed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT occurrence_change_moves_somewhere CHECK ((kind = 'moved') = (to_day IS NOT NULL))
);
CREATE INDEX occurrence_change_activity ON finder.occurrence_change (activity_id);
CREATE TRIGGER occurrence_change_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON finder.occurrence_change
    FOR EACH STATEMENT EXECUTE FUNCTION finder.refuse_change();
REVOKE SELECT ON finder.occurrence_change FROM placefinder_public;
GRANT SELECT (activity_id, municipality_code, kind, day, opens, closes, to_day, to_opens, to_closes, reason, changed_at)
    ON finder.occurrence_change TO placefinder_public;

-- Listings are made anew from the schedules: by `bring_up_to_date`, which finds none.
DELETE FROM finder.listing;
ALTER TABLE finder.listing ADD COLUMN dated boolean NOT NULL; -- findable, and its dates are known: its occurrences are all there are

-- What can be said of the dates of an activity between a moment and the end of a day, on a weekday, at some time of day:
-- a reason `open_on`, an unknown `time` where the only dates are doubtful or not made yet, null where there is none.
-- In plpgsql: it keeps its plan, and the planner of a search does not look into it.
CREATE FUNCTION finder.said_of_dates(activity uuid, date_from timestamp, date_to date, weekday int,
                                     minutes int4multirange)
    RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10 AS
$body$
DECLARE
    said text;
BEGIN
    SELECT CASE WHEN c.sure THEN '{"code":"open_on"' ELSE '{"code":"time"' END
        || ',"date":"' || o.day || '","opens":' || coalesce(to_json(finder.clock(o.opens))::text, 'null')
        || ',"closes":' || coalesce(to_json(finder.clock(o.closes))::text, 'null')
        || CASE WHEN c.sure THEN '}' ELSE ',"doubt":' || coalesce(to_json(o.doubt)::text, 'null') || '}' END
    INTO said
    FROM finder.occurrence o
    CROSS JOIN LATERAL (SELECT (extract(isodow FROM o.day)::int - 1) * 1440 AS midnight) m
    CROSS JOIN LATERAL (
        SELECT o.doubt IS NULL
           AND (minutes IS NULL OR (o.opens IS NOT NULL AND minutes &&
                int4range(midnight + o.opens, midnight + coalesce(o.closes, o.opens + 1)))) AS sure) c
    WHERE o.activity_id = activity AND o.day BETWEEN date_from::date AND date_to
      AND o.change IS DISTINCT FROM 'cancelled'
      AND o.day + make_interval(mins => coalesce(o.closes, 1440)) > date_from
      AND (weekday IS NULL OR extract(isodow FROM o.day) = weekday)
      AND (minutes IS NULL
           OR minutes && int4range(midnight + coalesce(o.opens, 0), midnight + coalesce(o.closes, 1440)))
    ORDER BY c.sure DESC, o.day, o.opens
    LIMIT 1;
    -- Days whose dates are not made yet: nobody knows.
    IF said IS NULL AND NOT EXISTS (
        SELECT FROM finder.occurrence_window w WHERE date_from::date >= w.first_day AND date_to <= w.last_day) THEN
        said := '{"code":"time"}';
    END IF;
    RETURN said;
END
$body$;

-- "17:00" of minutes since midnight; "26:00" is 2 o'clock of the next day.
CREATE FUNCTION finder.clock(minutes int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT lpad((minutes / 60)::text, 2, '0') || ':' || lpad((minutes % 60)::text, 2, '0')
$body$;

-- The functions of 0003 with the dates asked for: with them, weekday and time of day are asked of the dates too.
DROP FUNCTION finder.listing_fits;
CREATE FUNCTION finder.listing_fits(l finder.listing, kinds text[], age int, interests text[], needs text[],
                                    weekday int, minutes int4multirange, date_from timestamp, date_to date,
                                    price_max int)
    RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$body$
SELECT (kinds IS NULL OR l.kind = ANY (kinds))
   AND (age IS NULL OR (age >= coalesce(l.age_min, age) AND age <= coalesce(l.age_max, age)))
   AND (interests IS NULL OR l.interests && interests OR l.interests = '{}')
   AND (needs IS NULL OR NOT l.needs_unmet && needs)
   AND (weekday IS NULL OR date_from IS NOT NULL OR NOT l.schedule_exact OR weekday = ANY (l.weekdays))
   AND (minutes IS NULL OR date_from IS NOT NULL OR NOT l.schedule_exact OR l.open_minutes && minutes
        OR l.maybe_minutes && minutes)
   AND (price_max IS NULL OR l.price_yen_min IS NULL OR l.price_yen_min <= price_max)
   AND (date_from IS NULL OR NOT l.dated
        OR finder.said_of_dates(l.activity_id, date_from, date_to, weekday, minutes) IS NOT NULL)
$body$;

DROP FUNCTION finder.listing_doubts;
CREATE FUNCTION finder.listing_doubts(l finder.listing, age int, interests text[], needs text[], weekday int,
                                      minutes int4multirange, date_from timestamp, date_to date, price_max int)
    RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS
$body$
SELECT (age IS NOT NULL AND l.age_min IS NULL AND l.age_max IS NULL)::int
     + (interests IS NOT NULL AND l.interests = '{}')::int
     + (needs IS NOT NULL AND NOT l.needs @> needs)::int
     + CASE WHEN date_from IS NULL THEN (weekday IS NOT NULL AND NOT weekday = ANY (l.weekdays))::int
                                      + (minutes IS NOT NULL AND NOT l.open_minutes && minutes)::int
            ELSE (finder.said_of_dates(l.activity_id, date_from, date_to, weekday, minutes)
                  LIKE '{"code":"open_on"%' IS NOT TRUE)::int END
     + (price_max IS NOT NULL AND (l.price_yen_max IS NULL OR l.price_yen_max > price_max))::int
$body$;

DROP FUNCTION finder.listing_result;
CREATE FUNCTION finder.listing_result(l finder.listing, metres float8, minutes_per_m float8, own_district uuid,
                                      kinds text[], age int, interests text[], needs text[], weekday int,
                                      minutes int4multirange, date_from timestamp, date_to date, price_max int)
    RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$body$
SELECT left(l.card, -1)
    || ',"distance_m":' || coalesce(round(metres)::text, 'null')
    || ',"walk_minutes":' || coalesce(ceil(metres * minutes_per_m)::text, 'null')
    || ',"reasons":[' || concat_ws(',',
        '{"code":"near","distance_m":' || round(metres) || ',"walk_minutes":' || ceil(metres * minutes_per_m) || '}',
        CASE WHEN own_district IS NULL THEN NULL
             WHEN l.district_id = own_district THEN '{"code":"in_district"}'
             ELSE '{"code":"in_neighbour_district"}' END,
        CASE WHEN kinds IS NOT NULL THEN '{"code":"kind_asked","kind":' || to_json(l.kind) || '}' END,
        CASE WHEN age IS NOT NULL AND (l.age_min IS NOT NULL OR l.age_max IS NOT NULL)
             THEN '{"code":"age_fits","age_min":' || coalesce(l.age_min::text, 'null')
               || ',"age_max":' || coalesce(l.age_max::text, 'null') || '}' END,
        CASE WHEN date_from IS NOT NULL
             THEN substring(finder.said_of_dates(l.activity_id, date_from, date_to, weekday, minutes)
                            FROM '^{"code":"open_on".*')
             WHEN (weekday IS NOT NULL OR minutes IS NOT NULL)
              AND (weekday IS NULL OR weekday = ANY (l.weekdays)) AND (minutes IS NULL OR l.open_minutes && minutes)
             THEN '{"code":"open_then","weekday":' || coalesce(weekday::text, 'null') || '}' END,
        CASE WHEN l.interests && interests THEN
             finder.said_each('{"code":"interest_shared","interest":', interests, l.interests, true) END,
        CASE WHEN l.needs && needs THEN finder.said_each('{"code":"need_met","need":', needs, l.needs, true) END,
        CASE WHEN l.price_yen_max = 0 THEN '{"code":"free"}'
             WHEN l.price_yen_max <= price_max
             THEN '{"code":"price_within","price_yen_max":' || l.price_yen_max || '}' END)
    || '],"unknowns":[' || concat_ws(',',
        CASE WHEN l.age_min IS NULL AND l.age_max IS NULL THEN '{"code":"age"}' END,
        CASE WHEN l.price_yen_min IS NULL AND l.price_yen_max IS NULL THEN '{"code":"price"}'
             WHEN price_max < coalesce(l.price_yen_max, price_max + 1)
             THEN '{"code":"price_depends","price_yen_min":' || coalesce(l.price_yen_min::text, 'null')
               || ',"price_yen_max":' || coalesce(l.price_yen_max::text, 'null') || '}' END,
        CASE WHEN date_from IS NULL
             THEN CASE WHEN l.open_minutes = '{}' OR NOT l.open_minutes && minutes OR NOT weekday = ANY (l.weekdays)
                       THEN '{"code":"time"}' END
             ELSE substring(coalesce(finder.said_of_dates(l.activity_id, date_from, date_to, weekday, minutes),
                                     '{"code":"time"}') FROM '^{"code":"time".*') END,
        CASE WHEN interests IS NOT NULL AND l.interests = '{}' THEN '{"code":"interest"}' END,
        CASE WHEN NOT l.needs @> needs THEN finder.said_each('{"code":"need","need":', needs, l.needs, false) END)
    || ']}'
$body$;
