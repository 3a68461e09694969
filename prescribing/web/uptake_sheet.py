"""Uptake as one HTML page to keep and its curve as an SVG, without links and scripts: the same report gives the same bytes."""

from html import escape

from prescribing.uptake.report import Curve
from prescribing.web.uptake_charts import HEIGHT, WIDTH, curve_drawing
from prescribing.web.uptake_files import Cell, Told, tables

_STYLE = """body{font-family:"Noto Sans JP","BIZ UDPGothic",Meiryo,sans-serif;color:#333;line-height:1.7;max-width:70rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;width:100%;margin-bottom:1.5rem}th,td{text-align:left;border-bottom:1px solid #949494;padding:.3rem .6rem;vertical-align:top}
td.n{text-align:right;white-space:nowrap}svg{max-width:52rem;width:100%;height:auto}"""


def report_html(told: Told) -> str:
    """All tables and the curve on one page."""
    title = f"利用のまとめ {told.title}"
    parts = [f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
             f'initial-scale=1"><title>{escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
             f"<body><h1>{escape(title)}</h1>"]  # fmt: skip
    for table in tables(told):
        head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in table.head)
        rows = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in table.rows)
        drawn = curve_svg(told.own.curve) if told.own and table.name == "行くまでの日数" else ""
        parts.append(
            f"<h2>{escape(table.name)}</h2>{drawn}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return "".join([*parts, "</body></html>\n"])


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f'<td class="n">{cell:.0%}</td>'
    return f'<td class="n">{cell:,}</td>' if isinstance(cell, int) else f"<td>{escape(str(cell or ''))}</td>"


def curve_svg(curve: Curve) -> str:
    """The Kaplan–Meier curve with its band; says so where it is hidden."""
    drawn = curve_drawing(curve)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        'font-size="13" fill="#595959"><title>同意からの日数と、はじめて行った人の割合（うすい色は95%の幅）</title>'
    )
    if drawn is None:
        return f'{head}<text x="20" y="40">行った人が10人未満なので、かくしています。</text></svg>'
    grid = "".join(
        f'<line x1="56" x2="626" y1="{tick.at}" y2="{tick.at}" stroke="#d8d8d8"/><text x="50" y="{tick.at + 5}" '
        f'text-anchor="end">{tick.label}</text>'
        for tick in drawn.shares
    )
    days = "".join(
        f'<text x="{tick.at}" y="281" text-anchor="middle">{tick.label}</text>' for tick in drawn.days
    )  # fmt: skip
    return (
        f'{head}{grid}{days}<text x="626" y="297" text-anchor="end">同意からの日数</text>'
        f'<polygon points="{drawn.band}" fill="#9db7f9" opacity="0.45"/>'
        f'<polyline points="{drawn.line}" fill="none" stroke="#0017c1" stroke-width="3"/></svg>'
    )
