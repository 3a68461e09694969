"""The journey in words: moves, next actions, channels, outcomes, needs; each a Japanese sentence for the catalogues."""

from collections.abc import Mapping

from placefinder.web.languages import mark

MOVES: Mapping[str, str] = {
    "make": mark("紹介を書きはじめた"),
    "offer": mark("本人にすすめた"),
    "accept_offer": mark("本人が同意した"),
    "decline_offer": mark("本人が断った"),
    "send": mark("リンクワーカーへ送った"),
    "start_contact": mark("連絡を始めた"),
    "reach": mark("連絡がついた"),
    "give_up_contact": mark("連絡がつかなかった"),
    "ask_place": mark("場所に聞いた"),
    "accept": mark("場所が引き受けた"),
    "decline": mark("場所が断った"),
    "time_out": mark("返事がないまま14日たった"),
    "book": mark("行く日を決めた"),
    "attend": mark("参加した"),
    "miss": mark("来なかった"),
    "go_on": mark("通いはじめた"),
    "sustain_3m": mark("3か月続いた"),
    "sustain_6m": mark("6か月続いた"),
    "close": mark("終わりにした"),
    "hold": mark("お休みにした"),
    "resume": mark("再開した"),
    "hand_over": mark("別の事務所へ引きついだ"),
    "assign": mark("担当を決めた"),
    "remind": mark("自動のお知らせ"),
    "withdraw": mark("同意を取り消した"),
    "mark_error": mark("入力まちがいにした"),
}
"""What a move was, on a timeline."""

BUTTONS: Mapping[str, str] = {
    "start_contact": mark("連絡を始める"),
    "reach": mark("連絡がついた"),
    "give_up_contact": mark("連絡がつかない"),
    "ask_place": mark("場所に聞く"),
    "accept": mark("場所が引き受けた"),
    "decline": mark("場所が断った"),
    "book": mark("行く日を決める"),
    "attend": mark("参加した"),
    "miss": mark("来なかった"),
    "go_on": mark("通いはじめた"),
    "sustain_3m": mark("3か月続いた"),
    "sustain_6m": mark("6か月続いた"),
    "close": mark("終わりにする"),
    "hold": mark("お休みにする"),
    "resume": mark("再開する"),
    "hand_over": mark("別の事務所へ引きつぐ"),
    "assign": mark("自分の担当にする"),
    "withdraw": mark("本人が同意を取り消した"),
}
"""What a link worker presses to make a move."""

STEPS: Mapping[str, str] = {
    "sent": mark("本人に連絡する"),
    "contacting": mark("もう一度、本人に連絡する"),
    "contacted": mark("行きたい場所を決めて、場所に聞く"),
    "unreachable": mark("ほかのやりかたで連絡する"),
    "place_asked": mark("場所の返事を待つ"),
    "place_accepted": mark("行く日を決める"),
    "place_declined": mark("ほかの場所を考える"),
    "no_answer": mark("場所に電話するか、ほかの場所を考える"),
    "booked": mark("行けたかどうかを確かめる"),
    "no_show": mark("わけを聞いて、日を決めなおす"),
    "attended_once": mark("どうだったかを聞き、次の回をすすめる"),
    "active": mark("続いているかを確かめる"),
    "sustained_3m": mark("続いているかを確かめる"),
    "sustained_6m": mark("話し合って、終わりにする"),
    "on_hold": mark("再開の日に連絡する"),
    "transferred": mark("引きつぎを受けて、本人に連絡する"),
    "closed": mark("終わりました"),
    "withdrawn_consent": mark("終わりました"),
    "entered_in_error": mark("終わりました"),
}
"""What a link worker does next, by state."""

ACTIONS: Mapping[str, str] = {
    "ask_again_later": mark("しばらくしてから、もう一度聞く"),
    "close": mark("終わりにする"),
    "other_suggestion": mark("ほかの場所をすすめる"),
    "buddy": mark("いっしょに行く人をさがす"),
    "other_time": mark("ほかの時間の場所をさがす"),
    "interpreter": mark("通訳をたのむ"),
    "unmet_need": mark("「足りないもの」として記録しました。ほかの場所も考える"),
    "hand_over": mark("引っ越し先の事務所へ引きつぐ"),
    "ask_referrer": mark("紹介した人に連絡先を聞く"),
    "verify": mark("一覧を確かめる（確認の一覧に入れました）"),
    "call_person": mark("本人に電話する"),
    "nudge_place": mark("場所にもう一度聞く（5日たっても返事がない）"),
    "call_place": mark("場所に電話する（10日たっても返事がない）"),
    "follow_up_3m": mark("3か月たちました。続いているかを本人か場所に聞く"),
    "follow_up_6m": mark("6か月たちました。続いているかを本人か場所に聞く"),
    "none": mark("することはありません"),
}
"""What a reason leads to."""

CHANNELS: Mapping[str, str] = {
    "phone": mark("電話"),
    "visit": mark("訪問"),
    "meeting": mark("面談"),
    "letter": mark("手紙"),
    "message": mark("メッセージ"),
    "fax": mark("FAX"),
}
WITH_WHOM: Mapping[str, str] = {
    "person": mark("本人"),
    "family": mark("家族"),
    "place": mark("場所の人"),
    "referrer": mark("紹介した人"),
}
OUTCOMES: Mapping[str, str] = {
    "met": mark("目標にとどいた"),
    "partly_met": mark("少しとどいた"),
    "not_met": mark("とどかなかった"),
    "declined": mark("本人がやめた"),
    "unknown": mark("わからない"),
}
TELLERS: Mapping[str, str] = {
    "place": mark("場所"),
    "slip": mark("FAX・電話の用紙"),
    "worker": mark("リンクワーカー"),
    "self": mark("本人"),
}
PARTIES: Mapping[str, str] = {
    "referrer": mark("紹介した人"),
    "link_worker": mark("リンクワーカー"),
    "host": mark("場所"),
    "patient": mark("本人"),
    "system": mark("自動"),
}
NOTICES: Mapping[str, str] = {
    "open": mark("受け入れている"),
    "full": mark("満員"),
    "paused": mark("お休み中"),
}
"""What a place says about taking people."""
MOBILITIES: Mapping[str, str] = {
    "frail": mark("足腰が弱い"),
    "75+": mark("75歳以上の歩き"),
    "65-74": mark("65–74歳の歩き"),
    "adult": mark("ふつうに歩く"),
    "child": mark("子どもの歩き"),
    "pram": mark("ベビーカー"),
    "wheelchair": mark("車いす"),
    "bicycle": mark("自転車"),
    "car_or_bus": mark("車かバス"),
}
SEXES: Mapping[str, str] = {"female": mark("女性"), "male": mark("男性"), "other": mark("そのほかの性別")}
AGE_BANDS: Mapping[str, str] = {
    "0-5": mark("0–5歳"),
    "6-15": mark("6–15歳"),
    "16-39": mark("16–39歳"),
    "40-64": mark("40–64歳"),
    "65-74": mark("65–74歳"),
    "75-84": mark("75–84歳"),
    "85+": mark("85歳以上"),
}
PLAN_KINDS: Mapping[str, str] = {
    "goal": mark("本人の目標"),
    "barrier": mark("むずかしいこと"),
    "need": mark("ほしい助け"),
    "health_guidance": mark("保健指導"),
    "nutrition_guidance": mark("栄養指導"),
}
