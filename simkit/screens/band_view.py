"""A band rule, judged: what all parts of its result share."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simkit.planning.targets import weeks_to_false_alarm
from simkit.scenario.targets import BandRule
from simkit.screens.levers import money_text
from simkit.screens.texts import translator
from simkit.study.band_lab import BandStudy
from simkit.study.band_results import LONGEST, AlarmCost, Found, Quiet
from simkit.study.band_worlds import SIZES
from simkit.study.intervals import Difference, Share

if TYPE_CHECKING:
    import pandas as pd

ASKED = SIZES[0]
"""The size of the drop that the prediction is about."""


@dataclass(frozen=True)
class Played:
    """What was played: the worlds, and the cost of the false alarms of one rule in them."""

    study: BandStudy
    cost: AlarmCost


@dataclass(frozen=True)
class View:
    """What was played, seen through one rule and one size of the drop."""

    played: Played
    rule: BandRule
    size: float
    lang: str

    @cached_property
    def t(self) -> Any:
        """Translates texts of the screens."""
        return translator(self.lang)

    @property
    def study(self) -> BandStudy:
        """The worlds."""
        return self.played.study

    @property
    def places(self) -> int:
        """The number of territories."""
        return len(self.study.territories)

    @cached_property
    def quiet(self) -> dict[bool, Quiet]:
        """Years in which nothing happens: of territories (False) and of the region (True)."""
        return {region: self.study.quiet(self.rule, region) for region in (False, True)}

    @cached_property
    def found(self) -> dict[bool, Found]:
        """Years with a drop: of territories (False) and of the region (True)."""
        return {region: self.study.found(self.rule, self.size, region) for region in (False, True)}

    @property
    def own(self) -> BandRule:
        """The rule of the scenario's file, which the prediction is about."""
        return rule_of_file(self.study.scenario)

    def cash(self, value: float, signed: bool = False) -> str:
        """Return money with its currency."""
        return money_text(value, self.lang, self.study.scenario.currency, signed=signed)

    def _with(self, mean: str, low: str, high: str) -> str:
        text = self.t("{mean} ({low} to {high})")
        return str(text).format(mean=mean, low=low, high=high)

    def number(self, found: Difference, times: float = 1.0) -> str:
        """Return a mean with its interval, say "1.2 (0.8 to 1.6)"."""
        mean, low, high = (plain(times * value) for value in (found.mean, found.low, found.high))
        return mean if "–" in (mean, low, high) else self._with(mean, low, high)

    def per_cent(self, found: Difference | Share) -> str:
        """Return a share with its interval in per cent, say "12 % (8 to 17)"."""
        value = found.value if isinstance(found, Share) else found.mean
        mean, low, high = (plain(100 * v, 0) for v in (value, found.low, found.high))
        if mean == "–":
            return mean
        return f"{mean} %" if "–" in (low, high) else self._with(f"{mean} %", low, high)

    def weeks(self, found: Difference) -> str:
        """Return a delay in weeks."""
        if found.mean >= LONGEST:
            return str(self.t("more than {weeks}")).format(weeks=LONGEST)
        return self.number(found)

    @property
    def fall(self) -> str:
        """The size of the drop, in per cent."""
        return f"{100 * self.size:.0f} %"

    def apart(self, chance: float) -> str:
        """Return how many weeks lie between alarms of independent weeks with this chance."""
        if chance <= 0:
            return str(self.t("never"))
        return plain(weeks_to_false_alarm(chance, self.rule.weeks_under), 0)


def rule_of_file(scenario: Any) -> BandRule:
    """Return the rule of a scenario; the usual one where it has none."""
    return scenario.targets.band if scenario.targets else BandRule()


def plain(value: float, digits: int = 1) -> str:
    """Return a number as people read it, and a dash where there is none."""
    if value != value:
        return "–"
    text = f"{value:,.{2 if abs(value) < 1 and digits == 1 else digits}f}"
    if not any(digit in text for digit in "123456789"):
        return "0"
    return (text.removesuffix(".0") if digits == 1 else text).replace("-", "−")


def table_of(rows: dict[str, list[str]], heads: list[str]) -> "pd.DataFrame":
    """Return rows of text as a table."""
    import pandas as pd

    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)
