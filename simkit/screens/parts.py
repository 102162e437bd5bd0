"""Labelled inputs, buttons and rows: the pieces that every widget app is made of."""

import html
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

Inputs = Mapping[str, W.ValueWidget]


def number_box(
    label: str, value: float, low: float, high: float, *, unit: str = "", step: float | None = None
) -> W.ValueWidget:
    """Return a labelled box for a number; the label names its bounds, outside of which it stops.

    Whole numbers when `value`, `low` and `high` are int, else decimal numbers.
    """
    whole = all(isinstance(number, int) for number in (value, low, high))
    kind = W.BoundedIntText if whole else W.BoundedFloatText
    step = step or (1 if whole else (high - low) / 100)
    text = f"{label} ({low:,.9g} … {high:,.9g}{' ' + unit if unit else ''})"
    return _field(kind(value=value, min=low, max=high, step=step), text)


def free_box(label: str, value: float, *, unit: str = "", step: float = 1.0) -> W.ValueWidget:
    """Return a labelled box for any number; what it may be is checked, and said, by the screen."""
    text = f"{label} ({unit})" if unit else label
    return _field(W.FloatText(value=value, step=step), text)


def choice(
    label: str,
    options: Mapping[str, Any] | Sequence[str],
    value: Any = None,
    *,
    buttons: bool = False,
) -> W.ValueWidget:
    """Return a labelled choice of one option: a list to open, or with `buttons` a row of buttons.

    Parameters
    ----------
    label : str
        Shown before the options.
    options : mapping or sequence of str
        From the text shown to the value it stands for, or texts that stand for themselves.
    value : object, optional
        The option chosen at first; without it the first one.
    buttons : bool
        For two to four short options.
    """
    pairs = list(options.items()) if isinstance(options, Mapping) else [(o, o) for o in options]
    kind = W.ToggleButtons if buttons else W.Dropdown
    return _field(kind(options=pairs, value=pairs[0][1] if value is None else value), label)


def tick(label: str, value: bool = False) -> W.ValueWidget:
    """Return a labelled box to tick."""
    return _field(W.Checkbox(value=value, indent=False), label)


def text_box(label: str, value: str = "", *, lines: int = 1, hint: str = "") -> W.ValueWidget:
    """Return a labelled box for words, of one line or of several."""
    if lines == 1:
        return _field(W.Text(value=value, placeholder=hint), label)
    return _field(W.Textarea(value=value, placeholder=hint, rows=lines), label)


def action_button(text: str, on_click: Callable[[], object], *, style: str = "") -> W.Button:
    """Return a button; `style` is "primary" for the one expected next, "" for others."""
    button = W.Button(description=text, button_style=style)
    button.on_click(lambda _: on_click())
    return button.add_class("sk-button")


def row(*widgets: W.Widget) -> W.Box:
    """Return the widgets side by side, or one under another where the screen is narrow."""
    return W.HBox(widgets, layout=W.Layout(flex_flow="row wrap")).add_class("sk-row")


def heading(text: str) -> W.HTML:
    """Return a heading of one step."""
    return W.HTML(f"<h3>{html.escape(text)}</h3>")


def landing(text: str = "") -> W.Label:
    """Return a line of text that takes the focus by `focus()` but not by the Tab key.

    It stands above what is new, so that a screen reader reads it out and the Tab key goes on from
    there. Of the widgets without an entry only a label can: `focus()` of others does nothing.
    """
    label = W.Label(text).add_class("sk-landing")
    label.tabbable = False
    return label


def _field(widget: W.ValueWidget, label: str) -> W.ValueWidget:
    widget.description = label
    widget.continuous_update = False
    return widget.add_class("sk-field")


def values(inputs: Inputs) -> dict[str, Any]:
    """Return what is entered now, by name."""
    return {name: widget.value for name, widget in inputs.items()}


def fill(inputs: Inputs, entered: Mapping[str, Any]) -> None:
    """Enter values by name."""
    for name, value in entered.items():
        inputs[name].value = value


def refill(inputs: Inputs, kept: object) -> bool:
    """Enter what an earlier session kept; False when it does not fit these inputs (any more)."""
    if not isinstance(kept, dict) or set(kept) != set(inputs):
        return False
    with suppress(TraitError):
        fill(inputs, kept)
        return True
    return False
