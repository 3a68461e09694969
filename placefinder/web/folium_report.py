"""A report to mail: places and gaps by school district on a folium map with its table, one file that asks no one for anything.

folium escapes nothing and links a dozen files of other hosts. So every string passes `escaped`, and every linked file
is replaced by our own of that name or left out; one that is not known stops the report.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.element import Element

from placefinder.store.atlas import Coverage
from placefinder.web.assets import STATIC

OWN_FILES = {"leaflet.js": "vendor/leaflet.js", "leaflet.css": "vendor/leaflet.css"}
NOT_NEEDED = frozenset({
    "jquery-3.7.1.min.js", "bootstrap.bundle.min.js", "leaflet.awesome-markers.js", "bootstrap.min.css",
    "bootstrap-glyphicons.css", "all.min.css", "leaflet.awesome-markers.css", "leaflet.awesome.rotate.min.css",
})  # fmt: skip
# Colours of @digital-go-jp/design-tokens: blue 100/300/500/800/1200; from how many places on.
STEPS = ((1, "#d9e6ff"), (3, "#9db7f9"), (6, "#4979f5"), (11, "#0031d8"), (21, "#000060"))
HATCHED = "url(#hatch)"
DEMO = "見本の町（架空）です。実在の場所・団体ではありません。"
_LINKED = re.compile(
    r"""<script src="(?P<js>[^"]+)"></script>|<link\s+rel="stylesheet"\s+href="(?P<css>[^"]+)"\s*/?>"""
)
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
STYLE = """
html > body { box-sizing: border-box; width: auto; height: auto; font-family: "Noto Sans JP", "BIZ UDPGothic", Meiryo, sans-serif; color: #333; line-height: 1.7; margin: 0 auto;
  max-width: 70rem; padding: 1rem; display: flex; flex-direction: column; }
table, table ~ p { order: 1; } /* after the map, which folium writes last */
.folium-map.leaflet-container { box-sizing: border-box; position: relative !important; height: 60vh !important;
  border: 1px solid #949494; background: #fff; }
thead th:nth-child(-n+2) { white-space: nowrap; } th[scope=row] { word-break: keep-all; }
@media (max-width: 30em) { th, td { padding: .3rem .25rem; } }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; border-bottom: 1px solid #949494;
  padding: .3rem .6rem; } td.n { text-align: right; } ul.legend { list-style: none; padding: 0; display: flex;
  flex-wrap: wrap; gap: .3rem 1.2rem; } .demo { background: #fbf5e0;
  border: 1px solid #6e5600; padding: .2rem .6rem; text-align: center; } .legend svg { width: 1.2em; height: 1.2em; vertical-align: -.2em; }
"""
NO_MAP = ".folium-map.leaflet-container { display: none; }"
_WITHHELD = "<p>形を配ってよいと確かめられていない学区は、地図に入れていません。表には全部の学区があります。</p>"
HATCH = (
    '<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="8" height="8" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#fff"/>'
    '<line x1="0" y1="0" x2="0" y2="8" stroke="#595959" stroke-width="2"/></pattern></defs></svg>'
)


class UnknownAssetError(LookupError):
    """folium links a file that this report has no copy of: add it to OWN_FILES or to NOT_NEEDED."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report shows: one row per district, the kinds counted as gaps, on whose terms."""

    municipality: str
    as_of: date
    districts: Sequence[Coverage]
    kinds: Mapping[str, str]  # code → Japanese name
    attributions: Sequence[str]
    fictional: bool = False


def escaped(text: object) -> str:
    """The one gate: text that is only text in HTML, in JSON inside a script, and in a JavaScript template."""
    safe = escape(str(text), quote=True)
    for sign in "\\`${}":
        safe = safe.replace(sign, f"&#{ord(sign)};")
    return "".join(sign if sign.isprintable() else " " for sign in safe)


def folium_report(report: Report) -> str:
    """The report as one HTML document. Raises UnknownAssetError where folium links a file nobody has looked at."""
    drawn = folium.Map(tiles=None, zoom_control=True, attr="")
    features = [_feature(district) for district in report.districts if district.shape]
    if features:
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: {
                "fillColor": feature["properties"]["colour"], "fillOpacity": 0.9, "color": "#333", "weight": 1,
            },
            tooltip=folium.GeoJsonTooltip(fields=["name", "count"], aliases=["学区", "居場所"]),
        )  # fmt: skip
        layer.add_to(drawn)
        drawn.fit_bounds(layer.get_bounds())  # type: ignore[arg-type]  # branca leaves room for None
    page = drawn.get_root()
    page.header.add_child(Element(f"<style>{STYLE if features else STYLE + NO_MAP}</style>"), name="style")  # type: ignore[attr-defined]
    page.html.add_child(Element(HATCH + _words(report)), name="words")  # type: ignore[attr-defined]
    return standing_alone(page.render(), f"{escaped(report.municipality)} 学区ごとの居場所")


def colour_of(count: int) -> str:
    """White to blue; zero is hatched."""
    return next((colour for least, colour in reversed(STEPS) if count >= least), HATCHED)


def _feature(district: Coverage) -> dict[str, Any]:
    told = {"name": escaped(district.name), "count": district.places, "colour": colour_of(district.places)}
    return {"type": "Feature", "properties": told, "geometry": district.shape}


def _words(report: Report) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escaped(one.name)}</th><td class="n">{one.places}</td>'
        f"<td>{'、'.join(escaped(name) for kind, name in report.kinds.items() if kind not in one.kinds) or 'すべての種類があります'}</td></tr>"
        for one in report.districts
    )
    legend = "".join(
        f'<li><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" fill="{colour}" stroke="#333"/></svg> {least}件から</li>'
        for least, colour in STEPS
    )
    demo = f'<p class="demo">{DEMO}</p>' if report.fictional else ""
    return (
        demo + f"<h1>{escaped(report.municipality)} 学区ごとの居場所</h1><p>{report.as_of.isoformat()} 現在。"
        "休止中と終了したものは数えません。学区の境は公開された地図によります。</p>"
        f"{_WITHHELD if any(one.withheld for one in report.districts) else ''}"
        f'<ul class="legend"><li><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" '
        f'fill="{HATCHED}" stroke="#333"/></svg> 一覧にまだありません</li>{legend}</ul>'
        '<table><thead><tr><th scope="col">学区</th><th scope="col">居場所</th><th scope="col">一覧にまだない種類</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p>出典：{'、'.join(map(escaped, report.attributions))}</p>"
    )


def standing_alone(html: str, title: str) -> str:
    """What folium rendered, with our own files inside instead of links. `title`: escaped already."""
    html = _LINKED.sub(lambda found: _inlined(found["js"] or found["css"], script=bool(found["js"])), html)
    head = (
        f'<title>{title}</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    )
    html = _VIEWPORT.sub("", html)
    return html.replace("<html>", '<html lang="ja">', 1).replace("<head>", f"<head>{head}", 1)


def _inlined(url: str, script: bool) -> str:
    name = PurePosixPath(urlsplit(url).path).name
    if name in NOT_NEEDED:
        return ""
    if name not in OWN_FILES:
        raise UnknownAssetError(f"{name} is linked by folium and not vendored: see OWN_FILES and NOT_NEEDED.")
    body = (STATIC / OWN_FILES[name]).read_text("utf-8")
    if script:
        return "<script>" + body.replace("</script", r"<\/script") + "</script>"
    return "<style>" + re.sub(r"url\((?!#)[^)]*\)", "none", body) + "</style>"
