"""Rows a form was handed out with and nobody filled in, and sheets that only show how to."""

import re

_SERIAL = re.compile(r"(#property|no\.?|№|id|番号|項番|連番|通し番号|整理番号)", re.IGNORECASE)
_PREFILLED = re.compile(r"(全国地方公共団体コード|.*都道府県コード.*|都道府県名?|市区町村名?|市町村名?|県名|市名|自治体名)")
_EXAMPLE = re.compile(r"[(（【\[]?(記入例|入力例|記載例|例)[)）】\]]?[:：]?")
_EXAMPLE_SHEET = re.compile(r".*(入力例|記入例|記載例|見本|サンプル).*|[(（]例[)）].*")


class TemplateRows:
    """Tells the rows of a form that say nothing: only a serial number, or only what was printed on every row."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self._width = len(header)
        names = [name.replace(" ", "") for name in header]
        self._silent = frozenset(i for i, name in enumerate(names) if _SERIAL.fullmatch(name) or _PREFILLED.fullmatch(name))

    def holds(self, cells: list[str]) -> bool:
        """Is this (cleaned, not empty) row such a one?"""
        filled = [index for index, cell in enumerate(cells) if cell]
        if _EXAMPLE.fullmatch(cells[filled[0]]):
            return True
        telling = [index for index in filled if index not in self._silent and not cells[index].startswith("←")]
        return not telling and len(self._silent) < self._width


def is_example_sheet(sheet: str, titles: tuple[str, ...]) -> bool:
    """Does the sheet's name or a line above its header call it an example?"""
    return any(_EXAMPLE_SHEET.fullmatch(text) for text in (sheet, *titles))
