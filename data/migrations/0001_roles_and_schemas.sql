-- Roles belong to the whole server and outlive one database, so the role is made only where it is missing.
DO $role$
BEGIN
    -- One maker at a time: two databases of one server may be migrated together.
    PERFORM pg_advisory_xact_lock(hashtext('placefinder roles'));
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'placefinder_public') THEN
        CREATE ROLE placefinder_public LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
END
$role$;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA geo;
CREATE SCHEMA finder;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, geo, finder TO placefinder_public;

-- Whatever later migrations add here is the public catalogue, unless they say otherwise.
ALTER DEFAULT PRIVILEGES IN SCHEMA geo, finder GRANT SELECT ON TABLES TO placefinder_public;
