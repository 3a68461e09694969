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
