"""What one trainee sets another: a card or an objection of one's own, and up to three pressures."""

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import paragraph
from simkit.screens.parts import heading, row, text_box, tick
from simkit.screens.texts import Translate

MOST_PRESSURES = 3
LONGEST_OBJECTION = 600
"""Characters of an objection of one's own: somebody says it in one breath."""
HURRY = "hurry"
"""The pressure that halves the time."""
Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


def pressures(t: Translate) -> dict[str, str]:
    """Return what may make an answer harder, as the one who answers reads it."""
    return {
        HURRY: t("“I have to be in a meeting in a moment.” (half of the time)"),
        "rival": t("“Your competitor sat here yesterday, and they were cheaper.”"),
        "boss": t("“My boss is listening in, and he is against it.”"),
        "doubt": t("“Everybody promises me that. Why should it be true of you?”"),
        "short": t("“Please, no speeches. Can you do it or not?”"),
        "silence": t("The buyer falls silent and looks at you."),
    }


class Challenge:
    """The boxes of the one who picks; `changed` is called when something was entered."""

    def __init__(self, t: Translate, safely: Safely, changed: Callable[[], None]) -> None:
        self.t = t
        self.picker = text_box(t("Name of who picks")).add_class("sk-picker-name")
        self.answerer = text_box(t("Name of who answers")).add_class("sk-answerer-name")
        label = t("An objection of my own on these facts (leave empty to use the card's)")
        self.says = text_box(label, lines=3).add_class("sk-own-objection")
        label = t("What is behind my own objection (the other sees it afterwards)")
        self.concern = text_box(label, lines=2).add_class("sk-own-concern")
        self.ticks = {name: tick(text) for name, text in pressures(t).items()}
        self.complaint = W.HTML()
        self.no_clock = tick(t("Without a clock")).add_class("sk-no-clock")
        boxes = (self.picker, self.answerer, self.says, self.concern, self.no_clock)
        for box in (*boxes, *self.ticks.values()):
            box.observe(safely(lambda _: changed()), "value")
        told = t("Up to three pressures; the other reads them below the objection.")
        self.view = W.VBox(
            [
                row(self.picker, self.answerer),
                row(self.says),
                row(self.concern),
                heading(t("Pressures")),
                W.HTML(paragraph(told)),
                *(row(box) for box in self.ticks.values()),
                row(self.no_clock),
                self.complaint,
            ]
        )

    def chosen(self) -> list[str]:
        """Return the pressures that are ticked."""
        return [name for name, box in self.ticks.items() if box.value]

    def complain(self) -> bool:
        """Say what is wrong with what is entered; return whether something is."""
        text = ""
        if len(self.chosen()) > MOST_PRESSURES:
            text = self.t("Three pressures at most; you ticked {count}.")
            text = text.format(count=len(self.chosen()))
        elif len(str(self.says.value)) > LONGEST_OBJECTION:
            text = self.t("Your objection has {count} characters; a buyer says {most} at most.")
            text = text.format(count=f"{len(self.says.value):,}", most=LONGEST_OBJECTION)
        self.complaint.value = f'<div role="alert">{html.escape(text)}</div>' if text else ""
        return bool(text)

    def entered(self) -> dict[str, Any]:
        """Return what is entered, as plain data."""
        boxes = {name: getattr(self, name).value for name in ("picker", "answerer", "says")}
        boxes |= {"concern": self.concern.value, "no_clock": self.no_clock.value}
        return {**boxes, "pressures": self.chosen()}

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Enter what was kept."""
        for name in ("picker", "answerer", "says", "concern"):
            getattr(self, name).value = str(kept.get(name, ""))
        self.no_clock.value = bool(kept.get("no_clock"))
        for name, box in self.ticks.items():
            box.value = name in kept.get("pressures", ())


def pressures_html(chosen: list[str], t: Translate) -> str:
    """Return the pressures for the one who answers."""
    lines = "".join(f"<li>{html.escape(pressures(t)[name])}</li>" for name in chosen)
    return f'<ul class="sk-pressures">{lines}</ul>' if lines else ""
