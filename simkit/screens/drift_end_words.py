"""Words and amounts of a drift debrief: figures, places, tools, what was found how late."""

from simkit.kpi.weekly import FIGURES
from simkit.screens.debrief_words import DASH, Words
from simkit.screens.diagnosis import TOOL_TITLES
from simkit.screens.levers import PERCENT
from simkit.study.intervals import Difference, Share
from simkit.training.drift_debrief import DriftDebrief
from simkit.training.drift_debrief.notes import ActionPlan, Asked
from simkit.training.drift_debrief.worths import ACTION

LEAST_WORLDS = 10
"""Fewer other worlds than this give no interval worth reading (assumption)."""


class DriftWords(Words):
    """What the parts of a drift debrief share."""

    debrief: DriftDebrief

    def __init__(self, debrief: DriftDebrief, lang: str) -> None:
        super().__init__(debrief, lang)  # type: ignore[arg-type]

    def figure(self, name: str) -> str:
        """Return what a weekly figure is called."""
        return FIGURES[name].title.in_(self.lang) if name in FIGURES else name

    def cause(self, name: str | None) -> str:
        """Return what a cause is called; a cause that is not in the list stays as it is written."""
        return DASH if name is None else self.name(name)

    def place(self, name: str | None) -> str:
        """Return what a territory, rep or the whole region is called."""
        return DASH if name is None else self.name(name)

    def places(self, names: tuple[str, ...]) -> str:
        """Return where it struck."""
        return self.listed([self.name(name) for name in names or ("all",)])

    def listed(self, names: list[str]) -> str:
        """Return names one after another."""
        return ("、" if self.lang == "zh" else ", ").join(names)

    def action(self, name: str) -> str:
        """Return what an action is called."""
        known = self.debrief.names.get(f"{ACTION}{name}")
        return known.in_(self.lang) if known else name

    def asked(self, each: Asked) -> str:
        """Return what was looked into."""
        known = TOOL_TITLES.get(each.what)
        return self.text(known) if known else self.name(each.what)

    def before_week(self, week: int | None) -> str:
        """Return the week before which something was said."""
        return DASH if week is None else self.t("before week {week}").format(week=week + 1)

    def hours(self, hours: float) -> str:
        """Return hours with their unit."""
        return self.t("{hours} h").format(hours=f"{hours:g}")

    def percent(self, share: float | None) -> str:
        """Return a share in per cent."""
        return DASH if share is None or share != share else f"{100 * share:.0f} %"

    def share(self, share: Share | None) -> str:
        """Return a share with its interval."""
        if share is None:
            return DASH
        low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
        return f"{100 * share.value:.0f} % [{low} … {high}]"

    def mean(self, found: Difference | None, money: bool = True) -> str:
        """Return a mean with its interval; without one where there are too few worlds."""
        if found is None or found.mean != found.mean:
            return DASH
        values = (found.mean, found.low, found.high)
        mean, low, high = (
            self.money(value, signed=True) if money else f"{value:.1f}".replace("-", "−")
            for value in values
        )
        return mean if found.low != found.low else f"{mean} [{low} … {high}]"

    def plan(self, plan: ActionPlan) -> str:
        """Return what a plan expects."""
        way = {"up": "↑", "down": "↓"}.get(plan.expect, plan.expect)
        return f"{self.figure(plan.measure)} {way}".strip() or DASH

    def verdict(self, verdict: str) -> str:
        """Return what came of a check."""
        t = self.t
        return {"keep": t("keep on"), "stop": t("stop it"), "change": t("change it")}.get(
            verdict, DASH
        )


def scale_of(figure: str) -> float:
    """Return what a weekly figure is multiplied with to be read: shares are read in per cent."""
    return 100.0 if FIGURES[figure].unit in (*PERCENT, "x deliveries") else 1.0
