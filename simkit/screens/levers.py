"""Levers on screens: their inputs, made from the declarations, and amounts in words."""

import math
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.charts import short_number
from simkit.screens.parts import number_box
from simkit.screens.texts import translator

PERCENT = ("share", "x list", "share a year")
"""Units that people read and enter in per cent."""


def lever_title(name: str, lang: str) -> str:
    """Return what a lever is called."""
    field = Decision.model_fields[name]
    return str(field.title) if lang == "en" else str(_extra(name)["zh"])


def lever_box(
    name: str, value: float, lang: str, currency: str, most: float | None = None
) -> W.ValueWidget:
    """Return a number box for a lever with the bounds, step and unit of its declaration.

    Shares are entered in per cent; `lever_value` turns what was entered into the lever's value.
    `most` is the upper bound of a lever that declares none.
    """
    scale, declared = _scale(name), Decision.model_fields[name].metadata
    low = next(bound.ge for bound in declared if hasattr(bound, "ge"))
    high = next((bound.le for bound in declared if hasattr(bound, "le")), most)
    unit = unit_text(str(_extra(name)["unit"]), lang, currency)
    return number_box(
        lever_title(name, lang),
        scaled(name, float(value)),
        float(low) * scale,
        float(high or 0.0) * scale,
        unit=unit,
        step=_extra(name)["step"] * scale,
    )


def lever_value(name: str, entered: Any) -> Any:
    """Return the value of a lever from what was entered on the screen."""
    number = isinstance(entered, (int, float)) and not isinstance(entered, bool)
    return round(entered / _scale(name), 9) if number else entered


def scaled(name: str, value: Any) -> Any:
    """Return the value of a lever as it is entered on the screen; see `lever_value`."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return round(float(value) * _scale(name), 6) if number else value


def lever_text(name: str, entered: float, lang: str, currency: str) -> str:
    """Return a lever and what was entered for it, in words: "Price level 97 % of list price"."""
    unit = unit_text(str(_extra(name)["unit"]), lang, currency)
    return f"{lever_title(name, lang)} {entered:,.6g}{'' if unit == '%' else ' '}{unit}"


def unit_text(unit: str, lang: str, currency: str) -> str:
    """Return a unit of levers and KPIs in words of the screen."""
    t = translator(lang)
    money = t("CNY") if currency == "CNY" else currency
    words = {
        "share": "%",
        "x list": t("% of list price"),
        "share a year": t("% a year"),
        "money": money,
        "money a week": t("{money} a week").format(money=money),
        "money a rep and year": t("{money} a rep and year").format(money=money),
        "hours a week": t("hours a week"),
        "standard deviations": t("standard deviations"),
        "x quarter quota": t("times the quarter's quota"),
        "per 100 orders": t("per 100 orders"),
        "territory-days": t("territory-days"),
        "weeks": t("weeks"),
        "working hours": t("working hours"),
        "visits": t("visits"),
        "customers": t("customers"),
    }
    return words.get(unit, unit)


def amount_text(value: float, unit: str, lang: str, *, signed: bool = False) -> str:
    """Return an amount without its unit: shares in per cent, money in few digits.

    `signed` puts a plus or minus in front, for differences.
    """
    if math.isnan(value):
        return "–"
    if unit in PERCENT:
        text = f"{abs(value) * 100:,.1f}"
    elif unit in ("money", "money a week"):
        text = short_number(float(f"{abs(value):.3g}"), lang)
    else:
        text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    nothing = not any(digit in text for digit in "123456789")
    sign = "" if nothing else "−" if value < 0 else "+" if signed else ""
    return sign + text


def money_text(value: float, lang: str, currency: str, *, signed: bool = False) -> str:
    """Return an amount of money with its currency: "138k CNY", in Chinese "13.8万元"."""
    amount = amount_text(value, "money", lang, signed=signed)
    gap = "" if lang == "zh" and currency == "CNY" else " "
    return f"{amount}{gap}{unit_text('money', lang, currency)}"


def _extra(name: str) -> dict[str, Any]:
    extra = Decision.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _scale(name: str) -> float:
    return 100.0 if _extra(name)["unit"] in PERCENT else 1.0
