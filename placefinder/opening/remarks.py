"""Remarks beside a schedule that are none: booking, numbers of people, prices, names of places."""

import re

_BOOKING = re.compile(
    r"(?:\d+日前|前々日|前日|当日)(?:の\d+時)?までに(?:要|ご|お)*(?:予約|申込|申し?込み?|電話|連絡)[^。\n()、,※]*"
    r"|(?:要|事前|前日)?(?:予約|申込|申し?込み?)(?:制|要|不要|は|が|受付)?(?:\d+日前|前々日|前日|当日|必要|必須|お電話|電話)?[^。\n()、,※ \d]*"
)
_WHO = "(?:子ども|こども|子供|小学生|中学生|小中学生|高校生|未就学児|幼児|大人|一般|保護者|高齢者)"
_PEOPLE = re.compile(
    rf"{_WHO}(?:以下|以上)?は?(?:無料|\d+円)|"
    r"(?:参加費|会費|参加料|料金|費用|入場料|定員|対象|先着|各回|約)+[:は]?\s?\d[^\s。、,()※]*|\d+(?:名|人|食|組|円|個)(?:まで|限定|程度|以上)?"
)
_LABEL = re.compile(r"(?:^|(?<=[\s(。]))[一-龥々ァ-ヶー]{2,12}(?=$|[\s)。])")
_LABEL_ENDS = (
    "館",
    "所",
    "室",
    "会",
    "園",
    "寺",
    "院",
    "校",
    "堂",
    "センター",
    "ホール",
    "カフェ",
    "サロン",
    "体操",
    "教室",
    "クラブ",
    "広場",
    "ヨガ",
    "マルシェ",
    "フェス",
)
_NO_LABEL = re.compile(
    "[閉散解不休止延変替更限除外別異未要確問参照告知談望応次第交互代順番回期季節春夏秋冬朝昼夜晩暦隔週月日時年毎曜祝初旬上下末始終定予約申込都合雨雪前後午翌半]"
)


def without_booking(text: str) -> str:
    """The text without remarks on booking, whose days are not those of the activity."""
    text = _PEOPLE.sub("", text)
    if "予約" not in text and "申" not in text and "まで" not in text:
        return text
    return _BOOKING.sub(lambda found: found.group() if re.search("変|不定|曜|第|休|場合", found.group()) else "", text)


def without_labels(text: str) -> str:
    """The text without nouns that stand apart and name the activity or the place."""
    return _LABEL.sub(_without_label, text)


def _without_label(found: re.Match[str]) -> str:
    """A noun that stands apart, ends like a place or an activity and has no character of the language of schedules."""
    noun = found.group()
    return "" if noun.endswith(_LABEL_ENDS) and not _NO_LABEL.search(noun) else noun
