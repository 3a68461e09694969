"""Who may call a route: declared on every one, or the app does not start."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from starlette.routing import BaseRoute, Mount

from placefinder.errors import UndeclaredRoute

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


class Caller(StrEnum):
    """The people of the field, as far as a route can tell them apart."""

    ANYONE = "anyone"
    PHYSICIAN = "physician"
    INSURER_NURSE = "insurer_nurse"
    INSURER = "insurer"
    LINK_WORKER = "link_worker"
    ORGANISER = "organiser"
    PATIENT = "patient"
    MUNICIPALITY = "municipality"
    ADMIN = "admin"


def callers(*who: Caller) -> Callable[[Endpoint], Endpoint]:
    """Declare who may call an endpoint."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.__callers__ = frozenset(who)  # type: ignore[attr-defined]
        return endpoint

    return declare


def callers_of(route: BaseRoute) -> frozenset[Caller]:
    """Who may call a route. Raises UndeclaredRoute for one that does not say."""
    endpoint = route.app if isinstance(route, Mount) else getattr(route, "endpoint", None)
    declared = getattr(endpoint, "__callers__", None)
    if not declared:
        raise UndeclaredRoute(getattr(route, "path", repr(route)))
    return frozenset(declared)


def check_all_declared(routes: Iterable[BaseRoute]) -> None:
    """Raises UndeclaredRoute for the first route that does not say who may call it."""
    for route in all_routes(routes):
        callers_of(route)


def all_routes(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes themselves, those of included routers too: FastAPI keeps a router whole."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from all_routes(included.routes)
