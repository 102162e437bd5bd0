"""Numbers in an English or Chinese text: "€12,000", "20 %", "30k", "2.4万", "两成", "two weeks"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
OFF = str.maketrans({name: str(value) for name, value in DIGITS.items()} | {"十": "", "百": ""})
TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2, "百万": 1e6, "千万": 1e7}
SCALES |= {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}
SCALES |= {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
NAMED = {name: value for value, name in enumerate(SMALL.split())}
NAMED |= {name: 10 * value for value, name in enumerate(ROUND.split(), 2)}
UNITS = {
    "%": "% percent per_cent 个百分点 个点",
    "day": "day days 天 日 workday workdays 个工作日",
    "week": "week weeks 周 星期 个星期 个礼拜 礼拜",
    "month": "month months 月 个月",
    "quarter": "quarter quarters 季度 个季度",
    "year": "year years 年 年度",
    "hour": "hour hours h 小时 个小时 个钟头",
    "minute": "minute minutes min mins 分钟",
    "cent": "cent cents 毛 毛钱 角",
    "money": "€ $ £ ¥ ￥ euro euros eur usd dollar dollars rmb cny 元 块 块钱 人民币 欧元 美元",
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words.split()}
WEEKDAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
COUNTED = (
    "个家台次年月周天日元块人份页张位套条倍成折万亿台批轮辆件箱瓶班间项度户店床座吨米秒种款项句款点"
)
"""What may follow a Chinese numeral of one character for it to be a number at all."""
_one = "[零〇一二两三四五六七八九十百千]"
_cn = _one + "{1,7}"
"""Never without a limit: a search must not grow with the square of a text."""
_english = "|".join(sorted(NAMED, key=len, reverse=True))
_units = "|".join(re.escape(u).replace("_", " ") for u in sorted(UNIT_OF, key=len, reverse=True))
FIGURE = re.compile(
    r"(?P<sign>[€$£¥]|\b(?:rmb|cny|eur|usd)\b)?\s?"
    r"(?:"
    r"(?P<digits>(?<![\w.])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|(?<![0-9第a-z])[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<parts>{_cn})分之(?P<share>{_cn}|[0-9]{{1,3}}(?:\.[0-9]{{1,3}})?)"
    rf"|(?P<chinese>(?<![第周期拜])[零〇一二两三四五六七八九十]{_one}{{0,6}})"
    r"(?=(?P<after>.?))"
    rf"|\b(?P<english>{_english})(?:(?<=ty)[- ](?P<one>{_english}))?\b"
    r")"
    r"(?:\s?(?P<scale>百万|千万|[万亿千百]|(?:hundred|thousand|million|billion|bn|mn|k|m)\b)(?P<tail>(?<=万)[1-9一二三四五六七八九](?![个家台次年月周天0-9%千百十]|[.,][0-9]))?)?"
    rf"(?P<gap>[\s-]{{0,2}})(?P<unit>成半|[成折倍半]|(?:{_units})(?![a-z]))?"
    r"(?:(?<=块)(?P<dime>[1-9一二三四五六七八九])[毛角]?(?P<coin>(?<=[毛角])[1-9一二三四五六七八九])?"
    r"(?![0-9%个家台次年月周天万千百十]|[.,][0-9]))?"
)
DATE = re.compile(
    rf"\b(?:(?:{MONTHS})\.? [0-9]{{1,2}}(?:st|nd|rd|th)?\b|[0-9]{{1,2}}(?:st|nd|rd|th)?"
    rf"(?: of)? (?:{MONTHS})\b|[0-9]{{1,2}}(?:st|nd|rd|th)\b)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|\b[0-9]{1,2}:[0-9]{2}\b(?: ?[ap]m\b)?|\b[0-9]{1,2} ?[ap]m\b"
    r"|\b(?:at|by|until|before) [0-9]{1,2}(?= o'clock|\b(?![,.]?[0-9]| ?[%a-z€]))"
    r"|\b(?:19|20)[0-9]{2}\b(?![.,][0-9]| ?[%€])(?<=\bin [0-9]{4})"
    rf"|(?:{_cn}|[0-9]{{1,2}})月(?:{_cn}|[0-9]{{1,2}})[日号]"
    rf"|(?:{_cn}|[0-9]{{1,2}})号"
    rf"|(?:{_cn}|[0-9]{{1,2}})月(?![内后里])"
    r"|(?<!个)[一二三四1-4]季度"
    r"|[0-9]{2}后|双(?:11|12|十一|十二)|24/7"
    rf"|(?:早上|上午|中午|下午|晚上)(?:{_cn}|[0-9]{{1,2}})点半?|[0-9]{{4}}年"
    rf"|(?<!个)(?:周|星期|礼拜)[一二三四五六日天]|\b{WEEKDAYS}\b"
)


class Figure(NamedTuple):
    """A number: its value with the scale, its unit, and where it and its numerals stand.

    Unit: "%", "money", "times" (倍), "off" (折), a length of time ("day" .. "year"), "date", or ""
    for a count or a unit that is not known here. A discount of 八折 has the value .8.
    """

    value: float
    unit: str
    start: int
    end: int
    digits: tuple[int, int]


def figures_in(text: str) -> Iterator[Figure]:
    """Yield the numbers of a folded text in their order; a date is one figure of unit "date"."""
    dates = [found.span() for found in DATE.finditer(text)]
    yield from sorted([*_plain(text, dates), *(_date(span) for span in dates)], key=_start)


def _start(figure: Figure) -> int:
    return figure.start


def _date(span: tuple[int, int]) -> Figure:
    return Figure(0.0, "date", *span, span)


def _plain(text: str, dates: list[tuple[int, int]]) -> Iterator[Figure]:
    after = iter(dates)
    begin, end = next(after, (len(text) + 1, len(text) + 1))
    for found in FIGURE.finditer(text):
        while end <= found.start():
            begin, end = next(after, (len(text) + 1, len(text) + 1))
        if found.end() <= begin and (figure := _figure(found)):
            yield figure


def _figure(found: re.Match[str]) -> Figure | None:
    value = _value(found)
    if value is None:
        return None
    value *= SCALES.get(found["scale"] or "", 1.0)
    unit = found["unit"] or ""
    if found["tail"]:
        value += 1000 * _digit(found["tail"])
    last = (
        found.end("tail")
        if found["tail"]
        else found.end("scale")
        if found["scale"]
        else found.end("gap") - len(found["gap"])
    )
    if found["dime"]:
        value += _digit(found["dime"]) / 10 + _digit(found["coin"] or "0") / 100
    end = found.end() if unit else last
    named = {"成": "%", "成半": "%", "折": "off", "倍": "times", "半": ""}.get(unit)
    kind = named if named is not None else UNIT_OF.get(unit.replace(" ", "_"), "")
    if unit[:1] == "成":
        value = 10 * value + 5 * (unit == "成半")
    elif unit == "折":
        price = found["chinese"] or ""
        value = float(f"0.{price.translate(OFF)}") if price else value / (10 if value < 10 else 100)
    elif unit == "半":
        value += 0.5
    elif kind == "cent":
        kind, value = "money", value / (100 if unit[0] == "c" else 10)
    if found["sign"] or found["parts"] == "百":
        kind = "money" if found["sign"] else "%"
    first = next(found.start(name) for name in _KINDS if found[name] is not None)
    return Figure(value, kind, found.start() + _blank(found), end, (first, last))


def _digit(numeral: str) -> int:
    return int(numeral) if numeral.isascii() else DIGITS[numeral]


_KINDS = ("digits", "parts", "chinese", "english")


def _blank(found: re.Match[str]) -> int:
    return 0 if found["sign"] else len(found[0]) - len(found[0].lstrip())


def _value(found: re.Match[str]) -> float | None:
    if found["digits"]:
        return float(found["digits"].replace(",", "")) if len(found["digits"]) < 20 else None
    if found["english"]:
        one = NAMED.get(found["one"] or "", 0)
        return float(NAMED[found["english"]] + one)
    if found["parts"]:
        share = found["share"]
        parts = 1 if found["parts"] == "百" else max(chinese_number(found["parts"]), 1)
        return (float(share) if share[0].isascii() else chinese_number(share)) / parts
    counted = len(found["chinese"]) > 1 or found["scale"] or found["unit"]
    if not (counted or found["after"] in COUNTED):
        return None
    return chinese_number(found["chinese"])


def chinese_number(numerals: str) -> float:
    """Return the value of Chinese numerals up to 千: 三百二十 is 320, 二〇二六 is 2026."""
    if len(numerals) == 2 and not any(c in "零〇十百千" for c in numerals):
        return float(DIGITS[numerals[1]])  # "三五天": up to five
    if not any(c in TENS for c in numerals):
        return float("".join(str(DIGITS[c]) for c in numerals[:9]))
    whole = digit = 0
    for c in numerals[:9]:
        if c in TENS:
            whole += (digit or 1) * TENS[c]
            digit = 0
        else:
            digit = DIGITS[c]
    if digit and numerals[-2:-1] in ("百", "千"):
        digit *= TENS[numerals[-2]] // 10  # "三千六" is 3600
    return float(whole + digit)
