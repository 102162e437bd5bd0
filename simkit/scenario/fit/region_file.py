"""Writing a fitted region: a file that people read and change, and its customers' orders."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from simkit.scenario.fit.found import CONFIDENCE, Derived, Estimated, Finding, Kept
from simkit.scenario.fit.orders.region_fit import RegionFit
from simkit.scenario.fit.report import is_known, shown
from simkit.scenario.record import Text

FOLDED = ("territories", "reps", "customers")
HEAD = """\
# yaml-language-server: $schema=schema.json
# Written by 'simkit fit'. An estimated number has its source beside it; what is not named here is
# as in the file that this one extends. All of it may be changed by hand.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the file says: the base, the name of the order file, kept customers or None."""

    extends: str
    orders: str
    rows: int
    period: str
    kept_orders: str | None = None
    deals: str = ""
    """The file of opportunities, and the numbers that come from it."""
    of_deals: frozenset[str] = frozenset()

    def file_of(self, path: str) -> str:
        """Return the file that a number comes from."""
        return self.deals if path in self.of_deals else self.orders


def region_text(fit: RegionFit, findings: Sequence[Finding], setting: Setting) -> str:
    """Return the text of a region file that says what `findings` say."""
    numbers = {f.path: f for f in findings if not isinstance(f, Kept)}
    lines = [HEAD, f"extends: {_quoted(setting.extends)}\n", *_about(setting), ""]
    lines += [*_single(numbers, setting), *_territories(fit, numbers, setting), ""]
    lines += ["reps: []                        # those of the territories are drawn"]
    lines += [*_customers(setting), ""]
    lines += _blocks(numbers, setting)
    return "\n".join(lines).rstrip() + "\n"


def _about(setting: Setting) -> Iterator[str]:
    source = f"{setting.rows:,} rows of {setting.orders}, {setting.period}"
    name = Text(en=f"Region of {setting.orders}", zh=f"{setting.orders} 的大区")
    brief = Text(
        en=f"A region fitted to {source}. Everything that orders do not show is the base's.",
        zh=f"根据 {setting.orders} 的 {setting.rows:,} 行订单拟合的大区"
        f"（{setting.period.replace(' to ', ' 至 ')}）；"
        "订单无法反映的部分沿用基础情景。",
    )
    for key, text in (("name", name), ("brief", brief)):
        yield f"{key}: {{en: {_quoted(text.en)}, zh: {_quoted(text.zh)}}}"
    yield f"source: {_quoted(f'Fitted by simkit fit from {source}.')}"


def _single(numbers: dict[str, Any], setting: Setting) -> Iterator[str]:
    """Yield the lines of numbers outside any group."""
    for path, found in numbers.items():
        if "." not in path:
            yield f"{path}: {_value(found.value)}  # {comment(found, setting.orders)}"


def _territories(fit: RegionFit, numbers: dict[str, Any], setting: Setting) -> Iterator[str]:
    yield "regions: []"
    yield "territories:"
    for place in fit.places.places:
        yield f"  - id: {_quoted(place.id)}"
        yield f"    name: {{en: {_quoted(place.name.en)}, zh: {_quoted(place.name.zh)}}}"
        yield f"    reps: {place.reps}"
        for key in ("customers", "potential", "leads_per_week"):
            if found := numbers.get(f"territories.{place.id}.{key}"):
                value = found.value
                if key == "customers":
                    value = 0 if setting.kept_orders else round(found.value)
                yield f"    {key}: {_value(value)}  # {comment(found, setting.file_of(found.path))}"


def _customers(setting: Setting) -> Iterator[str]:
    yield "customers:"
    yield "  named: []"
    if setting.kept_orders:
        yield f"  orders: {_quoted(setting.kept_orders)}  # every customer as its own orders say"
        yield f"  source: {_quoted(f'The order history {setting.orders}.')}"


def _blocks(numbers: dict[str, Any], setting: Setting) -> list[str]:
    """Return the groups of numbers, each with its source."""
    tree: dict[str, Any] = {}
    for path, found in numbers.items():
        *steps, last = path.split(".")
        if steps and steps[0] not in FOLDED:
            here = tree
            for step in steps:
                here = here.setdefault(step, {})
            here[last] = found
    lines = []
    for name, group in tree.items():
        lines += [f"{name}:", *_group(group, setting, "  "), *_source(name, setting), ""]
    return lines


def _source(name: str, setting: Setting) -> Iterator[str]:
    if name == "pay":
        return
    files = f"{setting.orders} and {setting.deals}" if setting.deals else setting.orders
    said = f"Numbers listed here: fitted from or scaled to {files} by simkit fit;"
    yield f"  source: {_quoted(f'{said} others as in {setting.extends}.')}"


def _group(group: dict[str, Any], setting: Setting, indent: str) -> Iterator[str]:
    for key, found in group.items():
        if isinstance(found, dict):
            yield f"{indent}{key}:"
            yield from _group(found, setting, indent + "  ")
        else:
            said = comment(found, setting.file_of(found.path))
            yield f"{indent}{key}: {_value(found.value)}  # {said}"


def comment(found: Estimated | Derived, file: str) -> str:
    """Return where a number comes from, for the end of its line."""
    if isinstance(found, Derived):
        return f"derived: {found.why.en}"
    between = "interval not determined"
    if is_known(found):
        low, high = shown(found.low), shown(found.high)
        between = f"{100 * CONFIDENCE:.0f} % interval {low} to {high}"
    return f"fitted from {found.rows:,} rows of {file}, {between}"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}" if "e" not in f"{value:.6g}" else f"{value:.10f}".rstrip("0")
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return json.dumps(shown, ensure_ascii=False)


def write_customers(fit: RegionFit, path: Path) -> None:
    """Write the orders, returns set off, in the form that a region file reads as its customers.

    Territories and reps have their ids in the region; a rep who is no longer there is left empty.
    """
    orders, places = fit.orders, fit.places
    place_of = dict(zip(fit.histories.number.tolist(), places.of_customer.tolist(), strict=True))
    rep_of = dict(zip(fit.histories.number.tolist(), fit.histories.rep.tolist(), strict=True))
    rows = zip(orders.customer.tolist(), orders.day.tolist(), orders.money.tolist(), strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "date", "amount", "territory", "rep"])
        for customer, day, money in rows:
            rep = rep_of[customer]
            place = places.places[place_of[customer]].id
            home = places.rep_ids[rep] if rep >= 0 else ""
            name = fit.table.customers[customer]
            writer.writerow([name, date.fromordinal(day), f"{money:.10g}", place, home])
