"""The package that a rep proposes in a renewal talk: its boxes, and what it earns."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.renewal_terms import Offer, margin_of, money, parts_of, prices_of, units_of
from simkit.scenario.record import Text
from simkit.scenario.renewals import Renewal, Tier
from simkit.screens.parts import choice, heading, row, tick
from simkit.screens.texts import translator

Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


class OfferBoxes:
    """Version, step price, price, and what is given for what; `changed` is called with each."""

    def __init__(
        self, renewal: Renewal, lang: str, safely: Safely, changed: Callable[[], None]
    ) -> None:
        self.renewal, self.lang, self.t, self._changed = renewal, lang, translator(lang), changed
        self._filling = False
        t = self.t
        self.version = W.RadioButtons(options=self._versions(), description=t("Version"))
        self.version.add_class("sk-anchors").add_class("sk-offer-version")
        tiers = {tier_text(renewal, tier, lang): tier.id for tier in renewal.tiers}
        self.tier = choice(t("Step price"), tiers).add_class("sk-offer-tier")
        prices = {self._price_text(change): change for change in renewal.price_change.choices}
        self.change = choice(t("Price at the start"), prices, 0.0).add_class("sk-offer-price")
        costs = t("{what} (costs us {money} a year)")
        brings = t("{what} (brings us {money} a year)")
        self.given = {
            one.id: tick(costs.format(what=plain(one.text, lang), money=money(one.cost).in_(lang)))
            for one in renewal.concessions
        }
        self.returned = {
            one.id: tick(brings.format(what=plain(one.text, lang), money=money(one.gain).in_(lang)))
            for one in renewal.returns
        }
        self.earns = W.HTML()
        for box in self._boxes():
            box.observe(safely(lambda _: self._show()), "value")
        self.view = W.VBox(self._lay_out())
        self._show_earnings()

    def _lay_out(self) -> list[W.Widget]:
        t = self.t
        give = [row(box) for box in self.given.values()]
        take = [row(box) for box in self.returned.values()]
        return [
            self.version, row(self.tier, self.change), heading(t("We give")), *give,
            heading(t("We get in return")), *take, self.earns,
        ]  # fmt: skip

    def _boxes(self) -> list[W.ValueWidget]:
        return [
            self.version, self.tier, self.change, *self.given.values(), *self.returned.values()
        ]  # fmt: skip

    def _versions(self) -> list[tuple[str, str]]:
        lang, found = self.lang, []
        for one in self.renewal.versions:
            costs = self.t("Its service costs us {money} a year.").format(
                money=money(one.cost).in_(lang)
            )
            words = [one.text.in_(lang)] + ([costs] if one.cost else [])
            head = self.t("{id} {name}: ").format(id=one.id, name=one.name.in_(lang))
            found.append((head + (" " if lang == "en" else "").join(words), one.id))
        return found

    def _price_text(self, change: float) -> str:
        price = money(self.renewal.contract.price * (1 + change)).in_(self.lang)
        if not change:
            return self.t("as today ({price})").format(price=price)
        return self.t("{change} ({price})").format(change=percent(change), price=price)

    # --- what the page uses

    @property
    def offer(self) -> Offer:
        """The package as it is entered."""
        given, returned = (
            tuple(name for name, box in boxes.items() if box.value)
            for boxes in (self.given, self.returned)
        )
        version, tier = str(self.version.value), str(self.tier.value)
        return Offer(version, tier, float(self.change.value), given, returned)

    def fill(self, offer: Offer) -> None:
        """Enter a package."""
        self._filling = True
        self.version.value, self.tier.value = offer.version, offer.tier
        self.change.value = offer.change
        for boxes, names in ((self.given, offer.given), (self.returned, offer.returned)):
            for name, box in boxes.items():
                box.value = name in names
        self._filling = False
        self._show_earnings()

    def _show(self) -> None:
        if not self._filling:
            self._show_earnings()
            self._changed()

    def _show_earnings(self) -> None:
        self.earns.value = earnings_html(self.renewal, self.offer, self.lang)


def plain(text: Text, lang: str) -> str:
    """Return a sentence without its full stop, to stand within another."""
    return text.in_(lang).rstrip(".。")


def percent(change: float) -> str:
    """Return a change in per cent with its sign, without needless digits."""
    return f"{100 * change:+.3g}%".replace("-", "−")


def tier_text(renewal: Renewal, tier: Tier, lang: str) -> str:
    """Return a step price in words."""
    t, units = translator(lang), renewal.contract.unit.in_(lang)
    if not tier.discount:
        today = f"{renewal.contract.units:,.0f}"
        return t("none ({count} {units} a year, as today)").format(count=today, units=units)
    said = t("{discount} from {count} {units} a year on")
    off = percent(-tier.discount)
    return said.format(count=f"{tier.from_units:,.0f}", units=units, discount=off)


def offer_text(renewal: Renewal, offer: Offer, lang: str) -> str:
    """Return a package in a sentence."""
    t, parts = translator(lang), parts_of(renewal, offer)
    said = t("Version {id} ({name}); step price: {tier}; price at the start: {change}")
    words = [
        said.format(
            id=parts.version.id,
            name=parts.version.name.in_(lang),
            tier=tier_text(renewal, parts.tier, lang),
            change=percent(offer.change) if offer.change else t("as today"),
        )
    ]
    for title, items in ((t("we give"), parts.given), (t("we get"), parts.returned)):
        if items:
            colon, comma = (": ", "; ") if lang == "en" else ("：", "；")
            texts = (plain(one.text, lang) for one in items)
            words.append(title + colon + comma.join(texts))
    return ("; " if lang == "en" else "；").join(words) + ("." if lang == "en" else "。")


def earnings_html(renewal: Renewal, offer: Offer, lang: str) -> str:
    """Return the prices of the term and what it earns us: what a rep can work out beforehand."""
    t, parts = translator(lang), parts_of(renewal, offer)
    prices = [money(price).in_(lang) for price in prices_of(renewal, offer)]
    margin, years = margin_of(renewal, offer), parts.version.years
    units = f"{units_of(renewal, parts.tier):,.0f} {renewal.contract.unit.in_(lang)}"
    rows = [
        (t("Units a year"), units),
        (t("Price per unit, year by year"), (", " if lang == "en" else "，").join(prices)),
        (t("Margin over the term"), money(margin).in_(lang)),
        (t("Margin a year"), money(margin / years).in_(lang)),
    ]
    cells = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th><td class="sk-words">{html.escape(text)}'
        f"</td></tr>"
        for name, text in rows
    )
    caption = html.escape(t("What this package earns us, if the buyer agrees"))
    return (
        f'<div class="sk-table" tabindex="0" role="status"><table><caption>{caption}</caption>'
        f"<tbody>{cells}</tbody></table></div>"
    )
