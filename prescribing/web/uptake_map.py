"""Uptake by district of all insurers together on a folium map with its table: one file that asks no one for anything."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import folium
from branca.element import Element

from placefinder.store.atlas import Coverage
from placefinder.store.sources import CurrentEdition
from placefinder.web.folium_report import DEMO, HATCH, HATCHED, NO_MAP, STYLE, escaped, standing_alone
from prescribing.uptake.report import BY_DISTRICT, DistrictReport
from prescribing.uptake.suppression import Shown
from prescribing.web.uptake_files import RULE, STAGE_OF, seen

# Colours of @digital-go-jp/design-tokens: blue 100/300/500/800/1200; from which share on.
STEPS = ((0, "#d9e6ff"), (20, "#9db7f9"), (40, "#4979f5"), (60, "#0031d8"), (80, "#000060"))
_BY_CHANCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
DRAWN = BY_DISTRICT[0]
NOTHING = Shown(0, 0, 0)


def uptake_map(
    municipality: str, districts: Sequence[Coverage], report: DistrictReport, editions: Sequence[CurrentEdition]
) -> str:
    """The districts coloured by the share that attended within 42 days, as one HTML document."""
    figures = {row.district_id: row.figures.get(DRAWN, NOTHING) for row in report.districts}
    drawn = folium.Map(tiles=None, zoom_control=True, attr="")
    features = [_feature(one, figures.get(one.district_id, NOTHING)) for one in districts if one.shape]
    if features:
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: {
                "fillColor": feature["properties"]["colour"], "fillOpacity": 0.9, "color": "#333", "weight": 1,
            },
            tooltip=folium.GeoJsonTooltip(fields=["name", "told"], aliases=["学区", "42日以内に行った"]),
        )  # fmt: skip
        layer.add_to(drawn)
        drawn.fit_bounds(layer.get_bounds())  # type: ignore[arg-type]  # branca leaves room for None
    page = drawn.get_root()
    page.header.add_child(Element(f"<style>{STYLE if features else STYLE + NO_MAP}</style>"), name="style")  # type: ignore[attr-defined]
    words = _words(municipality, {one.district_id: one.name for one in districts}, report, editions)
    page.html.add_child(Element(HATCH + words), name="words")  # type: ignore[attr-defined]
    return _named_in_order(standing_alone(page.render(), f"{escaped(municipality)} 学区ごとの利用"))


def _named_in_order(html: str) -> str:
    """Folium names its parts by chance: here by their order, so that the same report is the same bytes."""
    names: dict[str, str] = {}
    return _BY_CHANCE.sub(lambda found: names.setdefault(found[0], f"{len(names):032x}"), html)


def colour_of(figure: Shown) -> str:
    """White to blue; hidden or nobody is hatched."""
    if figure.rate is None:
        return HATCHED
    return next(colour for least, colour in reversed(STEPS) if figure.rate * 100 >= least)


def told(figure: Shown) -> str:
    """A figure in words: its rate with both counts, or why there is none."""
    counts = f"{seen(figure.numerator)}／{seen(figure.denominator)}"
    return counts if figure.rate is None else f"{figure.rate:.0%}（{counts}）"


def _feature(district: Coverage, figure: Shown) -> dict[str, Any]:
    properties = {"name": escaped(district.name), "told": escaped(told(figure)), "colour": colour_of(figure)}
    return {"type": "Feature", "properties": properties, "geometry": district.shape}


def _words(
    municipality: str, names: dict[UUID, str], report: DistrictReport, editions: Sequence[CurrentEdition]
) -> str:
    heads = "".join(
        f'<th scope="col">{escaped(STAGE_OF[stage].name)}</th><th scope="col">まだ待っている</th>'
        for stage in BY_DISTRICT
    )
    rows = "".join(
        f'<tr><th scope="row">{escaped(names.get(row.district_id, "学区がわからない人") if row.district_id else "学区がわからない人")}</th>'
        + "".join(
            f'<td class="n">{escaped(told(row.figures[stage]))}</td><td class="n">{escaped(seen(row.figures[stage].waiting))}</td>'
            for stage in BY_DISTRICT
        )
        + "</tr>"
        for row in report.districts
    )
    legend = "".join(
        f'<li><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" fill="{colour}" stroke="#333"/></svg> {least}%から</li>'
        for least, colour in STEPS
    )
    demo = f'<p class="demo">{DEMO}</p>' if any(one.fictional for one in editions) else ""
    sources = "、".join(escaped(one) for one in sorted({one.attribution for one in editions}))
    meanings = "".join(
        f"<li>{escaped(STAGE_OF[stage].name)}：{escaped(STAGE_OF[stage].definition)}</li>" for stage in BY_DISTRICT
    )
    return (
        demo
        + f"<h1>{escaped(municipality)} 学区ごとの利用（すべての保険者をあわせて）</h1><p>{report.as_of.isoformat()} 現在、"
        f"{report.months[0]:%Y-%m}からの紹介。{escaped(RULE)}</p>"
        f'<ul class="legend"><li><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" '
        f'fill="{HATCHED}" stroke="#333"/></svg> 人がいないか、かくしています</li>{legend}</ul>'
        f'<table><thead><tr><th scope="col">学区</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f"<h2>数え方</h2><ul>{meanings}</ul><p>学区の境の出典：{sources}</p>"
    )
