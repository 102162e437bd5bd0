"""A whole fit: orders and, if given, opportunities, as a region file and a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simkit.scenario.fit.dates import Form
from simkit.scenario.fit.deals.deals import DealsFit, fit_deals
from simkit.scenario.fit.found import Finding, Kept
from simkit.scenario.fit.orders import explained as words
from simkit.scenario.fit.orders.figures import figures_of
from simkit.scenario.fit.orders.region_fit import RegionFit
from simkit.scenario.fit.region_file import Setting, region_text
from simkit.scenario.fit.report import notes_of, report_dict
from simkit.scenario.records import Scenario

BY_DEALS = "funnel.new_customer_share"
ARRIVING = "demand.walk_ins_per_year"


@dataclass(frozen=True, slots=True)
class Whole:
    """The fit of the orders, that of the opportunities or None, and the files they come from."""

    fit: RegionFit
    deals: DealsFit | None
    orders: Path
    opportunities: Path | None
    base: Scenario

    def findings(self) -> list[Finding]:
        """Return all that was found; what opportunities estimate comes before what is derived."""
        if self.deals is None:
            funnel = Kept("funnel", self.base.name.en, words.DEALS)
            return [*self.fit.findings, funnel]
        told = {found.path for found in self.deals.estimated}
        mine = [found for found in self.fit.findings if found.path not in told]
        if BY_DEALS in told:
            kept = Kept(ARRIVING, self.base.demand.walk_ins_per_year, words.BY_DEALS)
            mine = [kept if found.path == ARRIVING else found for found in mine]
        settled = {found.path for found in mine}
        kept_by_deals = (found for found in self.deals.kept if found.path not in settled)
        return [*mine, *self.deals.estimated, *kept_by_deals]

    def report(self) -> dict[str, Any]:
        """Return the report as plain data."""
        about = {
            "orders": self.orders.name,
            "deals": self.opportunities.name if self.opportunities else None,
            "base": self.base.name.en,
            "rows": len(self.fit.table),
            "customers": len(self.fit.histories),
            "first_day": str(self.fit.first_day),
            "last_day": str(self.fit.last_day),
        }
        notes = [*notes_of(self.fit), *(self.deals.notes if self.deals else ())]
        figures = figures_of(self.fit.histories, len(self.fit.table))
        return report_dict(self.findings(), figures, notes, about)

    def text(self, extends: str, kept_orders: str | None = None) -> str:
        """Return the region file."""
        setting = Setting(
            extends=extends,
            orders=self.orders.name,
            rows=len(self.fit.table),
            period=f"{self.fit.first_day} to {self.fit.last_day}",
            kept_orders=kept_orders,
            deals=self.opportunities.name if self.opportunities else "",
            of_deals=frozenset(f.path for f in (self.deals.estimated if self.deals else ())),
        )
        return region_text(self.fit, self.findings(), setting)


def with_territories(fit: RegionFit, base: Scenario) -> Scenario:
    """Return the base with the territories of the orders, as far as opportunities need them."""
    leads = {f.path: f.value for f in fit.findings if f.path.endswith(".leads_per_week")}
    places = [
        {
            "id": place.id,
            "name": place.name.model_dump(),
            "reps": place.reps,
            "leads_per_week": leads[f"territories.{place.id}.leads_per_week"],
        }
        for place in fit.places.places
    ]
    parts = {"territories": places, "reps": [], "customers": {}, "regions": [], "shocks": []}
    try:
        return base.but(**parts)
    except ValueError:  # it names territories elsewhere; the file will be refused with the place
        return base


def fit_opportunities(
    path: Path, fit: RegionFit, base: Scenario, mapping: Mapping[str, Any], dates: Form | None
) -> DealsFit:
    """Fit the opportunities of the same region."""
    return fit_deals(path, with_territories(fit, base), mapping, dates)
