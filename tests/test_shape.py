"""The shape of the house: what every part of it must keep to, whoever adds to it."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from geo.store.migrations import current, migrate, newest
from geo.store.queries import Queries
from placefinder.app import create_app
from placefinder.cli import VERBS
from placefinder.settings import read_settings
from placefinder.store import Database
from placefinder.web.callers import Caller, all_routes, callers_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geo", "placefinder", "prescribing")
SQL_FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.sql"))
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
QUERY_PARAMETER = re.compile(r"%\((\w+)\)s(::)?")


def _queries() -> Iterator[tuple[str, str]]:
    for path in SQL_FILES:
        package = ".".join(path.parent.relative_to(ROOT).parts)
        for name, sql in Queries(package, path.name):
            yield f"{path.stem}.{name}", sql


NAMED_QUERIES = dict(_queries())


# --- routes -----------------------------------------------------------------------------------------------------


def test_every_route_declares_who_may_call_it() -> None:
    app = create_app(read_settings({}), Database("", "", "", ""))
    assert app.routes
    for route in all_routes(app.routes):
        assert callers_of(route) <= set(Caller)


# --- faces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
def test_a_packages_face_is_its_sorted_all_and_every_name_is_there(package: str) -> None:
    face = importlib.import_module(package)
    assert face.__all__ == sorted(face.__all__)
    public = {name for name, value in vars(face).items() if not name.startswith("_") and not _is_module(value)}
    assert public == set(face.__all__)


def _is_module(value: object) -> bool:
    return type(value).__name__ == "module"


# --- migrations and queries -------------------------------------------------------------------------------------


def test_migrations_are_numbered_without_gaps_and_each_has_its_sql() -> None:
    versions = sorted(path.stem for path in (ROOT / "data/migrations/versions").glob("*.py"))
    files = sorted(path.stem for path in (ROOT / "data/migrations").glob("*.sql"))
    assert versions == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_migrating_a_migrated_database_changes_nothing(clone: Database) -> None:
    with psycopg.connect(clone.owner_dsn) as connection:
        before = current(connection)
    assert before == newest(clone.owner_dsn) == migrate(clone.owner_dsn)


@pytest.mark.parametrize("name", NAMED_QUERIES)
def test_every_parameter_of_a_named_query_is_cast(name: str) -> None:
    uncast = {match[1] for match in QUERY_PARAMETER.finditer(NAMED_QUERIES[name]) if not match[2]}
    assert not uncast


@pytest.mark.parametrize("name", NAMED_QUERIES)
def test_every_named_query_says_which_question_it_answers(name: str) -> None:
    assert NAMED_QUERIES[name].startswith("-- ")


@pytest.fixture(scope="module")
def with_temporary_tables(shared_database: str) -> Iterator[psycopg.Connection]:
    """A connection that has the temporary tables which bulk queries work on."""
    with psycopg.connect(shared_database) as connection:
        for sql in NAMED_QUERIES.values():
            if re.match(r"CREATE TEMP", _statement(sql)):
                connection.execute(sql)
        yield connection
        connection.rollback()


def _statement(sql: str) -> str:
    return re.sub(r"^(\s*--[^\n]*\n)+", "", sql).lstrip()


@pytest.mark.parametrize("name", NAMED_QUERIES)
def test_every_named_query_names_only_what_the_database_has(
    with_temporary_tables: psycopg.Connection, name: str
) -> None:
    sql = NAMED_QUERIES[name]
    statement = _statement(sql)
    if not re.match(r"(?i)(select|insert|update|delete|with|merge)\b", statement):
        return  # COPY and DDL cannot be explained
    unknown = dict.fromkeys(match[1] for match in QUERY_PARAMETER.finditer(sql))
    with with_temporary_tables.transaction(force_rollback=True):
        with_temporary_tables.execute("EXPLAIN " + statement, unknown or None)


@pytest.mark.parametrize("name", NAMED_QUERIES)
def test_every_named_query_is_used(name: str) -> None:
    query = name.partition(".")[2]
    assert any(re.search(rf"\.{query}\b", path.read_text("utf-8")) for path in MODULES)


# --- code -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 33


def test_no_test_folder_is_a_package_that_would_hide_ours() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


# --- documents --------------------------------------------------------------------------------------------------


def test_the_reference_names_every_verb_of_the_program() -> None:
    text = (ROOT / "docs/reference/program.md").read_text("utf-8")
    assert [verb.NAME for verb in VERBS if f"`placefinder {verb.NAME}" not in text] == []


def test_the_reference_names_every_setting_and_no_other() -> None:
    in_code = {name for path in MODULES for name in re.findall(r"PLACEFINDER_[A-Z_]+", path.read_text("utf-8"))}
    in_docs = set(re.findall(r"`(PLACEFINDER_[A-Z_]+)`", (ROOT / "docs/reference/settings.md").read_text("utf-8")))
    assert in_docs >= in_code


def test_the_glossary_has_a_line_for_every_domain_module() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text("utf-8")
    domain = {p.relative_to(ROOT).as_posix() for p in MODULES if len(p.relative_to(ROOT).parts) == 2} - {
        f"{package}/{name}.py" for package in PACKAGES for name in ("__init__", "__main__")
    }
    assert sorted(path for path in domain if f"`{path}`" not in glossary) == []


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [re.split(r"[\[>=;]", line)[0] for line in project["project"]["dependencies"]]
    reasons = (ROOT / "docs/decisions/0002-dependencies.md").read_text("utf-8")
    assert [name for name in wanted if f"| {name} |" not in reasons] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
