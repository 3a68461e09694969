-- The search by distance looks into the index for what nearly everybody asks: a kind and an age. Rows that do not fit are
-- then left out before they are fetched. A range, because the index knows ranges, not lists.

-- A number for a kind, the same in placefinder/store/listings.py. Two kinds may share one: the kind itself is compared too.
CREATE FUNCTION finder.kind_key(kind text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$body$
SELECT ('x' || left(md5(kind), 7))::bit(28)::int
$body$;

ALTER TABLE finder.listing
    -- unbounded where unknown; empty, so that nobody fits, where the source contradicts itself
    ADD COLUMN ages int4range GENERATED ALWAYS AS
        (CASE WHEN age_min > age_max THEN 'empty' ELSE int4range(age_min, age_max, '[]') END) STORED,
    ADD COLUMN kind_key int4range GENERATED ALWAYS AS
        (int4range(finder.kind_key(kind), finder.kind_key(kind), '[]')) STORED;

DROP INDEX finder.listing_g3857;
CREATE INDEX listing_g3857 ON finder.listing USING gist (g3857, ages, kind_key);
