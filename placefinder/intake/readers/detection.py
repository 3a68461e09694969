"""Which form (様式) a table has, told by its header; an unknown one is refused with the nearest forms named."""

from collections.abc import Sequence

from placefinder.intake.errors import FileRefused
from placefinder.intake.readers import events, kodomo_shokudo, lines, official, p05
from placefinder.intake.readers._form import Form
from placefinder.intake.tables import Table

FORMS: tuple[Form, ...] = (
    kodomo_shokudo.FORM,
    kodomo_shokudo.CHILD,
    events.FORM,
    p05.FORM,
    lines.FORM,
    *official.FORMS,
    official.PLAIN,
)
"""In order of preference: the first that fits is taken."""


def detect(table: Table) -> Form:
    """The form of a table. Raises FileRefused `unknown_form`, naming the three nearest and how to write a mapping."""
    for form in FORMS:
        if form.fits(table.header):
            return form
    raise unknown(table.header, f"{table.file_name} {table.sheet}".strip())


def form_named(name: str) -> Form:
    """Raises FileRefused `form_unknown` naming the forms there are."""
    for form in FORMS:
        if form.name == name:
            return form
    names = "、".join(form.name for form in FORMS)
    raise FileRefused(
        "form_unknown", f"様式「{name}」はありません。", where="--form", remedy=f"次のどれかを指定してください: {names}"
    )


def unknown(header: Sequence[str], where: str) -> FileRefused:
    nearest = sorted(FORMS, key=lambda form: -form.likeness(header))[:3]
    missing = "; ".join(f"{form.title}(足りない列: {_missing(form, header)})" for form in nearest)
    return FileRefused(
        "unknown_form", f"知っている様式ではありません。列: {'、'.join(header[:8])}…", where=where,
        remedy=f"近い様式: {missing}。列の対応を書いた設定ファイルを --mapping で渡すと読めます(書き方: docs/how-to/mapping.md)。",
    )  # fmt: skip


def _missing(form: Form, header: Sequence[str]) -> str:
    return "、".join("/".join(sorted(group)[:2]) for group in form.needs if not group & set(header)) or "なし"
