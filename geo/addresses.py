"""Japanese addresses (住所) as people write them: cleaned for reading, and folded into a key for comparing.

`normalise` keeps the words and tidies the characters. `town_key` is only for comparing: two spellings of one town
(「大字箕輪字ケヤキ」「箕輪けやき」, 「北十六条西二丁目」「北16条西2丁目」) have the same key.
"""

import re
import unicodedata

from geo.codes import Postcode

# Old and variant forms (旧字・異体字) and today's form, position by position. After JIS X 0208's levels 2 → 1.
_OLD = (
    "亞圍壹榮驛應櫻假會懷覺樂陷歡氣戲據挾區徑溪輕藝儉圈權嚴恆國齋雜蠶殘兒實釋從縱敍燒條剩壤釀眞盡醉髓聲竊淺錢禪爭插騷屬對滯擇單斷癡鑄敕鐵傳"
    "黨鬪屆腦廢發蠻拂邊瓣寶沒滿藥餘樣亂兩禮靈爐灣惡醫飮營圓歐奧價繪擴學罐勸觀歸犧擧狹驅莖經繼缺劍檢顯廣鑛碎劑參慘絲辭舍壽澁肅將證乘疊孃觸寢圖"
    "穗樞齊攝戰潛雙莊裝藏續體臺澤膽彈蟲廳鎭點燈盜獨貳霸賣髮祕佛變辯豐飜默與譽謠覽獵勵齡勞壓爲隱衞鹽毆穩畫壞殼嶽卷關顏僞舊峽曉勳惠螢鷄縣險獻驗"
    "效號濟册棧贊齒濕寫收獸處稱奬淨繩讓囑愼粹隨數靜專踐纖壯搜總臟墮帶瀧擔團遲晝聽遞轉當稻讀惱拜麥拔濱竝辨舖襃萬譯豫搖來龍壘隸戀樓鰺鶯蠣攪竈灌"
    "諫頸礦蘂靱賤壺礪檮濤邇蠅檜儘藪籠彌麩"
    "﨑嵜髙𠮷嶋嶌淵冨曾埜槇萊麴蟬鷗繫禱塡剝舟斎祗桒濵邊邉邨栁葊淸德黑增横緖逸曻冶"
)
_NEW = (
    "亜囲壱栄駅応桜仮会懐覚楽陥歓気戯拠挟区径渓軽芸倹圏権厳恒国斎雑蚕残児実釈従縦叙焼条剰壌醸真尽酔髄声窃浅銭禅争挿騒属対滞択単断痴鋳勅鉄伝"
    "党闘届脳廃発蛮払辺弁宝没満薬余様乱両礼霊炉湾悪医飲営円欧奥価絵拡学缶勧観帰犠挙狭駆茎経継欠剣検顕広鉱砕剤参惨糸辞舎寿渋粛将証乗畳嬢触寝図"
    "穂枢斉摂戦潜双荘装蔵続体台沢胆弾虫庁鎮点灯盗独弐覇売髪秘仏変弁豊翻黙与誉謡覧猟励齢労圧為隠衛塩殴穏画壊殻岳巻関顔偽旧峡暁勲恵蛍鶏県険献験"
    "効号済冊桟賛歯湿写収獣処称奨浄縄譲嘱慎粋随数静専践繊壮捜総臓堕帯滝担団遅昼聴逓転当稲読悩拝麦抜浜並弁舗褒万訳予揺来竜塁隷恋楼鯵鴬蛎撹竃潅"
    "諌頚砿蕊靭賎壷砺梼涛迩蝿桧侭薮篭弥麩"
    "崎崎高吉島島渕富曽野槙莱麹蝉鴎繋祷填剥船斉祇桑浜辺辺村柳広清徳黒増横緒逸昇治"
)
_DASHES = "‐‑‒–—―−─━⁃﹣－-˗⁻₋"
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\x00-\x1f\x7f-\x9f]+")
_MARKS = dict.fromkeys([0x3099, 0x309A, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_POSTCODE = re.compile(r"^(?:〒? ?[0-9]{3}-[0-9]{4}(?![-0-9]) ?|〒 ?[0-9]{7}(?![0-9]) ?)+")
_LONG_DASH = re.compile(r"(?<=[0-9])[ー一](?=[0-9])")


def _folds() -> dict[int, int | None]:
    """One character for each: today's kanji, hiragana, and one sign for each of the families ヶ/ケ/が and の/ノ/之."""
    folds: dict[int, int | None] = {ord(old): ord(new) for old, new in zip(_OLD, _NEW, strict=True)}
    folds |= {code: folds.get(new, new) for code, new in list(folds.items()) if new is not None}
    folds |= {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # カ → か
    folds |= {ord(sign): ord("が") for sign in "ヶケけガヵ箇"}
    folds |= {ord(sign): ord("の") for sign in "ノ之乃丿"}
    folds |= dict(
        zip(map(ord, "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"), map(ord, "あいうえおつやゆよわ" * 2), strict=True)
    )
    folds |= {ord("壱"): ord("一"), ord("弐"): ord("二"), ord("壹"): ord("一"), ord("貳"): ord("二")}
    return folds | dict.fromkeys((*_MARKS, ord(" "), ord("'"), ord('"')))


_CLEANED = {**_MARKS, **{ord(dash): ord("-") for dash in _DASHES}}
_FOLDS = _folds()
_DIGITS = {kanji: str(value) for value, kanji in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]+")
_CHOME = re.compile(r"(?<=[0-9])丁目+")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])(?:の|ー)(?=[0-9])")
_SPACED_DIGITS = re.compile(r"(?<=[0-9一二三四五六七八九十]) (?=[0-9一二三四五六七八九十])")
_DASH_RUN = re.compile(r"-{2,}")


def normalise(text: str) -> str:
    """The address on one line: NFKC, one kind of hyphen, single spaces, no control characters, no leading postcode.

    Never raises, and normalising twice equals once. Numbers stay as written.
    """
    return _POSTCODE.sub("", _tidied(text))


def postcode_in(text: str) -> Postcode | None:
    """The postcode the address begins with, None where it has none."""
    found = _POSTCODE.match(_tidied(text))
    return Postcode(re.sub(r"[^0-9]", "", found.group())[-7:]) if found else None


def town_key(text: str) -> str:
    """What is compared: two texts with one key name the same town.

    Old kanji become new, katakana hiragana, ヶ/ケ/ガ/が one sign, kanji numbers digits, 丁目 丁; 大字, 字 and blanks go.
    Never raises, and the key of a key is itself.
    """
    return fold(_tidied(text))


def fold(line: str) -> str:
    """The key of a line that `normalise` has been through."""
    if " " in line:
        line = _SPACED_DIGITS.sub("-", line)
    if "丁目" in line:
        line = line.replace("ニ丁目", "二丁目").replace("ハ丁目", "八丁目")  # katakana that look like the numbers
    key = line.translate(_FOLDS)
    if "字" in key:
        key = key.replace("大字", "").replace("字", "")
    key = _KANJI_NUMBER.sub(_digits_of, key.replace("か所", "が所"))
    key = _DASH_RUN.sub("-", _BETWEEN_DIGITS.sub("-", _CHOME.sub("丁", key)))
    return key if unicodedata.is_normalized("NFKC", key) else town_key(key)


def _tidied(text: str) -> str:
    line = unicodedata.normalize("NFKC", text).translate(_CLEANED)
    line = _LONG_DASH.sub("-", _SPACES.sub(" ", line).strip())
    # A removed mark may have let its neighbours join.
    return line if unicodedata.is_normalized("NFKC", line) else _tidied(line)


def _digits_of(number: re.Match[str]) -> str:
    """「二十三」→ 23, 「二三」→ 23; a hyphen keeps it apart from digits beside it. 「千代田」 is no number."""
    value = _value(number.group())
    if value is None:
        return number.group()
    start, end, line = number.start(), number.end(), number.string
    before = "-" if start and line[start - 1] in "0123456789" else ""
    return before + value + ("-" if end < len(line) and line[end] in "0123456789" else "")


def _value(kanji: str) -> str | None:
    """The number in digits; None for 百 and 千 alone and for what is no well-formed number."""
    if not any(sign in _UNITS for sign in kanji):
        return "".join(_DIGITS[sign] for sign in kanji)
    if kanji in ("百", "千"):
        return None
    total, digit, smallest = 0, "", 10_000
    for sign in kanji:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        else:
            unit = _UNITS[sign]
            if unit >= smallest or digit == "0":
                return None
            total, digit, smallest = total + unit * int(digit or 1), "", unit
    return str(total + int(digit or 0))
