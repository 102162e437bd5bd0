"""The words and numbers of a comparison in one language: titles, units, verdicts, safe labels."""

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from simkit.kpi.catalogue import Kpi
from simkit.region.decision import Decision
from simkit.screens.charts import FONT_FILE, drawing_style
from simkit.screens.levers import PERCENT, amount_text, lever_title, unit_text
from simkit.screens.texts import translator
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.figures import find_figures
from simkit.study.settings import LEVER

LONGEST_LABEL = 36
"""Letters of a name on a chart; a Chinese character counts for two."""
CANNOT_SAY = "–"


class LabWords:
    """How one comparison is spoken about in `lang` ("en" or "zh")."""

    def __init__(
        self,
        arms: Iterable[Arm],
        lang: str,
        kpis: Iterable[Kpi] = (),
        currency: str = "CNY",
    ) -> None:
        """`kpis`: figures that are not in the catalogue; `currency`: where there are no arms."""
        self.arms = {arm.name: arm for arm in arms}
        self.lang, self.t = lang, translator(lang)
        self.currency = next((arm.scenario.currency for arm in self.arms.values()), currency)
        self._kpis = {kpi.name: kpi for kpi in kpis}

    def kpi(self, name: str) -> Kpi:
        """Return a figure by name; raises ValueError for an unknown one."""
        return self._kpis[name] if name in self._kpis else find_figures([name])[0]

    def kpi_title(self, name: str) -> str:
        """Return what a figure is called."""
        return self.kpi(name).title.in_(self.lang)

    def arm(self, name: str) -> str:
        """Return what a policy is called; its name where another one has the same title."""
        titles = [arm.title.in_(self.lang) for arm in self.arms.values()]
        title = self.arms[name].title.in_(self.lang)
        return title if titles.count(title) == 1 else name

    def unit(self, name: str) -> str:
        """Return the unit of a figure's values."""
        return unit_text(self.kpi(name).unit, self.lang, self.currency)

    def unit_of_difference(self, name: str) -> str:
        """Return the unit of a difference: of shares, percentage points."""
        share = self.kpi(name).unit in PERCENT
        return self.t("percentage points") if share else self.unit(name)

    def scale(self, name: str) -> float:
        """Return by what values are multiplied where their unit is written beside."""
        return 100.0 if self.kpi(name).unit in PERCENT else 1.0

    def amount(self, value: float, name: str, *, signed: bool = False) -> str:
        """Return a value of a figure without its unit; a dash where it cannot be said."""
        if not math.isfinite(value):
            return CANNOT_SAY
        if signed and self.kpi(name).unit in PERCENT and 1e-5 <= abs(value) < 0.01:
            # Near 0 more digits, so that an interval without 0 does not look as if it held it.
            return f"{'−' if value < 0 else '+'}{abs(100.0 * value):.2g}"
        return amount_text(value, self.kpi(name).unit, self.lang, signed=signed)

    def with_unit(self, value: float, name: str) -> str:
        """Return a difference with its sign and unit: "+18.8k CNY", in Chinese "+1.88万元"."""
        amount, unit = self.amount(value, name, signed=True), self.unit_of_difference(name)
        return (
            amount if amount == CANNOT_SAY else amount + ("" if self.lang == "zh" else " ") + unit
        )

    def between(self, low: float, high: float, name: str, *, signed: bool = True) -> str:
        """Return an interval in words; a dash where it cannot be said."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return CANNOT_SAY
        ends = (self.amount(end, name, signed=signed) for end in (low, high))
        return self.t("{low} to {high}").format(**dict(zip(("low", "high"), ends, strict=True)))

    def verdict(self, verdict: str) -> str:
        """Return the verdict on b against a in few words."""
        t = self.t
        words = {
            "b better": t("clearly better"),
            "b worse": t("clearly worse"),
            "b higher": t("higher"),
            "b lower": t("lower"),
            "no detectable difference": t("no detectable difference"),
            "no difference at all": t("no difference at all"),
            "too few worlds": t("too few worlds to tell"),
            "undefined": t("cannot be said"),
        }
        return words.get(verdict, verdict)

    def control(self, path: str) -> str:
        """Return what a control is called: a lever by its title, a number of the file by path."""
        if not path.startswith(LEVER):
            return path
        lever, *rest = path.removeprefix(LEVER).split(".")
        where: list[str] = []
        if lever not in Decision.model_fields and rest:  # of one region of a country
            where, lever, rest = [lever], rest[0], rest[1:]
        if lever not in Decision.model_fields:
            return path
        if lever == "local" and len(rest) == 2:  # a lever of one territory
            lever, rest = rest[1], rest[:1]
        rest = where + rest
        inner = f" ({'.'.join(rest)})" if rest else ""
        return lever_title(lever, self.lang) + inner

    def said(self, title: str, parts: Iterable[str]) -> str:
        """Return what a chart says: its title, then its parts."""
        stop, between = ("。", "；") if self.lang == "zh" else (". ", "; ")
        return title + stop + between.join(parts)

    def percent(self, share: float) -> str:
        """Return a share as a percentage: "95 %", in Chinese "95%"."""
        gap = "" if self.lang == "zh" else " "
        return f"{100.0 * share:.4g}{gap}%"


def label(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return text that a chart can show: short, on one line, no formula, no character missing."""
    return _escaped(shortened(_shown(text), longest))


def wrapped(text: str, width: int = 84) -> str:
    """Return text that a chart can show on as many lines as it takes, for titles."""
    lines, line = [], ""
    for piece in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", _shown(text)):
        if line and _width(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return _escaped("\n".join([*lines, line]))


def _shown(text: str) -> str:
    """The text with a box for each character that no font of ours has."""
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return "".join(c if ord(c) in _characters() else "□" for c in " ".join(text.split()))


def _escaped(text: str) -> str:
    return text.replace("$", r"\$")  # between two of them would stand a formula


def _width(text: str) -> int:
    """Letters; a Chinese character counts for two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return text cut to a width, with "…" where something is missing."""
    if _width(text) <= longest:
        return text
    kept = ""
    for letter in text:
        if _width(kept + letter) >= longest:
            break
        kept += letter
    return kept.rstrip() + "…"


@cache
def _characters() -> frozenset[int]:
    """All characters that the fonts of the charts have."""
    with drawing_style():
        from matplotlib.font_manager import findfont, get_font

        files = (findfont("DejaVu Sans"), str(FONT_FILE))
        return frozenset(code for file in files for code in get_font(file).get_charmap())
