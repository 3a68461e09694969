"""The official sheets of the 自治体標準オープンデータセット and its predecessor: 01, 05, 09, 10 and 24."""

from placefinder.intake.readers._form import Form
from placefinder.intake.readers._official import ADDRESSES, NAMES, Sheet, reader
from placefinder.intake.tables import Row
from placefinder.kinds import Kind, kind

_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("support_center", ("地域包括支援センター", "包括支援センター", "高齢者支援センター")),
    ("kosodate_hiroba", ("子育てひろば", "つどいの広場", "地域子育て支援拠点", "子育て支援センター")),
    ("childrens_hall", ("児童館", "児童センター", "児童会館")),
    ("library", ("図書館", "図書室")),
    ("school", ("小学校", "中学校", "高等学校", "義務教育学校", "特別支援学校", "大学")),
    ("nursery", ("保育所", "保育園", "幼稚園", "こども園", "保育室")),
    ("after_school", ("学童", "放課後児童", "児童クラブ")),
    ("welfare_center", ("福祉センター", "保健センター", "保健所", "福祉会館", "保健福祉", "いこいの家", "老人福祉")),
    ("clinic", ("病院", "診療所", "クリニック", "医院")),
    ("pharmacy", ("薬局",)),
    ("public_room", ("公民館", "集会所", "集会室", "区民館", "市民館", "区民センター", "市民センター", "地区センター", "コミュニティ", "文化センター", "交流センター",
                     "生涯学習", "地域センター", "会館", "ホール", "集落センター", "学習館", "プラザ")),
    ("public_office", ("市役所", "区役所", "町役場", "村役場", "支所", "出張所", "庁舎")),
)  # fmt: skip


def kind_by_name(*texts: str) -> Kind:
    """The kind the words of the first telling text name; `other` where none does."""
    for text in texts:
        for code, words in _BY_NAME:
            if any(word in text for word in words):
                return kind(code)
    return kind("other")


def _public(row: Row, name: str) -> Kind:
    return kind_by_name(name, row.get("名称_通称"), row.get("分類"), row.get("説明"))


def _childcare(row: Row, name: str) -> Kind:
    return kind_by_name(row.get("種別"), row.get("施設種別"), name)


def _medical(row: Row, name: str) -> Kind:
    return kind("pharmacy" if "薬局" in row.get("医療機関の種類") or name.endswith("薬局") else "clinic")


def _care(row: Row, name: str) -> Kind:
    return kind("support_center" if "包括支援センター" in name else "care_facility")


def _school(row: Row, name: str) -> Kind:
    said = row.get("種別") + row.get("学校種別") + row.get("種類")
    return kind("nursery" if "幼稚園" in said + name or "こども園" in said + name else "school")


_NAME, _ADDRESS, _FREE = frozenset(NAMES), frozenset(ADDRESSES), frozenset({"利用可能曜日", "POIコード", "名称_通称"})
_SERVICES = frozenset({"実施サービス", "サービスの種類", "サービス種別", "介護サービスの種類", "提供サービス"})

PUBLIC = Form(
    "public_facilities", "公共施設一覧(自治体標準 01)", "rooms", (_NAME, _ADDRESS, _FREE),
    reader(Sheet(_public, {"category": ("分類", "施設分類"), "poi_code": ("POIコード",)})),
)  # fmt: skip
CHILDCARE = Form(
    "childcare", "子育て施設一覧(自治体標準 05)", "places",
    (_NAME, _ADDRESS, frozenset({"種別", "施設種別"}), frozenset({"受入年齢", "一時預かりの有無", "収容定員", "延長保育の有無"})),
    reader(Sheet(_childcare, {"category": ("種別", "施設種別"), "ages_text": ("受入年齢",)})),
)  # fmt: skip
CARE = Form(
    "care_services", "介護サービス事業所一覧(自治体標準 09)", "rooms", (_NAME, _ADDRESS, _SERVICES),
    reader(Sheet(_care, {"services": tuple(sorted(_SERVICES))})),
)  # fmt: skip
MEDICAL = Form(
    "medical", "医療機関一覧(自治体標準 10)", "rooms", (_NAME, _ADDRESS, frozenset({"診療科目", "医療機関の種類"})),
    reader(Sheet(_medical, {"specialties": ("診療科目",), "category": ("医療機関の種類",), "beds": ("病床数",)})),
)  # fmt: skip
SCHOOLS = Form(
    "schools", "教育機関一覧(自治体標準 24)", "rooms", (_NAME, _ADDRESS, frozenset({"学校コード", "学校種別"})),
    reader(Sheet(_school, {"category": ("種別", "学校種別", "種類"), "school_code": ("学校コード",)})),
)  # fmt: skip
PLAIN = Form(
    "plain_places", "名称・住所だけの施設一覧", "rooms", (_NAME, _ADDRESS, frozenset({"緯度", "市区町村名"})),
    reader(Sheet(_public, {"category": ("_データセット名", "分類", "種別")})),
)  # fmt: skip
FORMS = (CHILDCARE, MEDICAL, CARE, SCHOOLS, PUBLIC)
