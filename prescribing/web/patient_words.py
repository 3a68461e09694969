"""What the patient's page says about where things stand, whom they told what, and who looked: short and plain."""

from collections.abc import Mapping

from placefinder.web.languages import mark

NOW: Mapping[str, str] = {
    "draft": mark("いま、いっしょに考えているところです。"),
    "offered": mark("いま、いっしょに考えているところです。"),
    "consented": mark("これから、相談の人に伝えます。"),
    "declined_offer": mark("今回は、紹介をしていません。"),
    "sent": mark("相談の人から、14日のうちに連絡があります。"),
    "contacting": mark("相談の人が、あなたに連絡しています。"),
    "contacted": mark("相談の人と、場所を決めているところです。"),
    "unreachable": mark("相談の人が電話しましたが、つながりませんでした。電話をください。"),
    "place_asked": mark("場所の人に、行ってもいいか聞いています。"),
    "place_accepted": mark("場所の人が「どうぞ」と言っています。行く日を決めます。"),
    "place_declined": mark("べつの場所をさがしています。"),
    "no_answer": mark("べつの場所をさがしています。"),
    "booked": mark("行く日が決まりました。"),
    "no_show": mark("行けなくても、だいじょうぶです。また日を決められます。"),
    "attended_once": mark("一度行きました。また行ってみませんか。"),
    "active": mark("通っています。"),
    "sustained_3m": mark("3か月続いています。"),
    "sustained_6m": mark("6か月続いています。"),
    "closed": mark("この紹介は終わりました。場所には、これからも行けます。"),
    "on_hold": mark("いまは、お休みしています。"),
    "transferred": mark("べつの相談の人に、引きついでいます。"),
    "withdrawn_consent": mark("あなたが「やめる」と言ったので、紹介は終わりました。"),
    "entered_in_error": mark("この紹介は、まちがいでした。"),
}
PURPOSES: Mapping[str, str] = {
    "link_worker": mark("あなたに連絡して、行くのを手伝います。名前、電話番号、すきなことなどを知っています。"),
    "host": mark("あなたをむかえます。名前と、いることだけを知っています。"),
    "insurer": mark("行けたかどうかを、数で見ます。"),
    "municipality": mark("足りないものを、数で見ます。"),
}
PARTIES: Mapping[str, str] = {
    "host": mark("場所の人"),
    "system": mark("自動のしごと"),
    "referrer": mark("紹介した人"),
    "link_worker": mark("相談の人"),
    "insurer": mark("保険の人"),
    "municipality": mark("市役所などの人"),
    "admin": mark("しくみを守る人"),
}
DEEDS: Mapping[str, str] = {"read": mark("見た"), "write": mark("書いた")}
THANKS: Mapping[str, str] = {
    "yes": mark("教えてくれて、ありがとうございます。「行った」と書きました。"),
    "no": mark("教えてくれて、ありがとうございます。行けなくても、だいじょうぶです。"),
    "withdrawn": mark("やめました。もう見られません。"),
}
