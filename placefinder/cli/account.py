"""`placefinder account`: organisations and accounts of staff, as the operator registers them."""

import argparse
from collections.abc import Callable
from uuid import UUID

from geo.codes import municipality_code
from placefinder.errors import PlacefinderError
from placefinder.settings import Settings
from placefinder.store import open_database
from prescribing.accounts import ROLES, ROLES_OF_KIND
from prescribing.store import registry
from prescribing.store.registry import NewAccount, NewOrganisation, Owner

NAME = "account"
HELP = "register organisations and accounts of staff, stop them, give one-time passwords, reset second factors"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="WHAT")
    _verb(verbs, "list", "every organisation with its accounts", _list)
    one = _verb(verbs, "organisation", "register an organisation; prints its id", _organisation)
    one.add_argument("--kind", choices=tuple(ROLES_OF_KIND), required=True)
    one.add_argument("--name", required=True)
    one.add_argument("--municipality", metavar="CODE", type=municipality_code, required=True)
    one.add_argument("--code", help="医療機関コード, 保険者番号 or 団体コード")
    one.add_argument("--phone")
    one.add_argument("--fax")
    one = _verb(verbs, "add", "register an account; prints its one-time password", _add)
    one.add_argument("--organisation", metavar="ID", type=UUID, required=True)
    one.add_argument("--role", choices=ROLES, required=True)
    one.add_argument("--login", metavar="EMAIL", required=True)
    one.add_argument("--name", required=True)
    for name, does, run_it in (
        ("disable", "stop an account; ends its sessions", _disable),
        ("enable", "take a stopped account into use again", _enable),
        ("reset-password", "print a new one-time password; ends its sessions", _reset_password),
        ("reset-second-factor", "let an account set up its second factor anew; ends its sessions", _reset_factor),
        ("link-oidc", "sign an account in by the organisation's own sign-in (PLACEFINDER_OIDC_ISSUER)", _link_oidc),
    ):
        one = _verb(verbs, name, does, run_it)
        one.add_argument("login", metavar="EMAIL")
        if name == "link-oidc":
            one.add_argument("subject", help="the `sub` that the issuer gives this person")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    does: str,
    run_it: Callable[[argparse.Namespace, Settings, Owner], None],
) -> argparse.ArgumentParser:
    one = verbs.add_parser(name, help=does, description=does)
    one.set_defaults(run_it=run_it)
    return one


def run(args: argparse.Namespace, settings: Settings) -> int:
    with open_database(settings) as connection:
        args.run_it(args, settings, connection)
    return 0


def _list(_args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    last = None
    for one in registry.registered(connection):
        if one.organisation_id != last:
            print(f"{one.organisation_id}  {one.kind}  {one.name}")
            last = one.organisation_id
        if one.login:
            factor = "" if one.second_factor else "  (no second factor yet)"
            print(f"    {one.login}  {one.role}  {one.state}  {one.display_name}{factor}")


def _organisation(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    new = NewOrganisation(args.kind, args.name, args.municipality, args.code, args.phone, args.fax)
    print(registry.add_organisation(connection, new))


def _add(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    _tell(registry.add_account(connection, NewAccount(args.organisation, args.role, args.login, args.name)))


def _tell(password: str) -> None:
    print(f"One-time password (shown only now, changed at the first sign-in): {password}")


def _disable(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    registry.set_state(connection, args.login, "disabled")


def _enable(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    registry.set_state(connection, args.login, "active")


def _reset_password(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    _tell(registry.set_one_time_password(connection, args.login))


def _reset_factor(args: argparse.Namespace, _settings: Settings, connection: Owner) -> None:
    registry.forget_second_factor(connection, args.login)


def _link_oidc(args: argparse.Namespace, settings: Settings, connection: Owner) -> None:
    if settings.oidc_issuer is None:
        raise PlacefinderError("Set PLACEFINDER_OIDC_ISSUER to the issuer first: a subject is one of its own.")
    registry.link_oidc(connection, args.login, settings.oidc_issuer, args.subject)
