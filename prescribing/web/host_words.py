"""What a place may answer, and what it is told; no word about the person."""

from placefinder.web.languages import mark

DECLINES = (
    "full",
    "not_taking_new",
    "not_eligible",
    "time_mismatch",
    "access_barrier",
    "closed_or_suspended",
    "listing_wrong",
)
"""What a place may give as its reason; each is one button, and one box of the slip."""
THANKS = {
    "accept": mark("ありがとうございます。引き受けていただけると、相談員に伝わりました。"),
    "decline": mark("わかりました。相談員に伝わりました。ご連絡ありがとうございます。"),
    "book": mark("行く日が決まりました。相談員に伝わりました。"),
    "came": mark("記録しました。ありがとうございます。"),
    "notice": mark("受け入れのようすを記録しました。ありがとうございます。"),
}
REFUSED = {
    "stale": mark("ほかの人が先に答えました。今のようすを確かめてください。"),
    "moved": mark("今はその答えを受けとれません。今のようすを確かめてください。"),
    "wrong": mark("日にちを確かめてください。"),
}
