-- Code lists: what kinds of places, interests and needs there are. Loaded from data/codelists at each migration.
CREATE TABLE finder.kind (
    kind       text PRIMARY KEY,              -- 'kodomo_shokudo', 'kayoinoba', 'salon', 'ibasho', …
    position   int NOT NULL,
    name_ja    text NOT NULL,
    name_easy  text NOT NULL,                 -- with {漢字|かな} ruby markup
    name_en    text NOT NULL,
    colour     text NOT NULL,
    background text NOT NULL,
    shape      text NOT NULL,
    listed     boolean NOT NULL               -- false: known (a clinic, a public room) but no gathering place
);
CREATE TABLE finder.term (
    vocabulary text NOT NULL CONSTRAINT term_vocabulary_known CHECK (vocabulary IN ('interest', 'need', 'topic', 'fact')),
    term       text NOT NULL,
    position   int NOT NULL,
    name_ja    text NOT NULL,
    name_easy  text NOT NULL,
    name_en    text NOT NULL,
    PRIMARY KEY (vocabulary, term)
);

-- A place (場所) is where something happens; what happens there is an activity (活動).
-- Both belong to an edition; ids are the same from edition to edition, so older ones stay askable.
CREATE TABLE finder.place (
    edition_id          uuid NOT NULL REFERENCES geo.edition,
    place_id            uuid NOT NULL,        -- uuid5 of source and source key
    municipality_code   char(6) NOT NULL,
    source_id           text NOT NULL REFERENCES geo.source,
    source_key          text NOT NULL,
    name                text NOT NULL,
    name_kana           text,
    address             text,
    postcode            char(7),
    -- How well the position is known. Only 'given', 'block' and 'town' may be drawn as a point; vague ones have none.
    position_level      text NOT NULL CONSTRAINT place_position_level_known CHECK (position_level IN
        ('given', 'block', 'town', 'city', 'prefecture', 'none')),
    position_basis      text NOT NULL,        -- source's columns, or the address edition, in words
    point_6668          geometry(Point, 6668),
    district_id         uuid,                 -- computed; null: unknown or none
    district_basis      text NOT NULL CONSTRAINT place_district_basis_known CHECK (district_basis IN
        ('polygon', 'nearest_polygon', 'official_table', 'nearest_school', 'none')),
    declared_districts  text[] NOT NULL DEFAULT '{}',   -- as the source writes them, beside the computed one
    -- {"step_free": {"value": …, "state": "yes|no|value", "field": "列名", "checked_on": …, "checker": …}}; absent = unknown
    facts               jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (edition_id, place_id),
    CONSTRAINT place_vague_is_no_point CHECK
        ((point_6668 IS NOT NULL) = (position_level IN ('given', 'block', 'town')))
);
CREATE INDEX place_id ON finder.place (place_id);
CREATE INDEX place_district ON finder.place (district_id);

CREATE TABLE finder.activity (
    edition_id          uuid NOT NULL,
    activity_id         uuid NOT NULL,        -- uuid5 of source, source key and what is held
    place_id            uuid NOT NULL,
    municipality_code   char(6) NOT NULL,
    kind                text NOT NULL REFERENCES finder.kind,
    name                text NOT NULL,
    name_kana           text,
    organiser_name      text,
    -- unknown is its own value: never shown as open
    status              text NOT NULL DEFAULT 'unknown' CONSTRAINT activity_status_known CHECK (status IN
        ('running', 'suspended', 'closed', 'not_taking_new', 'needs_checking', 'unknown')),
    status_text         text,                 -- the sentence of the source that says so
    schedule_text       text,                 -- always kept and shown
    -- structured columns only, until the schedule language reads the prose:
    -- [{"weekday": 1..7, "nth": [1,3]|null, "opens": "17:00"|null, "closes": "19:00"|null}]
    sessions            jsonb NOT NULL DEFAULT '[]',
    schedule_certainty  text NOT NULL DEFAULT 'not_understood' CONSTRAINT activity_schedule_certainty_known CHECK
        (schedule_certainty IN ('exact', 'partial', 'not_understood')),
    age_min             int,                  -- null: unknown (not "no limit")
    age_max             int,
    audiences           text[] NOT NULL DEFAULT '{}',   -- children, parents, older, anyone …, as the source says
    interests           text[] NOT NULL DEFAULT '{}',
    price_yen_min       int,                  -- null: unknown; 0: free
    price_yen_max       int,
    facts               jsonb NOT NULL DEFAULT '{}',
    checked_on          date,
    PRIMARY KEY (edition_id, activity_id),
    CONSTRAINT activity_has_place FOREIGN KEY (edition_id, place_id) REFERENCES finder.place ON DELETE CASCADE
);
CREATE INDEX activity_place ON finder.activity (edition_id, place_id);
CREATE INDEX activity_id ON finder.activity (activity_id);

-- Names are compared without width, case, blanks and the difference of ひらがな and カタカナ.
CREATE FUNCTION finder.fold(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT translate(
    regexp_replace(lower(normalize(name, NFKC)), '[[:space:]・]', '', 'g'),
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ',
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ')
$body$;

-- For LIKE: anything that contains the name, folded, its own wildcards taken literally.
CREATE FUNCTION finder.pattern(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT '%' || regexp_replace(finder.fold(name), '([\\%_])', '\\\1', 'g') || '%'
$body$;

-- What the search asks: one flat row per activity, kept by the store when an edition becomes current.
CREATE TABLE finder.listing (
    activity_id         uuid PRIMARY KEY,
    edition_id          uuid NOT NULL,
    place_id            uuid NOT NULL,
    municipality_code   char(6) NOT NULL,
    prefecture_code     char(2) GENERATED ALWAYS AS (substr(municipality_code, 1, 2)) STORED,
    district_id         uuid,
    kind                text NOT NULL,
    status              text NOT NULL,
    findable            boolean NOT NULL,     -- false: suspended or closed, only by name and in its district's list
    -- both null: unknown; one of them: the other side has no limit
    age_min             int,
    age_max             int,
    interests           text[] NOT NULL,      -- empty: unknown
    needs               text[] NOT NULL,      -- needs known to be met: step_free, parking, interpreter …
    needs_unmet         text[] NOT NULL,      -- needs known not to be met; in neither: unknown
    price_yen_min       int,
    price_yen_max       int,
    weekdays            int[] NOT NULL,       -- 1 Monday … 7 Sunday; empty: unknown
    -- Minutes since Monday 00:00 when it is surely open, and when it may be (a weekday without its times).
    open_minutes        int4multirange NOT NULL,
    maybe_minutes       int4multirange NOT NULL,
    schedule_exact      boolean NOT NULL,     -- false: it may be open at other times too
    search_text         text NOT NULL,        -- name, kana, place and organiser through finder.fold
    point_6668          geometry(Point, 6668),
    g3857               geometry(Point, 3857) GENERATED ALWAYS AS (ST_Transform(point_6668, 3857)) STORED,
    geog                geography(Point, 6668) GENERATED ALWAYS AS (point_6668::geography) STORED,
    card                text NOT NULL         -- the ready JSON of a result, without distance and reasons
);
CREATE INDEX listing_g3857 ON finder.listing USING gist (g3857);
CREATE INDEX listing_edition ON finder.listing (edition_id);
CREATE INDEX listing_district ON finder.listing (district_id);
CREATE INDEX listing_municipality ON finder.listing (municipality_code);
CREATE INDEX listing_place ON finder.listing (place_id);
CREATE INDEX listing_search_text_trgm ON finder.listing USING gin (search_text gin_trgm_ops);

-- Minutes since midnight of "17:00", null for anything else.
CREATE FUNCTION finder.minutes_of(clock text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT CASE WHEN clock ~ '^[0-2]?[0-9]:[0-5][0-9]' THEN
    split_part(clock, ':', 1)::int * 60 + split_part(clock, ':', 2)::int END
$body$;

-- Whether a listing passes the filters of a search: null does not filter, unknown passes, a known "no" does not.
-- One expression, so that the planner puts it in the place of its call.
CREATE FUNCTION finder.listing_fits(l finder.listing, kinds text[], age int, interests text[], needs text[],
                                    weekday int, minutes int4multirange, price_max int)
    RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT (kinds IS NULL OR l.kind = ANY (kinds))
   AND (age IS NULL OR (age >= coalesce(l.age_min, age) AND age <= coalesce(l.age_max, age)))
   AND (interests IS NULL OR l.interests && interests OR l.interests = '{}')
   AND (needs IS NULL OR NOT l.needs_unmet && needs)
   AND (weekday IS NULL OR NOT l.schedule_exact OR weekday = ANY (l.weekdays))
   AND (minutes IS NULL OR NOT l.schedule_exact OR l.open_minutes && minutes OR l.maybe_minutes && minutes)
   AND (price_max IS NULL OR l.price_yen_min IS NULL OR l.price_yen_min <= price_max)
$body$;

-- How many of the wishes of a search a listing leaves unknown.
CREATE FUNCTION finder.listing_doubts(l finder.listing, age int, interests text[], needs text[],
                                      weekday int, minutes int4multirange, price_max int)
    RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT (age IS NOT NULL AND l.age_min IS NULL AND l.age_max IS NULL)::int
     + (interests IS NOT NULL AND l.interests = '{}')::int
     + (needs IS NOT NULL AND NOT l.needs @> needs)::int
     + (weekday IS NOT NULL AND NOT weekday = ANY (l.weekdays))::int
     + (minutes IS NOT NULL AND NOT l.open_minutes && minutes)::int
     + (price_max IS NOT NULL AND (l.price_yen_max IS NULL OR l.price_yen_max > price_max))::int
$body$;

-- One JSON object for each term asked for that a listing has, or has not. In plpgsql, which keeps its plan: an SQL
-- function that cannot be put in the place of its call is planned anew by every query.
CREATE FUNCTION finder.said_each(opening text, asked text[], known text[], has boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$body$
DECLARE
    term text;
    said text;
BEGIN
    FOREACH term IN ARRAY asked LOOP
        IF (term = ANY (known)) = has THEN
            said := concat_ws(',', said, opening || to_json(term) || '}');
        END IF;
    END LOOP;
    RETURN said;
END
$body$;

-- The JSON of one result: its card, how far it is, why it is shown and what is unknown about it.
CREATE FUNCTION finder.listing_result(l finder.listing, metres float8, minutes_per_m float8, own_district uuid,
                                      kinds text[], age int, interests text[], needs text[],
                                      weekday int, minutes int4multirange, price_max int)
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
        CASE WHEN (weekday IS NOT NULL OR minutes IS NOT NULL)
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
        CASE WHEN l.open_minutes = '{}' OR NOT l.open_minutes && minutes OR NOT weekday = ANY (l.weekdays)
             THEN '{"code":"time"}' END,
        CASE WHEN interests IS NOT NULL AND l.interests = '{}' THEN '{"code":"interest"}' END,
        CASE WHEN NOT l.needs @> needs THEN finder.said_each('{"code":"need","need":', needs, l.needs, false) END)
    || ']}'
$body$;

-- How many findable listings lie in each of the 64 × 64 cells of each map tile of zoom 0 to 13.
-- cell = row * 64 + column, counted from the tile's north-west corner.
CREATE TABLE finder.tile_grid (
    z      smallint NOT NULL,
    tx     int NOT NULL,
    ty     int NOT NULL,
    cell   smallint NOT NULL,
    count  int NOT NULL,
    PRIMARY KEY (z, tx, ty, cell)
);
CREATE INDEX tile_grid_empty ON finder.tile_grid (z) WHERE count = 0;

CREATE FUNCTION finder.keep_tile_grid() RETURNS trigger LANGUAGE plpgsql AS
$body$
DECLARE
    sign int := CASE WHEN TG_OP = 'DELETE' THEN -1 ELSE 1 END;
    half float8 := 20037508.342789244;  -- of the width of EPSG:3857, metres
    cells float8 := 524288;             -- 2^13 tiles of 64 cells
BEGIN
    INSERT INTO finder.tile_grid AS t (z, tx, ty, cell, count)
    SELECT z, x >> 6, y >> 6, (y & 63) * 64 + (x & 63), sum(n)
    FROM (SELECT floor((ST_X(g3857) + half) / (2 * half) * cells)::int AS px,
                 floor((half - ST_Y(g3857)) / (2 * half) * cells)::int AS py, sign * count(*) AS n
          FROM changed WHERE findable AND g3857 IS NOT NULL GROUP BY 1, 2) AS finest,
         generate_series(0, 13) AS z,
         LATERAL (SELECT px >> (13 - z) AS x, py >> (13 - z) AS y) AS cell
    GROUP BY z, x, y
    ON CONFLICT (z, tx, ty, cell) DO UPDATE SET count = t.count + excluded.count;
    DELETE FROM finder.tile_grid WHERE count = 0;
    RETURN NULL;
END
$body$;
CREATE TRIGGER listing_came AFTER INSERT ON finder.listing
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION finder.keep_tile_grid();
CREATE TRIGGER listing_went AFTER DELETE ON finder.listing
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION finder.keep_tile_grid();
-- Rows come and go, they are not changed in place: the grid would not follow.
CREATE FUNCTION finder.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$body$ BEGIN RAISE EXCEPTION 'rows of % are replaced, not updated or truncated', TG_TABLE_NAME; END $body$;
CREATE TRIGGER listing_replaced_only BEFORE UPDATE OR TRUNCATE ON finder.listing
    FOR EACH STATEMENT EXECUTE FUNCTION finder.refuse_change();

-- Each row of each file that was ever loaded, and what became of it. Private contacts are dropped before they get here.
CREATE TABLE finder.intake_row (
    edition_id   uuid NOT NULL REFERENCES geo.edition ON DELETE CASCADE,
    sheet        text NOT NULL DEFAULT '',
    row_no       int NOT NULL,                -- as a spreadsheet numbers it, 1 = first line of the file
    verdict      text NOT NULL CONSTRAINT intake_row_verdict_known CHECK (verdict IN ('accepted', 'queued', 'refused')),
    change       text CONSTRAINT intake_row_change_known CHECK (change IN ('new', 'changed', 'same', 'gone')),
    source_key   text,
    -- [{"column": "緯度", "rule": "outside_municipality", "severity": "note|question|refusal", "message": "…", "value": "…"}]
    findings     jsonb NOT NULL DEFAULT '[]',
    record       jsonb,                       -- what was understood, so that a clerk's answer can finish a queued row
    PRIMARY KEY (edition_id, sheet, row_no)
);
CREATE INDEX intake_row_queued ON finder.intake_row (edition_id) WHERE verdict = 'queued';
REVOKE SELECT ON finder.intake_row FROM placefinder_public;

CREATE TABLE finder.duplicate_proposal (
    activity_id       uuid NOT NULL,
    other_activity_id uuid NOT NULL,
    evidence          jsonb NOT NULL,         -- {"name_similarity": 0.92, "distance_m": 14, "same_phone": true}
    decision          text NOT NULL DEFAULT 'open' CONSTRAINT duplicate_decision_known
        CHECK (decision IN ('open', 'same', 'different')),
    PRIMARY KEY (activity_id, other_activity_id),
    CONSTRAINT duplicate_pair_ordered CHECK (activity_id < other_activity_id)
);
REVOKE SELECT ON finder.duplicate_proposal FROM placefinder_public;

-- Public rooms and other facilities that are no gathering place themselves: schools' halls, 公民館, clinics, support centres.
CREATE TABLE finder.facility (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    facility_id        uuid NOT NULL,
    municipality_code  char(6) NOT NULL,
    kind               text NOT NULL REFERENCES finder.kind,
    name               text NOT NULL,
    name_kana          text,
    address            text,
    point_6668         geometry(Point, 6668),
    position_level     text NOT NULL,
    district_id        uuid,
    facts              jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (edition_id, facility_id)
);
CREATE INDEX facility_point ON finder.facility USING gist (point_6668);

CREATE TABLE finder.contact_line (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    line_id            uuid NOT NULL,
    municipality_code  char(6),               -- null: all Japan
    name               text NOT NULL,
    phone              text,
    url                text,
    topics             text[] NOT NULL,
    under_18           boolean NOT NULL,
    -- [{"weekday": 1..7, "opens": "09:00", "closes": "17:00"}]; every day 00:00–24:00 is a 24-hour line
    hours              jsonb NOT NULL,
    note               text,
    PRIMARY KEY (edition_id, line_id)
);

-- Anybody may report an error without an account; nobody but a clerk reads it.
CREATE TABLE finder.correction (
    correction_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    municipality_code char(6) NOT NULL,
    place_id          uuid NOT NULL,
    about             text NOT NULL CONSTRAINT correction_about_known CHECK (about IN
        ('closed', 'hours', 'place', 'phone', 'who', 'other')),
    message           text NOT NULL CONSTRAINT correction_message_length CHECK (length(message) <= 1000),
    received_at       timestamptz NOT NULL DEFAULT now(),
    settled_at        timestamptz
);
REVOKE SELECT ON finder.correction FROM placefinder_public;
CREATE INDEX correction_received ON finder.correction (received_at);

-- Takes a report of an error, or answers false: too many came for this place, or for all, within the last hour.
-- Counted without knowing who writes, so no address of a reader is kept.
CREATE FUNCTION finder.take_correction(municipality_code text, place_id uuid, about text, message text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = finder, pg_temp AS
$body$
DECLARE
    for_all int;
    for_place int;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE c.place_id = take_correction.place_id)
        INTO for_all, for_place
        FROM finder.correction c WHERE c.received_at > now() - interval '1 hour';
    IF for_all >= 500 OR for_place >= 10 THEN
        RETURN false;
    END IF;
    INSERT INTO finder.correction (municipality_code, place_id, about, message)
        VALUES (take_correction.municipality_code, take_correction.place_id, take_correction.about,
                take_correction.message);
    RETURN true;
END
$body$;
REVOKE INSERT ON finder.correction FROM placefinder_public;
