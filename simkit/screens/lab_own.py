"""Policies of one's own in the what-if lab: a name, whom it starts from, and levers."""

import html
from collections.abc import Callable
from typing import Any, get_args

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision, PriorityRule, starting_decision
from simkit.scenario.records import Scenario
from simkit.screens.levers import lever_box, lever_text, lever_title, lever_value
from simkit.screens.parts import action_button, choice, row, text_box
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.texts import translator

NUMBERS = (
    *("price", "discount_limit_share", "promotion", "prospecting_share", "coaching_hours"),
    *("recognition_hours", "career_budget", "recruiting_budget", "safety_factor"),
    *("quote_staff", "legal_staff", "delivery_staff", "dispatch_crews"),
    *("vip_hours", "complaint_hours"),
)
SWITCHES = ("backup_supplier", "expedite", "pre_review")
LEVERS = (*NUMBERS, *SWITCHES, "priority_rule")
"""Levers with one value for the whole region: those that can be set in one box."""
MOST_LETTERS = 40
Own = dict[str, Any]
"""A policy of one's own: its name, the policy it starts from, and its levers."""


def spec_of(own: Own) -> str:
    """Return how a policy of one's own is written in commands: "keep_course+price=0.95"."""
    levers = [f"{name}={_written(value)}" for name, value in sorted(own["levers"].items())]
    return "+".join([own["base"], *levers])


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def lever_words(own: Own, lang: str, currency: str) -> str:
    """Return the levers of a policy of one's own in words."""
    words = (_in_words(name, value, lang, currency) for name, value in own["levers"].items())
    return translator(lang)("; ").join(words)


def _in_words(name: str, value: Any, lang: str, currency: str) -> str:
    t = translator(lang)
    if name in SWITCHES:
        shown = t("yes") if value else t("no")
    elif name == "priority_rule":
        shown = {rule: title for title, rule in rules(lang).items()}[value]
    else:
        from simkit.screens.levers import scaled

        return lever_text(name, scaled(name, value), lang, currency)
    return t("{lever}: {value}").format(lever=lever_title(name, lang), value=shown)


def rules(lang: str) -> dict[str, str]:
    """Return the orders of work at the desks by what they are called."""
    t = translator(lang)
    titles = (t("first come, first served"), t("large deals first"), t("small deals first"))
    return dict(zip(titles, get_args(PriorityRule), strict=True))


class OwnForm:
    """Boxes to put together a policy of one's own, lever by lever.

    Parameters
    ----------
    lang : {"en", "zh"}
    titles : mapping of str to str
        The policies to start from: name by what it is called.
    add : callable
        Called with name, base, lever and value when the button is pressed; returns what is wrong.
    safely : callable
        Wraps callbacks.
    """

    def __init__(
        self,
        lang: str,
        titles: dict[str, str],
        add: Callable[[str, str, str, Any], str],
        safely: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        t = translator(lang)
        self.lang, self._add = lang, add
        self._scenario: Scenario | None = None
        levers = {lever_title(name, lang): name for name in LEVERS}
        self.name = text_box(t("Name of your policy"), "A").add_class("sk-own-name")
        self.base = choice(t("Starts from"), titles, "keep_course").add_class("sk-own-base")
        self.lever = choice(t("Lever"), levers, "price").add_class("sk-own-lever")
        self.place = W.Box().add_class("sk-own-place")
        self.complaint = W.HTML().add_class("sk-complaint")
        self.button = action_button(t("Set this lever"), safely(self._press)).add_class("sk-own")
        self.lever.observe(safely(lambda _: self._change_box()), "value")
        said = t(
            "Several levers: set one after the other under the same name. They hold all weeks."
        )
        self.view = W.VBox(
            [
                W.HTML(f"<p>{html.escape(said)}</p>"),
                row(self.name, self.base),
                row(self.lever, self.place, self.button),
                self.complaint,
            ]
        )

    def set_scenario(self, scenario: Scenario) -> None:
        """Take the values that the levers have in this region to begin with."""
        self._scenario = scenario
        self._change_box()

    def enter(self, name: str, base: str, lever: str, value: Any) -> None:
        """Fill in and press, as a person would; `value` as the lever has it."""
        from simkit.screens.levers import scaled

        self.name.value, self.base.value, self.lever.value = name, base, lever
        self.place.children[0].value = scaled(lever, value)
        self.button.click()

    def _change_box(self) -> None:
        if self._scenario is not None:
            name = self.lever.value
            self.place.children = [self._box(name).add_class("sk-own-value")]

    def _box(self, name: str) -> W.ValueWidget:
        assert self._scenario is not None
        t, now = translator(self.lang), getattr(starting_decision(self._scenario), name)
        if name in SWITCHES:
            return choice(t("Value"), {t("yes"): True, t("no"): False}, not now)
        if name == "priority_rule":
            return choice(t("Value"), rules(self.lang), now)
        return lever_box(name, float(now or 1), self.lang, self._scenario.currency)

    def _press(self) -> None:
        """Hand over what is entered, or say what is wrong with it."""
        t, name, lever = translator(self.lang), self.name.value.strip(), self.lever.value
        if not name or len(name) > MOST_LETTERS:
            said = t("Give your policy a name of 1 to {most} letters.").format(most=MOST_LETTERS)
        else:
            entered = self.place.children[0].value
            said = self._add(name, self.base.value, lever, _value(lever, entered))
        self.complaint.value = complaint_html(said)


def _value(lever: str, entered: Any) -> Any:
    """Return the value of a lever; people are counted in whole numbers."""
    if lever not in NUMBERS:
        return entered
    whole = "int" in str(Decision.model_fields[lever].annotation)
    return round(entered) if whole else lever_value(lever, entered)
