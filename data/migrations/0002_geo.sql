-- Every list that arrives (districts, addresses, populations, places) is an edition: staged, checked, made current.
CREATE TABLE geo.source (
    source_id      text PRIMARY KEY,
    title          text NOT NULL,
    publisher      text NOT NULL,
    home_url       text,
    licence        text NOT NULL,
    attribution    text NOT NULL,
    -- Licence terms are data: 'open' may be exported, 'conditional' with the condition shown, 'no' never leaves.
    redistribution text NOT NULL CONSTRAINT source_redistribution_known
        CHECK (redistribution IN ('open', 'conditional', 'no', 'unknown')),
    condition      text,
    -- Invented, as the demo town is: every page that stands on it says so.
    fictional      boolean NOT NULL DEFAULT false
);

-- Where a source's terms differ by municipality (A27), these go before the source's own, for all its editions.
CREATE TABLE geo.municipality_terms (
    source_id         text NOT NULL REFERENCES geo.source,
    municipality_code char(6) NOT NULL,
    licence           text NOT NULL,          -- as the publisher words it: 「商用利用不可」
    redistribution    text NOT NULL CONSTRAINT municipality_terms_redistribution_known
        CHECK (redistribution IN ('open', 'conditional', 'no', 'unknown')),
    condition         text,
    PRIMARY KEY (source_id, municipality_code)
);

CREATE TABLE geo.edition (
    edition_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source_id         text NOT NULL REFERENCES geo.source,
    -- What it replaces when it becomes current: one current edition for each (dataset, scope).
    dataset           text NOT NULL CONSTRAINT edition_dataset_known CHECK (dataset IN
        ('addresses', 'municipalities', 'schools', 'districts', 'town_districts', 'populations', 'places', 'rooms',
         'contact_lines')),
    scope             text NOT NULL,          -- a municipality or prefecture code, or 'jp'
    label             text NOT NULL,          -- as its publisher names it: 'A27-23', '2026-02'
    state             text NOT NULL DEFAULT 'staged' CONSTRAINT edition_state_known
        CHECK (state IN ('staged', 'current', 'retired')),
    file_name         text NOT NULL,
    file_sha256       text NOT NULL,
    published_on      date,
    loaded_at         timestamptz NOT NULL DEFAULT now(),
    made_current_at   timestamptz,
    retired_at        timestamptz,
    rows_in           int NOT NULL DEFAULT 0,
    rows_accepted     int NOT NULL DEFAULT 0,
    rows_queued       int NOT NULL DEFAULT 0,
    rows_refused      int NOT NULL DEFAULT 0,
    known_defects     jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT edition_no_row_vanishes CHECK
        (state = 'staged' OR rows_in = rows_accepted + rows_queued + rows_refused)
);
CREATE UNIQUE INDEX edition_one_current ON geo.edition (dataset, scope, source_id) WHERE state = 'current';

CREATE TABLE geo.municipality (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    municipality_code  char(6) NOT NULL CONSTRAINT municipality_code_form CHECK (municipality_code ~ '^[0-9]{6}$'),
    prefecture_name    text NOT NULL,
    name               text NOT NULL,         -- 郡 and 政令市 included: 「愛甲郡愛川町」「横浜市鶴見区」
    boundary_6668      geometry(MultiPolygon, 6668) NOT NULL,
    PRIMARY KEY (edition_id, municipality_code)
);
CREATE INDEX municipality_boundary ON geo.municipality USING gist (boundary_6668);
CREATE INDEX municipality_code ON geo.municipality (municipality_code);

-- Towns (町丁目・大字・小字) of an address edition, all Japan.
CREATE TABLE geo.town (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    town_id            bigint GENERATED ALWAYS AS IDENTITY,
    municipality_code  char(6),               -- unknown where the edition does not say and no table gives it
    prefecture_name    text NOT NULL,
    municipality_name  text NOT NULL,
    town_name          text NOT NULL,         -- '' for the whole municipality
    koaza_name         text NOT NULL DEFAULT '',
    block              text NOT NULL DEFAULT '',   -- 街区符号・地番, only in 街区レベル editions
    search_key         text NOT NULL,         -- municipality, town and koaza, folded as geo.addresses.town_key does
    postcode           char(7),
    point_6668         geometry(Point, 6668),
    PRIMARY KEY (edition_id, town_id)
);
CREATE INDEX town_place ON geo.town (edition_id, prefecture_name, municipality_name, town_name);
CREATE INDEX town_name_trgm ON geo.town USING gin (town_name gin_trgm_ops);
CREATE INDEX town_search_key_trgm ON geo.town USING gin (search_key gin_trgm_ops);
CREATE INDEX town_postcode ON geo.town (postcode) WHERE postcode IS NOT NULL;
CREATE INDEX town_point ON geo.town USING gist (point_6668);

CREATE TABLE geo.school (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    school_id          uuid NOT NULL,         -- uuid5 of municipality, code or name: stable over editions
    municipality_code  char(6) NOT NULL,
    school_code        char(13),
    name               text NOT NULL,
    level              text NOT NULL CONSTRAINT school_level_known CHECK (level IN
        ('primary', 'compulsory', 'other')),  -- 小学校, 義務教育学校
    establisher        text,
    address            text,
    closed             boolean,
    point_6668         geometry(Point, 6668) NOT NULL,
    PRIMARY KEY (edition_id, school_id)
);
CREATE INDEX school_point ON geo.school USING gist (point_6668);

-- A primary-school district (小学校区). Without a polygon it is known by its towns only, or by its school's nearness.
CREATE TABLE geo.school_district (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    district_id        uuid NOT NULL,         -- uuid5 of municipality and school: stable over editions
    municipality_code  char(6) NOT NULL,
    school_code        char(13),
    name               text NOT NULL,         -- the school's name as residents say it: 「桜台小学校」
    name_kana          text,
    basis              text NOT NULL CONSTRAINT school_district_basis_known CHECK (basis IN
        ('polygon', 'official_table', 'nearest_school')),
    area_6668          geometry(MultiPolygon, 6668),
    area_3857          geometry(MultiPolygon, 3857) GENERATED ALWAYS AS (ST_Transform(area_6668, 3857)) STORED,
    label_point_6668   geometry(Point, 6668),
    PRIMARY KEY (edition_id, district_id),
    CONSTRAINT school_district_polygon_present CHECK ((basis = 'polygon') = (area_6668 IS NOT NULL))
);
CREATE INDEX school_district_area ON geo.school_district USING gist (area_6668);
CREATE INDEX school_district_area_3857 ON geo.school_district USING gist (area_3857);
CREATE INDEX school_district_name_trgm ON geo.school_district USING gin (name gin_trgm_ops);
-- The nearest-school question looks round a point among approximate districts only.
CREATE INDEX school_district_school ON geo.school_district USING gist (label_point_6668) WHERE basis = 'nearest_school';
CREATE INDEX school_district_id ON geo.school_district (district_id);
CREATE INDEX school_district_municipality ON geo.school_district (municipality_code);

-- An official town → school table (通学区域表): which school serves which town, several where a town is split.
CREATE TABLE geo.town_district (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    municipality_code  char(6) NOT NULL,
    town_name          text NOT NULL,         -- normalised as geo.addresses does
    district_id        uuid NOT NULL,
    note               text,                  -- 「1番～10番」 and the like, as printed
    PRIMARY KEY (edition_id, municipality_code, town_name, district_id)
);

-- People by small area (町丁, mesh) as published; apportioned to districts in geo.district_population.
CREATE TABLE geo.population_area (
    edition_id         uuid NOT NULL REFERENCES geo.edition,
    area_key           text NOT NULL,         -- town name or mesh code
    municipality_code  char(6) NOT NULL,
    name               text NOT NULL,
    as_of              date,
    total              double precision NOT NULL,
    male               double precision,
    female             double precision,
    -- {"0-4": 12, "5-9": …, "85+": …}; bands as published, ages in full years
    age_bands          jsonb NOT NULL DEFAULT '{}',
    point_6668         geometry(Point, 6668),
    area_6668          geometry(MultiPolygon, 6668),
    PRIMARY KEY (edition_id, area_key)
);
CREATE TABLE geo.district_population (
    edition_id          uuid NOT NULL REFERENCES geo.edition,   -- of the population
    district_edition_id uuid NOT NULL REFERENCES geo.edition,
    municipality_code   char(6) NOT NULL,
    district_id         uuid,                 -- null: people in no district, kept so that totals are conserved
    method              text NOT NULL CONSTRAINT district_population_method_known
        CHECK (method IN ('area', 'point', 'official_table')),
    total               double precision NOT NULL,
    age_bands           jsonb NOT NULL
);
CREATE UNIQUE INDEX district_population_key
    ON geo.district_population (edition_id, district_edition_id, district_id) NULLS NOT DISTINCT;

-- What is askable by default: rows of current editions.
CREATE VIEW geo.current_district WITH (security_invoker = true) AS
    SELECT d.* FROM geo.school_district d JOIN geo.edition e USING (edition_id) WHERE e.state = 'current';
-- On which terms each district may be passed on: its municipality's, else its source's.
CREATE VIEW geo.current_district_terms WITH (security_invoker = true) AS
    SELECT d.edition_id, d.district_id, d.municipality_code, coalesce(t.redistribution, s.redistribution) AS redistribution,
           CASE WHEN t.redistribution IS NULL THEN s.condition ELSE t.condition END AS condition, s.attribution
    FROM geo.school_district d
    JOIN geo.edition e ON e.edition_id = d.edition_id AND e.state = 'current'
    JOIN geo.source s USING (source_id)
    LEFT JOIN geo.municipality_terms t ON t.source_id = s.source_id AND t.municipality_code = d.municipality_code;
CREATE VIEW geo.current_school WITH (security_invoker = true) AS
    SELECT s.* FROM geo.school s JOIN geo.edition e USING (edition_id) WHERE e.state = 'current';
CREATE VIEW geo.current_municipality WITH (security_invoker = true) AS
    SELECT m.* FROM geo.municipality m JOIN geo.edition e USING (edition_id) WHERE e.state = 'current';
CREATE VIEW geo.current_town WITH (security_invoker = true) AS
    SELECT t.* FROM geo.town t JOIN geo.edition e USING (edition_id) WHERE e.state = 'current';
