-- Until when a suspended activity rests: the first day on which it may take place again; null where no day is said.
ALTER TABLE finder.activity ADD COLUMN status_until date;

-- What a status read earlier means on a day: a rest whose end has come must be checked. As placefinder.status.status_on.
CREATE FUNCTION finder.status_on(status text, until date, day date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT CASE WHEN status = 'suspended' AND until <= day THEN 'needs_checking' ELSE status END
$body$;

-- Checks (確認): somebody of a role found facts of a kind to be right on a day. Keyed by the stable id of the activity, so
-- they survive every new edition. Who the person was is not kept: nobody can read what is not there.
CREATE TABLE finder.fact_check (
    check_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    municipality_code char(6) NOT NULL,
    activity_id       uuid NOT NULL,
    place_id          uuid NOT NULL,          -- of the edition then current: address and access are facts of the place
    fact              text NOT NULL CONSTRAINT fact_check_fact_known CHECK (fact IN
        ('status', 'opening', 'price', 'who', 'phone', 'address', 'access', 'about')),
    checked_on        date NOT NULL CONSTRAINT fact_check_not_in_the_future CHECK (checked_on <= current_date + 1),
    role              text NOT NULL CONSTRAINT fact_check_role_known CHECK (role IN
        ('organiser', 'municipality', 'link_worker', 'clerk')),
    recorded_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX fact_check_activity ON finder.fact_check (activity_id, fact, checked_on DESC);
CREATE INDEX fact_check_place ON finder.fact_check (place_id);
CREATE FUNCTION finder.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$body$ BEGIN RAISE EXCEPTION 'rows of % are added, never changed or taken away', TG_TABLE_NAME; END $body$;
CREATE TRIGGER fact_check_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finder.fact_check
    FOR EACH STATEMENT EXECUTE FUNCTION finder.refuse_rewriting();

-- After this day nobody has checked the schedule for too long (placefinder/freshness.py): its dates are doubtful, and the
-- search takes it as unknown. Null: nobody knows how old it is.
ALTER TABLE finder.listing ADD COLUMN stale_after date;
CREATE OR REPLACE FUNCTION finder.listing_fits(l finder.listing, kinds text[], age int, interests text[], needs text[],
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
   AND (date_from IS NULL OR NOT l.dated OR l.stale_after < date_from::date
        OR finder.said_of_dates(l.activity_id, date_from, date_to, weekday, minutes) IS NOT NULL)
$body$;

-- Listings are made anew with it: by `bring_up_to_date`, which finds none.
DELETE FROM finder.listing;
