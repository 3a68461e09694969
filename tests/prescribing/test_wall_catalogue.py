"""The wall as the catalogue knows it: what must hold for every table, view, key and function of rx and audit, also later ones."""

import re
from typing import Any

import psycopg
import pytest

CODE_LISTS = {"rx.journey_state", "rx.journey_move", "rx.reason", "rx.rule", "rx.uptake_stage"}
"""Words for everybody, nothing about anybody: they have no rows to hide."""
PEOPLE = {"patient", "consent", "council_sharing", "referral", "referral_event", "suggestion", "attendance", "contact",
          "screening", "plan_line", "disclosure", "access_link"}  # fmt: skip
APPEND_ONLY = {
    "rx.referral_event",
    "rx.attendance",
    "rx.disclosure",
    "rx.contact",
    "rx.screening",
    "audit.entry",
    "audit.seal",
}
MAY_DELETE = {"rx.session", "rx.passkey", "rx.invitation", "rx.code_failure", "rx.access_link"}
"""Credentials and links that ended; by the gate alone."""
LOGINS = ("placefinder_public", "placefinder_staff", "placefinder_worker", "placefinder_backup")
PARTIES = tuple(f"placefinder_{one}" for one in
                ("referrer", "link_worker", "host", "patient", "insurer", "municipality", "admin"))  # fmt: skip
FIGURES = ("placefinder_insurer", "placefinder_municipality")
OURS = "n.nspname IN ('rx', 'audit')"


def _all(database: psycopg.Connection, sql: str, *values: Any) -> list[Any]:
    return [row[0] if len(row) == 1 else row for row in database.execute(sql, values or None)]


def test_row_security_is_on_and_forced_on_every_table_about_people(database: psycopg.Connection) -> None:
    open_tables = _all(
        database,
        f"SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE {OURS} AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    )
    assert set(open_tables) <= CODE_LISTS


def test_the_owner_is_no_login_of_the_program_and_no_party(database: psycopg.Connection) -> None:
    owners = _all(
        database,
        f"SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}",
    )
    assert not set(owners) & {*LOGINS, *PARTIES, "placefinder_gate"}


def test_no_login_of_the_program_may_pass_row_security_but_the_backup_which_only_reads(
    database: psycopg.Connection,
) -> None:
    powers = _all(
        database,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'placefinder\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
    )
    assert powers == [("placefinder_backup", False, True, False, False)]
    writes = _all(
        database,
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND c.relkind = 'r'"
        " AND has_table_privilege('placefinder_backup', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')",
    )
    assert writes == []


def test_nobody_becomes_the_gate_or_the_owner(database: psycopg.Connection) -> None:
    members = _all(
        database,
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
        " WHERE g.rolname IN ('placefinder_gate', 'placefinder', 'pg_write_all_data')",
    )
    assert not {one for one in members if one.startswith("placefinder_")}


def test_staff_have_no_rights_before_they_entered(database: psycopg.Connection) -> None:
    assert _all(database, "SELECT rolinherit FROM pg_roles WHERE rolname = 'placefinder_staff'") == [False]
    grants = "SELECT table_schema || '.' || table_name FROM information_schema.role_table_grants WHERE grantee = %s AND table_schema IN ('rx', 'audit')"
    assert _all(database, grants, "placefinder_staff") == []


def test_every_view_asks_as_its_caller_and_no_view_keeps_rows(database: psycopg.Connection) -> None:
    views = _all(
        database,
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND"
        " (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false))",
    )
    assert views == []


def test_every_key_between_people_carries_the_tenant(database: psycopg.Connection) -> None:
    keys = database.execute(
        f"SELECT c.relname, f.relname, k.conname, (SELECT array_agg(a.attname::text) FROM pg_attribute a"
        f" WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) FROM pg_constraint k"
        f" JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" JOIN pg_class f ON f.oid = k.confrelid WHERE {OURS} AND k.contype = 'f'"
    ).fetchall()
    between = [key for key in keys if key[0] in PEOPLE and key[1] in PEOPLE]
    assert len(between) >= 12
    assert [key[2] for key in between if "organisation_id" not in key[3]] == []


def test_whoever_names_a_patient_or_referral_of_a_tenant_is_tied_to_it(database: psycopg.Connection) -> None:
    loose = _all(
        database,
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'rx' AND c.relkind = 'r'"
        " AND a.attname IN ('patient_id', 'referral_id') AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid"
        " AND o.attname = 'organisation_id') AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid"
        " AND k.contype IN ('f', 'p') AND a.attnum = ANY (k.conkey) AND (k.contype = 'f' OR c.relname IN ('patient', 'referral')))",
    )
    assert loose == []


DEFINERS = f"""
SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner), coalesce(array_to_string(p.proconfig, ' '), ''),
       p.prorettype = 'trigger'::regtype, has_function_privilege('public', p.oid, 'EXECUTE'), p.prosrc
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS} AND p.prosecdef
"""


def test_who_looks_behind_the_wall_is_the_gate_with_a_fixed_path(database: psycopg.Connection) -> None:
    for name, owner, config, *_ in database.execute(DEFINERS):
        assert owner == "placefinder_gate", name
        assert "search_path=" in config, name
        assert re.search(r"search_path=[a-z_, ]+, pg_temp( |\"|$)", config), name


def test_no_function_that_looks_behind_the_wall_is_open_to_everybody(database: psycopg.Connection) -> None:
    """But rx.claim, which tells a transaction what it itself may claim, and triggers, which nobody can call."""
    loose = [name for name, _, _, trigger, public, _ in database.execute(DEFINERS) if public and not trigger]
    assert loose == ["rx.claim(text)"]


def test_claims_are_set_for_one_transaction_and_by_one_function(database: psycopg.Connection) -> None:
    setters = _all(
        database,
        "SELECT p.oid::regprocedure::text || ' ' || has_function_privilege('public', p.oid, 'EXECUTE') FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('rx', 'audit', 'finder', 'public')"
        " AND p.prolang <> 12 AND p.prosrc ~ 'set_config' AND p.prosrc ~ 'rx\\.(claims|proof)'",
    )
    assert setters == ["rx.set_claims(text,uuid,uuid,text,uuid,uuid,uuid) false"]
    source = _all(database, "SELECT prosrc FROM pg_proc WHERE proname = 'set_claims'")[0]
    assert source.count("set_config(") == source.count(", true)") == 2
    callers = _all(
        database,
        "SELECT p.proname FROM pg_proc p WHERE p.prosrc ~ 'set_claims' AND has_function_privilege('public', p.oid, 'EXECUTE')",
    )
    assert callers == []


@pytest.mark.parametrize("schema", ["rx", "audit"])
def test_the_public_has_no_right_of_any_kind(database: psycopg.Connection, schema: str) -> None:
    assert _all(database, "SELECT has_schema_privilege('placefinder_public', %s, 'USAGE, CREATE')", schema) == [False]
    grants = _all(
        database,
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s"
        " AND c.relkind IN ('r', 'v', 'm') AND (has_table_privilege('placefinder_public', c.oid,"
        " 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        " OR has_any_column_privilege('placefinder_public', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))",
        schema,
    )
    assert grants == []


GRANTS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r
WHERE n.nspname IN ('rx', 'audit') AND c.relkind IN ('r', 'v', 'm') AND r.rolname = ANY (%(roles)s)
  AND (has_table_privilege(r.oid, c.oid, %(what)s) OR %(columns)s AND has_any_column_privilege(r.oid, c.oid, 'UPDATE'))
"""


def _granted(database: psycopg.Connection, roles: tuple[str, ...], what: str, columns: bool = False) -> set[str]:
    return {row[0] for row in database.execute(GRANTS, {"roles": list(roles), "what": what, "columns": columns})}


def test_nobody_deletes_anything_about_people(database: psycopg.Connection) -> None:
    assert _granted(database, (*LOGINS, *PARTIES), "DELETE, TRUNCATE") <= {"rx.invitation"}  # an admin takes one back
    assert not _granted(database, ("placefinder_gate",), "DELETE, TRUNCATE") & (
        {f"rx.{one}" for one in PEOPLE} - MAY_DELETE
    )
    deleted = _granted(database, ("placefinder_gate",), "DELETE, TRUNCATE")
    assert {
        one for one in deleted if not one.startswith(("rx.uptake_", "rx.unmet_by", "rx.activity_rhythm"))
    } <= MAY_DELETE | {"rx.reminder"}


def test_what_is_appended_is_never_updated(database: psycopg.Connection) -> None:
    updated = _granted(database, (*LOGINS, *PARTIES, "placefinder_gate"), "UPDATE", columns=True)
    assert not updated & APPEND_ONLY


def test_no_party_reads_the_audit_or_a_credential(database: psycopg.Connection) -> None:
    readable = _granted(database, (*LOGINS[:3], *PARTIES), "SELECT")
    secret = {"rx.session", "rx.passkey", "rx.access_link", "rx.code_failure", "rx.claim_secret"}
    assert not {one for one in readable if one.startswith("audit.")}
    assert not readable & secret
    columns = _all(
        database,
        "SELECT r.rolname FROM pg_roles r, unnest(ARRAY['password_hash', 'totp_secret', 'oidc_subject']) c"
        " WHERE r.rolname = ANY (%s) AND has_column_privilege(r.oid, 'rx.account', c, 'SELECT')",
        [*LOGINS[:3], *PARTIES],
    )
    assert columns == []


def test_insurers_and_municipalities_have_no_right_on_people(database: psycopg.Connection) -> None:
    for role in FIGURES:
        touched = _all(
            database,
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'rx'"
            " AND c.relkind = 'r' AND (has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE')"
            " OR has_table_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))",
            role,
            role,
        )
        assert not set(touched) & PEOPLE


def test_every_policy_for_a_party_asks_what_it_claims(database: psycopg.Connection) -> None:
    """Or hangs on a row of another table, whose own policy does."""
    blind = _all(
        database,
        "SELECT tablename || ': ' || policyname FROM pg_policies WHERE schemaname IN ('rx', 'audit')"
        " AND roles <> '{placefinder_gate}' AND coalesce(qual, '') || coalesce(with_check, '') !~ 'claim|own\\(|EXISTS|told_by'",
    )
    assert blind == []
