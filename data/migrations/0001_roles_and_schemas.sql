-- Roles belong to the whole server and outlive one database, so they are made only where missing.
DO $roles$
DECLARE
    wanted text;
BEGIN
    -- One maker at a time: two databases of one server may be migrated together.
    PERFORM pg_advisory_xact_lock(hashtext('placefinder roles'));
    FOREACH wanted IN ARRAY ARRAY['placefinder_public', 'placefinder_clerk'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted);
        END IF;
    END LOOP;
END
$roles$;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA geo;
CREATE SCHEMA finder;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, geo, finder TO placefinder_public, placefinder_clerk;

-- Whatever later migrations add, the public may read it and the clerk may write it, unless they say otherwise.
ALTER DEFAULT PRIVILEGES IN SCHEMA geo, finder GRANT SELECT ON TABLES TO placefinder_public;
ALTER DEFAULT PRIVILEGES IN SCHEMA geo, finder
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO placefinder_clerk;
ALTER DEFAULT PRIVILEGES IN SCHEMA geo, finder GRANT USAGE ON SEQUENCES TO placefinder_clerk;
