"""The conclusion of a drift drill: what it was in the end, and a short memo."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drift_declare import declarations_html
from simkit.screens.drift_words import cause_titles
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.parts import action_button, choice, heading, row, text_box


class Conclusion:
    """Asks for the final cause and a memo."""

    def __init__(self, room: Room, store: Callable[[], None]) -> None:
        self.room, t = room, room.t
        causes = {title: name for name, title in cause_titles(room).items()}
        ask = t(
            "The weeks are over. Looking back: what was it? Then three sentences for your "
            "headquarters: what you saw, what you did, what you would watch next time."
        )
        self.cause = choice(t("What was it?"), {t("– please choose –"): "", **causes}, "")
        self.cause.add_class("sk-final-cause").add_class("sk-wide")
        self.memo = text_box(t("Memo"), lines=6).add_class("sk-final-memo")
        for widget in (self.cause, self.memo):
            widget.observe(room.safely(lambda _: self._changed()), "value")
        self.button = action_button(t("Send the conclusion"), room.safely(store), style="primary")
        self.button.add_class("sk-send")
        self.complaint, self.said = W.HTML(), W.HTML()
        parts = [heading(t("Conclusion")), W.HTML(paragraph(ask)), self.said]
        self.view = W.VBox([*parts, row(self.cause), self.memo, row(self.button), self.complaint])
        self.view.add_class("sk-conclusion")

    def _changed(self) -> None:
        if self.complaint.value:
            self.complain()
        self.room.changed()

    def show(self) -> None:
        """Show what was declared on the way."""
        self.said.value = declarations_html(self.room)

    def missing(self) -> str:
        """Return what is still to be entered, "" when the conclusion can be sent."""
        t = self.room.t
        if not self.cause.value:
            return t("Please choose what it was first.")
        return "" if self.memo.value.strip() else t("Please write at least a sentence first.")

    def complain(self) -> bool:
        """Show what is missing; whether anything is."""
        text = self.missing()
        self.complaint.value = f'<div role="alert">{html.escape(text)}</div>' if text else ""
        return bool(text)

    def entered(self) -> dict[str, Any]:
        """Return the conclusion as it is entered and stored."""
        return {"cause": self.cause.value, "memo": self.memo.value}

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept; what does not fit is left out."""
        if kept.get("cause") in dict(self.cause.options).values():
            self.cause.value = kept["cause"]
        if isinstance(kept.get("memo"), str):
            self.memo.value = kept["memo"]

    def enable(self, enabled: bool) -> None:
        """Let a person conclude, or only look."""
        for widget in (self.cause, self.memo, self.button):
            widget.disabled = not enabled
