"""What a list says of whether something still takes place: each sentence below was judged by reading it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placefinder.intake.mapped import form_of
from placefinder.intake.mapping import load_mapping
from placefinder.intake.reading import read_files
from placefinder.intake.records import PlaceRecord
from placefinder.status import StatusSaid, read_status, status_on

AS_OF = date(2026, 11, 23)

SUSPENDED = [
    "現在休止中", "休止中（2023年12月12日時点）", "現在休止", "休止中", "休止", "【休止中】", "さくら食堂（休止中）", "日曜こどもカフェ（休止中）", "活動休止中です。",
    "当面の間お休みします。", "当面の間、お休みとさせていただきます", "ただいま開催を見合わせています。", "現在、活動を休止しております。", "しばらくの間、お休みです",
    "令和2年3月から休止しています", "改修工事のため休館中", "一時休止", "現在休園中", "開催休止中", "運営者の都合により当分の間休業いたします", "２０２５年４月より休止",
    "毎月第2土曜日 ※現在休止中", "祝日は休み、現在は活動休止中", "担い手不足により、現在活動を停止しています。", "お休み中", "休止中につき再開時期は未定", "再開時期は未定です。",
    "再開準備中", "会場の都合により休止となっています", "現在休止中、再開が決まり次第お知らせします", "第2・第4土曜日（休止中）", "現在開催しておりません", "次回は未定。現在お休み中です",
    "活動休止（R5.4～）", "令和2年度より休止", "7月より当面休止",
]  # fmt: skip

SUSPENDED_UNTIL = [
    ("令和9年4月から再開予定", date(2027, 4, 1)),
    ("休止中（2027年1月10日再開予定）", date(2027, 1, 10)),
    ("令和9年3月31日まで休止します", date(2027, 4, 1)),
    ("2027年3月末まで休業", date(2027, 4, 1)),
    ("工事のため休館しています。R9.2.1再開", date(2027, 2, 1)),
    ("4月から再開予定", date(2027, 4, 1)),
    ("1月15日まで休館中", date(2027, 1, 16)),
    ("2026年度は休止", date(2027, 4, 1)),
    ("今年度は中止", date(2027, 4, 1)),
    ("建替え工事のため令和8年12月まで休館", date(2027, 1, 1)),
    ("冬の間は休止し、来年4月から再開します", date(2027, 4, 1)),
]

CLOSED = [
    "閉店しました。", "閉店", "みどり食堂（閉店）", "2024年3月をもって閉所しました。", "令和5年3月31日をもちまして活動を終了しました", "終了しました", "閉館しました",
    "廃止", "当団体は解散いたしました。", "令和6年度末で閉所となりました", "担い手不足のため閉鎖しました。", "運営終了", "コロナのため閉店しました", "令和7年3月末をもって廃止",
    "この事業は令和4年度末で終了しました。", "R6.3.31で廃止", "2025年4月1日閉所", "現在、団体が解散したため活動していません",
    "活動は終了しました。長い間ありがとうございました。", "終了", "閉所",
]  # fmt: skip

NOT_TAKING_NEW = [
    "新規受け入れ休止中", "新規受付停止", "新規の受入れは現在行っていません", "満員", "現在満員のため募集していません", "定員に達したため受付を終了しました", "新規参加者の募集は終了しました",
    "新規の方はお断りしています", "新規利用の受付を停止しております。", "受入休止中", "満員です", "現在、新規会員は募集しておりません", "空きがありません（キャンセル待ち）",
    "新規申込み受付中止", "会員の新規募集はしていません", "利用者の募集は現在停止中です", "当分の間、受け入れを停止します", "新規受け入れ休止中、既存会員のみ活動",
]  # fmt: skip

NEEDS_CHECKING = [
    "コロナのため休止", "新型コロナウイルス感染症の影響により、当面の間休止します。", "感染拡大防止のため開催を中止しています", "緊急事態宣言中は休止", "コロナのため現在はお弁当の配布のみ",
    "感染拡大防止のため新規受け入れを停止しています", "コロナの影響で休止中（令和3年2月現在）", "コロナ禍のため閉館中",
    "令和5年4月から再開予定", "2023年4月より再開しました", "休止中でしたが再開しました", "3月まで休止していましたが、再開しました。", "令和6年3月末まで休止",
    "食堂は休止し、お弁当の配布を行っています", "現在は会食を休止し、フードパントリーのみ実施", "当面の間、第4土曜日はお休みします", "令和9年3月をもって閉所します", "2027年4月から休止します",
    "移転のため閉館しました", "今年度の開催は終了しました", "10月から再開予定", "学習支援は現在休止中", "火曜日の教室は終了しました",
    "お弁当の配布は終了しました", "会場の店が閉店したため、場所を探しています", "こども食堂としての活動は終了し、フードパントリーに移行しました", "コロナ以降、休止している", "休止中（コロナ）",
    "令和4年12月より活動再開", "来年3月で閉店予定", "2025年度は休止", "臨時休館中（水道管破裂のため）", "再開しました", "活動していません", "入浴は休止中",
]  # fmt: skip

RUNNING = ["開催中", "実施中", "活動中", "運営中", "【開催中】", "2026年10月から再開しました", "令和8年4月再開", "令和7年12月より活動再開", "実施中（2026年10月時点）"]  # fmt: skip

UNKNOWN = [
    "", "休憩", "15～17時休憩", "年末年始休業", "祝日休み", "第5土曜はお休み", "定休日：月曜日", "終了時間", "受付終了", "18時終了", "中止の場合は連絡します", "雨天中止",
    "休止していた会食を再開", "閉店後の店を借りて開いています", "毎月第2土曜日", "8月は休止", "8月、12月はお休みです", "月曜休館", "12月29日から1月3日まで休館", "食材がなくなり次第終了",
    "20時閉店", "閉店は20時です。", "閉店した店舗を改装しました", "閉校した小学校の教室で開いています", "休校中の校舎を利用しています", "休業中の旅館をお借りして",
    "台風のときは中止することがあります", "学級閉鎖の場合は参加できません", "夏休みはお休みします", "休館日：第3月曜日", "定員に達し次第締め切ります", "満員の場合はお断りすることがあります",
    "実施中の連絡先", "キャンペーン実施中", "誰でも遊んだり休んだりできる居場所です", "新規のかたも歓迎します", "新規受け入れ中です", "1月から3月は冬季休止", "お盆と正月は休みます。",
    "警報が出たら中止します", "駐車場は使用中止", "参加できなくなったときは前日までに連絡。当日の中止はホームページで知らせます", "休まず続けています", "年中無休", "コロナ禍をきっかけに始めました",
    "感染拡大防止のためマスクをお願いします", "火曜日は休館、ただし、火曜日が祝日の場合は開館で、翌日が休館", "資料特別整理期間（9月中の7日間程度）休館", "リニューアル工事に伴う休館期間を活用し、出張展示を開催しています",
    "新規 6,000円/年 更新 5,000円/年", "土曜日については15:30の時点で預かりがなければ閉室", "開始10:00 終了15:00", "参加費は廃止しました", "2023年8月は休止", "毎週日曜はお休みします",
    "土日祝は閉所しています", "休止の際はSNSで知らせます", "先着順。定員になり次第受付終了", "予約制は終了しました", "休日に開催中のイベント", "中止になりました場合は返金します", "再開発地区の集会所",
    "開店 10:00 閉店 20:00", "夏休み中は休止、9月から再開", "12月は第4週を休止し、1月から再開します。", "夏休み中、毎日開いています", "お盆休み中", "7月から9月まで休止", "満員御礼",
    "新型コロナウイルスの感染状況により中止・変更となる場合があります。", "現在はお弁当配布のみ", "店舗閉店のため会場を変更しました", "祝日は開催していません", "日曜日　休み", "ボランティアの募集は終了しました",
]  # fmt: skip


def test_the_cafes_of_a_real_list_that_rest_by_their_hours_column_are_suspended(realdata: Path) -> None:
    form = form_of(load_mapping("kosai-spot"))
    outcomes = read_files([realdata / "22221-kosai/spot.geojson"], form=form, as_of=AS_OF).outcomes
    places = [one.record for one in outcomes if isinstance(one.record, PlaceRecord)]
    told = [(a.status, a.status_text) for place in places for a in place.activities if a.status != "unknown"]
    assert told == [("suspended", "休止中")] * 4


@pytest.mark.parametrize("text", SUSPENDED)
def test_it_does_not_take_place_at_present(text: str) -> None:
    said = read_status([text], AS_OF)
    assert (said.status, said.until) == ("suspended", None)


@pytest.mark.parametrize(("text", "until"), SUSPENDED_UNTIL)
def test_it_does_not_take_place_until_a_day(text: str, until: date) -> None:
    said = read_status([text], AS_OF)
    assert (said.status, said.until) == ("suspended", until)


@pytest.mark.parametrize("text", CLOSED)
def test_it_has_ended_for_good(text: str) -> None:
    assert read_status([text], AS_OF).status == "closed"


@pytest.mark.parametrize("text", NOT_TAKING_NEW)
def test_nobody_new_is_taken(text: str) -> None:
    assert read_status([text], AS_OF).status == "not_taking_new"


@pytest.mark.parametrize("text", NEEDS_CHECKING)
def test_somebody_must_ask(text: str) -> None:
    assert read_status([text], AS_OF).status == "needs_checking"


@pytest.mark.parametrize("text", RUNNING)
def test_it_takes_place(text: str) -> None:
    assert read_status([text], AS_OF).status == "running"


@pytest.mark.parametrize("text", UNKNOWN)
def test_nothing_is_said_of_it(text: str) -> None:
    assert read_status([text], AS_OF) == StatusSaid("unknown")


def test_the_sentence_that_says_so_is_given_as_printed() -> None:
    said = read_status({"名称": "さくら食堂", "備考": "駐車場なし。現在、休止中です。お問い合わせはこちら"}, AS_OF)
    assert said == StatusSaid("suspended", "現在、休止中です")


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        (["実施中", "現在休止中"], "suspended"),
        (["休止中", "閉店しました"], "closed"),
        (["さくら食堂（休止中）", "令和8年4月再開"], "needs_checking"),
        (["さくら食堂（閉店）", "2026年9月から再開しました"], "needs_checking"),
        (["新規受付停止", "開催中"], "not_taking_new"),
        (["雨天中止", "開催中"], "running"),
    ],
)
def test_the_gravest_word_of_a_row_counts_and_a_contradiction_must_be_checked(cells: list[str], status: str) -> None:
    assert read_status(cells, AS_OF).status == status


def test_the_same_words_say_another_thing_once_their_day_is_past() -> None:
    assert read_status(["令和9年4月から再開予定"], date(2028, 1, 1)).status == "needs_checking"


def test_a_suspension_whose_day_has_come_must_be_checked() -> None:
    until = date(2027, 4, 1)
    assert [status_on("suspended", until, day) for day in (date(2027, 3, 31), until)] == ["suspended", "needs_checking"]
    assert status_on("suspended", None, until) == "suspended"
    assert status_on("closed", None, until) == "closed"


_WORDS = [
    "休止", "休業", "休館", "中止", "お休み", "閉店", "閉所", "終了", "廃止", "解散", "再開", "新規", "受け入れ", "停止", "満員", "コロナのため", "現在", "当面の間", "中", "しました",
    "していた", "予定", "令和", "5年", "4月", "2023年", "から", "まで", "13月", "99日", "（", "）", "。", "、", "\n", "第2土曜日は", "場合", "開催", "です", "・", "年末年始", "0", "9999年", "平成31年2月30日",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=5)), max_size=14).map("".join), st.dates())
def test_any_text_is_read_and_nothing_is_closed_without_a_word_of_closing(text: str, as_of: date) -> None:
    said = read_status([text], as_of)
    assert (said.sentence is None) == (said.status == "unknown")
    assert said.sentence is None or said.sentence in text
    if said.status == "closed":
        assert any(word in text for word in ("閉", "終", "廃", "解散"))
    if said.status == "suspended":
        assert any(word in text for word in ("休", "中止", "停止", "見合わせ", "再開", "閉"))
    if "コロナ" in (said.sentence or ""):
        assert said.status not in ("running", "suspended")
