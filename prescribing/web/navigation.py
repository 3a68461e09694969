"""Where each role may go from every page, its first screen first. One table: a role → its links."""

from dataclasses import dataclass

from placefinder.web.languages import mark
from prescribing.store.entering import Visitor


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation: a page and its Japanese name."""

    path: str
    label: str

    def leads_to(self, path: str) -> bool:
        """Whether the reader is on this page or below it."""
        return path == self.path or path.startswith(self.path + "/")


REFER = Link("/staff/refer", mark("紹介する"))
MINE = Link("/staff/mine", mark("わたしの紹介"))
CASES = Link("/staff/cases", mark("受けもち"))
VERIFY = Link("/staff/verify", mark("情報の確認"))
IMPORT = Link("/staff/import", mark("一覧の取りこみ"))
UPTAKE = Link("/insurer", mark("利用のまとめ"))
MUNICIPALITY = Link("/municipality", mark("地域のまとめ"))
ADMIN = Link("/staff/admin", mark("職員の管理"))
ACCOUNT = Link("/staff/account", mark("わたしのアカウント"))

NAVIGATION: dict[str, tuple[Link, ...]] = {
    "physician": (REFER, MINE, ACCOUNT),
    "insurer_nurse": (REFER, MINE, ACCOUNT),
    "link_worker": (CASES, VERIFY, IMPORT, ACCOUNT),
    "insurer": (UPTAKE, ACCOUNT),
    "municipality": (MUNICIPALITY, ACCOUNT),
    "admin": (ADMIN, ACCOUNT),
}


def links_of(visitor: Visitor | None) -> tuple[Link, ...]:
    """The links of whoever signed in; nobody's are none."""
    return NAVIGATION[visitor.role] if visitor else ()


def first_screen(role: str) -> str:
    """Where a role begins its work."""
    return NAVIGATION[role][0].path
