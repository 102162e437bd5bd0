"""The order history in the form that a region file reads: for those who want its customers."""

import csv
from datetime import date
from pathlib import Path

from simkit.scenario.fit.region_fit import RegionFit


def write_customers(fit: RegionFit, path: Path) -> None:
    """Write the orders, returns set off, as customer, date, amount, territory and rep.

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
