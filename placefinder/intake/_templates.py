"""Rows a form was handed out with and nobody filled in, and sheets that only show how to."""

import re

_SERIAL = re.compile(r"(#property|no\.?|№|id|番号|項番|連番|通し番号|整理番号)", re.IGNORECASE)
_PREFILLED = re.compile(
    r"(全国地方公共団体コード|.*都道府県コード.*|都道府県名?|市区町村名?|市町村名?|県名|市名|自治体名)"
)
_MARKED = re.compile(
    r".*(名称|名前|イベント名|事業所名|施設名|団体名|学校名|(?<![a-z])name|(?<![a-z])id)", re.IGNORECASE
)
_MARK = "(?:記入例|入力例|記載例|例|サンプル|見本)"
# The mark alone, or in brackets or with a colon before more: 「（例）○○食堂」; 「例会の家」「サンプル工房」 are names.
_EXAMPLE = re.compile(rf"{_MARK}\d{{0,2}}|[(（【\[]{_MARK}\d{{0,2}}[)）】\]].*|{_MARK}\d{{0,2}}[:：].*")
_EXAMPLE_SHEET = re.compile(r".*(入力例|記入例|記載例|見本|サンプル).*|[(（]例[)）].*")


class TemplateRows:
    """Tells the rows of a form that say nothing: only a serial number, or only what was printed on every row."""

    def __init__(self, header: tuple[str, ...]) -> None:
        names = [name.replace(" ", "") for name in header]
        silent = [bool(_SERIAL.fullmatch(name) or _PREFILLED.fullmatch(name)) for name in names]
        # A table of nothing but codes and names of prefectures is no unfilled form.
        self._marked = [index for index, name in enumerate(names) if _MARKED.fullmatch(name)]
        self._telling = [index for index in range(len(names)) if not silent[index]] or list(range(len(names)))

    def holds(self, cells: list[str]) -> bool:
        """Is this (cleaned, not empty) row such a one?"""
        first = next(filter(None, cells))
        if len(first) < 9 and _EXAMPLE.fullmatch(first):
            return True
        if any(cells[index] and _EXAMPLE.fullmatch(cells[index]) for index in self._marked if index < len(cells)):
            return True
        return not any(
            index < len(cells) and cells[index] and not cells[index].startswith("←") for index in self._telling
        )


def is_example_sheet(sheet: str, titles: tuple[str, ...]) -> bool:
    """Does the sheet's name or a line above its header call it an example?"""
    return any(_EXAMPLE_SHEET.fullmatch(text) for text in (sheet, *titles))
