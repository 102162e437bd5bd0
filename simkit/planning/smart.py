"""Is a written goal SMART? Rules that look for words and numbers, in English and Chinese.

A rule finds that something is *said*, never that it is wise: a person still has to judge. What was
found is quoted, so that the writer can argue with the rule.
"""

import re
from dataclasses import dataclass
from typing import Literal

from simkit.scenario.record import Text

Lang = Literal["en", "zh"]
LONGEST = 2000
"""Characters of a goal; more is a report."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_LETTERS = re.compile("[A-Za-z]")

_NUMBER = r"(?:\d[\d,]*(?:\.\d+)?)"
_EN_COUNTED = (
    r"customers?|accounts?|orders?|visits?|calls?|deals?|leads?|reps?|days?|hours?|points?|units?"
    r"|percent|per cent|%|million|thousand|k|CNY|yuan|RMB"
)
_ZH_COUNTED = "家|个百分点|%|％|万元|亿元|元|万|亿|单|次|个|台|人|天|小时|件|户"
_EN_WHAT = (
    r"revenue|sales|margin|orders?|customers?|accounts?|coverage|visits?|calls?|deals?|pipeline"
    r"|win rate|conversion|market share|on-time|delivery|stock-?outs?|complaints?|satisfaction"
    r"|retention|churn|turnover|leads?|share of wallet|discounts?|receivables|training"
)
_ZH_WHAT = (
    "销售额|销量|收入|业绩|毛利率?|利润|订单|客户|覆盖率?|拜访|成交|商机|线索|赢单率|转化率|市场份额|占有率"
    "|准时|交付|缺货|投诉|满意度|复购|留存|流失|离职|折扣|回款|应收|培训|新客户"
)
_EN_DO = (
    r"raise|increase|grow|lift|win|gain|reach|achieve|reduce|cut|lower|keep|hold|visit|open|close"
    r"|train|improve|deliver|sell|sign|double|halve"
)
_ZH_DO = (
    "提高|提升|增加|增长|达到|完成|实现|降低|减少|压缩|缩短|保持|稳住|拜访|开发|新增|签下|拿下"
    "|培训|改善|翻番"
)
_EN_MONTH = r"January|February|March|April|May|June|July|August|September|October|November|December"
_EN_UNTIL = (
    rf"(?:by|before|until|till|within|in|over)\s+(?:the\s+)?(?:end\s+of\s+)?(?:next\s+|this\s+|the\s+)?"
    rf"(?:Q[1-4]|(?:first|second|third|fourth)\s+quarter|quarter|year|month|week\s+\d+"
    rf"|{_NUMBER}\s+(?:weeks?|months?|days?|quarters?)|(?:\d+\s+)?(?:{_EN_MONTH})(?:\s+\d+)?"
    rf"|(?:summer|winter|spring|autumn)|20\d\d)"
)
_ZH_UNTIL = (
    r"(?:20\d\d\s*年|今年|明年|本年度?|全年|上半年|下半年|[一二三四1-4]\s*季度|本季度?|下季度?|本月|下月|月底|年底|季末"
    r"|\d+\s*月(?:\s*\d+\s*日)?|\d+\s*(?:周|个?月|天|季度)\s*(?:内|之内|以内)|[一二三四五六七八九十两]+(?:周|个月|天)内)"
    r"(?:\s*\d+\s*日)?\s*(?:底|末|前|之前|以前)?"
)
_EN_FROM = (
    rf"from\s+{_NUMBER}|compared (?:with|to)|than (?:last|a) (?:year|quarter|month)|last year"
)
_ZH_FROM = rf"从\s*{_NUMBER}|由\s*{_NUMBER}|同比|环比|[比较](?:去年|上年|上季度?|上月)"
_EN_HOW = r"\bby\s+\w+ing\b|\bwith\s+(?:two|three|one|an?|the|\d+)\b|\bthrough\b|\busing\b"
_ZH_HOW = "通过|依靠|靠|借助|增派|配备|投入|利用|每周|每人每天"
_EN_WHY = (
    r"so that|in order to|because|for the region"
    r"|\bto\s+(?:support|defend|secure|free|offset|meet|protect)\b"
)
_ZH_WHY = "为了|以便|从而|因为|以支撑|支撑|保障|确保|服务于|配合"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One letter of SMART: whether the goal says it, the words that say it, what to add if not."""

    letter: str
    name: Text
    said: tuple[str, ...]
    """Quotes from the goal; empty where something is missing."""
    missing: tuple[Text, ...]

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def smart(goal: str, lang: Lang) -> tuple[Criterion, ...]:
    """Return the five criteria for a goal written in English or Chinese.

    Raises ValueError for a goal that is empty, longer than 2,000 characters, or written in the
    other language.
    """
    text = " ".join(goal.split())
    _must_be_readable(text, lang)
    return tuple(_criterion(letter, text, lang) for letter in "SMART")


def _must_be_readable(text: str, lang: Lang) -> None:
    if not text:
        raise ValueError("there is no goal yet: write one or two sentences")
    if len(text) > LONGEST:
        raise ValueError(f"a goal has at most {LONGEST:,} characters, this one has {len(text):,}")
    chinese, letters = len(_CHINESE.findall(text)), len(_LETTERS.findall(text))
    if lang == "en" and chinese > letters / 3:
        raise ValueError("this goal is written in Chinese: change the language, or write English")
    if lang == "zh" and not chinese:
        raise ValueError("this goal is not written in Chinese: change the language, or write it so")


_NAMES = {
    "S": Text(en="Specific", zh="具体"),
    "M": Text(en="Measurable", zh="可衡量"),
    "A": Text(en="Attainable", zh="可实现"),
    "R": Text(en="Relevant", zh="相关"),
    "T": Text(en="Time-bound", zh="有时限"),
}
_Rule = tuple[str, str, Text]
"""Pattern in English, pattern in Chinese, what to add where neither is found."""
_RULES: dict[str, tuple[_Rule, ...]] = {
    "S": (
        (
            rf"\b(?:{_EN_DO})\w*\b",
            _ZH_DO,
            Text(
                en="say what will be done (raise, win, cut ...)",
                zh="写明要做什么（提高、新增、降低……）",
            ),
        ),
        (
            rf"\b(?:{_EN_WHAT})\b",
            _ZH_WHAT,
            Text(en="say of what (revenue, coverage ...)", zh="写明对象（销售额、覆盖率……）"),
        ),
    ),
    "M": (
        (
            rf"{_NUMBER}\s*(?:\w+\s+){{0,2}}(?:{_EN_COUNTED})(?!\w)",
            rf"{_NUMBER}\s*(?:{_ZH_COUNTED})",
            Text(en="give a number with its unit", zh="给出数字和单位"),
        ),
    ),
    "A": (
        (
            _EN_FROM,
            _ZH_FROM,
            Text(
                en="say from where it starts (from ..., than last year)",
                zh="写明起点（从……、比去年……）",
            ),
        ),
        (
            _EN_HOW,
            _ZH_HOW,
            Text(
                en="say by which means (by ...ing, with two reps)",
                zh="写明靠什么做到（通过……、投入……）",
            ),
        ),
    ),
    "R": (
        (
            _EN_WHY,
            _ZH_WHY,
            Text(en="say what it is good for (so that ...)", zh="写明为了什么（为了……、从而……）"),
        ),
    ),
    "T": ((_EN_UNTIL, _ZH_UNTIL, Text(en="give a deadline", zh="给出截止时间")),),
}


def _criterion(letter: str, text: str, lang: Lang) -> Criterion:
    said, missing = [], []
    for english, chinese, remedy in _RULES[letter]:
        pattern, flags = (english, re.IGNORECASE) if lang == "en" else (chinese, 0)
        found = re.search(pattern, text, flags)
        if found:
            said.append(found[0].strip())
        else:
            missing.append(remedy)
    return Criterion(letter, _NAMES[letter], tuple(said), tuple(missing))
