"""What the roles are called."""

from placefinder.web.languages import mark

ROLE_NAMES: dict[str, str] = {
    "physician": mark("医師"),
    "insurer_nurse": mark("保険者の保健師・看護師"),
    "insurer": mark("保険者の評価担当"),
    "link_worker": mark("リンクワーカー（つなぐ人）"),
    "municipality": mark("市区町村の担当"),
    "admin": mark("管理の人"),
}
STATE_NAMES: dict[str, str] = {"active": mark("使っている"), "disabled": mark("とめている")}
