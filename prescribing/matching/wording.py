"""The words of matching: a plain Japanese sentence for every code, with places for its parameters.

Faces put terms, dates and yen into the words of the language first, then fill the sentence. Every unknown is a task.
"""

from collections.abc import Mapping
from types import MappingProxyType

from placefinder.languages import mark

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "near": mark("家のあたりから約%(minutes)s分"),  # distance_m, mobility
        "in_district": mark("同じ小学校区"),
        "small_start": mark("はじめの一歩によい（気軽に行ける）"),  # steps
        "interest_shared": mark("好きなこと: %(interest)s"),
        "open_then": mark("行ける時間に開いている"),
        "next_date": mark("次は%(date)s"),
        "weekly": mark("毎週のように開いている"),
        "need_met": mark("希望に合う: %(need)s"),
        "free": mark("お金はかからない"),
        "price_within": mark("%(price_yen_max)s円まで"),
        "alone_welcome": mark("ひとりで行っても歓迎される"),
        "small_group": mark("少人数（定員%(capacity)s人）"),
        "professional": mark("保健師など専門の人がいる"),
        "host_open": mark("受け入れていると場所が答えた（%(date)s）"),
    }
)
UNKNOWNS: Mapping[str, str] = MappingProxyType(
    {
        "status": mark("今も続いているか、確認してから"),
        "stale": mark("情報が古いため、開催日時を確認してから"),  # date
        "way": mark("場所と行き方を確認してから"),
        "age": mark("年齢で参加できるか、確認してから"),  # age_min, age_max
        "audience": mark("対象になるか、確認してから"),  # audiences
        "time": mark("行ける時間に開いているか、確認してから"),
        "need": mark("希望に合うか、確認してから: %(need)s"),
        "price": mark("かかるお金を確認してから"),
        "price_depends": mark("人によって値段がちがうため、確認してから"),  # price_yen_min, price_yen_max
        "interest": mark("何をしているか、確認してから"),
    }
)
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "avoided": mark("会わないようにする場所や団体"),
        "suspended": mark("休止している"),
        "closed": mark("終了している"),
        "not_taking_new": mark("新しい人を受け入れていない"),
        "host_full": mark("いっぱいだと場所が答えた"),  # until
        "host_paused": mark("受け入れを休んでいると場所が答えた"),  # until
        "age_unfit": mark("年齢の条件に合わない"),  # age_min, age_max
        "out_of_reach": mark("遠くて通えない"),  # distance_m, mobility
        "time_clash": mark("行ける時間に開いていない"),
        "need_unmet": mark("希望に合わない: %(need)s"),
        "price_above": mark("かかるお金が上限より高い（%(price_yen_min)s円から）"),
        "exposure_full": mark("最近たくさん紹介されていて、これ以上は受け入れきれない"),  # shown, capacity
        "rank": mark("条件に合う%(passed)s件のうち%(rank)s番目"),
        "by_chance": mark("同じくらい合うほかの場所が選ばれた"),
        "others_suit_better": mark("ほかにもっと合う場所がある"),
    }
)


def told(code: str) -> str | None:
    """The Japanese sentence for a code of any of the three, with its `%(…)s`; None: nobody says it."""
    return REASONS.get(code) or UNKNOWNS.get(code) or REFUSALS.get(code)
