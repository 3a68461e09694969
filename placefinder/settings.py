"""Settings: read once at the edge, frozen, passed down."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from geo.store.cluster import default_home
from placefinder.errors import SettingsError

Tiles = Literal["none", "direct", "proxy"]
GSI_PALE = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment may choose; every field is one environment variable, listed in docs/reference/settings.md."""

    home: Path
    dsn: str | None  # PLACEFINDER_DSN: the owner's connection; None = the embedded cluster
    public_dsn: str | None  # PLACEFINDER_PUBLIC_DSN: the residents' role, which can only read
    staff_dsn: (
        str | None
    )  # PLACEFINDER_STAFF_DSN: the role that answers staff, hosts and patients; None: no prescribing
    worker_dsn: str | None  # PLACEFINDER_WORKER_DSN: the role that does what is due by the clock
    host: str
    port: int
    tiles: Tiles
    tile_url: str
    tile_attribution: str
    mirror: str | None  # PLACEFINDER_MIRROR: replaces the official download hosts
    secret: str | None  # PLACEFINDER_SECRET: signs forms; made and kept in `home` where unset
    keys: Path  # PLACEFINDER_KEYS: the file of keys that seal words about people; made in `home` where missing
    oidc_issuer: str | None  # PLACEFINDER_OIDC_ISSUER: where staff may sign in instead; with its client id and secret
    oidc_client_id: str
    oidc_client_secret: str
    guardian_age: int  # PLACEFINDER_GUARDIAN_AGE: younger people's guardian says yes to a referral
    contact: str  # shown to publishers whose files we fetch, and on error pages


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises SettingsError naming the variable and what it may be."""
    return Settings(
        home=default_home(environ),
        dsn=environ.get("PLACEFINDER_DSN") or None,
        public_dsn=environ.get("PLACEFINDER_PUBLIC_DSN") or environ.get("PLACEFINDER_DSN") or None,
        staff_dsn=environ.get("PLACEFINDER_STAFF_DSN") or None,
        worker_dsn=environ.get("PLACEFINDER_WORKER_DSN") or None,
        host=environ.get("PLACEFINDER_HOST", "127.0.0.1"),
        port=_port(environ.get("PLACEFINDER_PORT", "8000")),
        tiles=_tiles(environ.get("PLACEFINDER_TILES", "none")),
        tile_url=environ.get("PLACEFINDER_TILE_URL", GSI_PALE),
        tile_attribution=environ.get("PLACEFINDER_TILE_ATTRIBUTION", "地理院タイル"),
        mirror=environ.get("PLACEFINDER_MIRROR") or None,
        secret=environ.get("PLACEFINDER_SECRET") or None,
        keys=Path(environ.get("PLACEFINDER_KEYS") or default_home(environ) / "keys.json"),
        oidc_issuer=environ.get("PLACEFINDER_OIDC_ISSUER") or None,
        oidc_client_id=environ.get("PLACEFINDER_OIDC_CLIENT_ID", ""),
        oidc_client_secret=environ.get("PLACEFINDER_OIDC_CLIENT_SECRET", ""),
        guardian_age=_guardian_age(environ.get("PLACEFINDER_GUARDIAN_AGE", "16")),
        contact=environ.get("PLACEFINDER_CONTACT", ""),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 <= int(text) < 65536):
        raise SettingsError("PLACEFINDER_PORT", "a number from 0 to 65535")
    return int(text)


def _guardian_age(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 25):
        raise SettingsError("PLACEFINDER_GUARDIAN_AGE", "an age from 0 to 25")
    return int(text)


def _tiles(text: str) -> Tiles:
    for known in get_args(Tiles):
        if text == known:
            return cast(Tiles, known)
    raise SettingsError("PLACEFINDER_TILES", "none, direct or proxy")
