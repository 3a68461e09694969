"""The error pages people see: what happened, and a next step, in their language."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from placefinder.web.languages import mark
from placefinder.web.rendering import render

# status: heading, next step
TEXTS = {
    400: (mark("この入力は読めませんでした"), mark("もう一度、はじめのページからさがしてください。")),
    401: (mark("先にログインしてください"), mark("ログインのページから、もう一度入ってください。")),
    403: (mark("このページは見られません"), mark("はじめのページにもどってください。")),
    404: (mark("ページが見つかりません"), mark("場所の名前や町の名前で、もう一度さがしてください。")),
    405: (mark("このページはそのようには使えません"), mark("はじめのページにもどってください。")),
    409: (mark("今はその操作ができません"), mark("もとのページを開きなおして、今の状態を確かめてください。")),
    410: (mark("この場所はもう一覧にありません"), mark("近くのほかの場所をさがしてください。")),
    412: (mark("ほかの人が先に変えました"), mark("もとのページを開きなおして、今の状態を確かめてください。")),
    413: (mark("送られたものが大きすぎます"), mark("短くして、もう一度送ってください。")),
    422: (mark("入力を確かめてください"), mark("まちがっているところを直して、もう一度送ってください。")),
    428: (mark("どの版を見たかがわかりません"), mark("もとのページを開きなおして、もう一度送ってください。")),
    429: (mark("今はこみあっています"), mark("少し待ってから、もう一度ためしてください。")),
    500: (mark("こちらの不具合です"), mark("少し待ってから、もう一度ためしてください。急ぐときは電話で相談できます。")),
    503: (mark("今は使えません"), mark("少し待ってから、もう一度ためしてください。急ぐときは電話で相談できます。")),
}


def error_page(request: Request, status: int) -> HTMLResponse:
    """The page for a status; needs no database, and repeats nothing of what was sent."""
    heading, next_step = TEXTS.get(status) or TEXTS[400 if 400 <= status < 500 else 500]
    settings = getattr(request.app.state, "settings", None)
    contact = settings.contact if settings else ""
    return render(request, "error.html", status, status=status, heading=heading, next_step=next_step, contact=contact)
