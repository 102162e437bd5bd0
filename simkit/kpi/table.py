"""KPI tables: the catalogue applied to an event table."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from simkit.kpi.catalogue import KPIS, Kpi
from simkit.kpi.measures import Group, Measures
from simkit.scenario.record import did_you_mean


def kpi_table(
    events: pd.DataFrame,
    by: Sequence[Group] = (),
    kpis: Iterable[str | Kpi] | None = None,
    first: int = 0,
    last: int | None = None,
) -> pd.DataFrame:
    """Return the KPIs of the weeks `first` to `last`, one row per group, one column per KPI.

    `by`: any of "week", "territory", "rep"; nothing for the region and the whole period. `kpis`:
    names of the catalogue or `Kpi` objects; all of the catalogue by default. Units are those of
    the catalogue; a value that cannot be said (no deal ended, say) is NaN. By rep there are those
    who worked in the period; what belongs to nobody while a post is vacant is in no row.

    Raises KeyError for an unknown name.
    """
    measures = Measures(events, by, first, last)
    chosen = [_find(kpi) for kpi in (KPIS if kpis is None else kpis)]
    with np.errstate(divide="ignore", invalid="ignore"):
        # The same labels for all: groups counted from categories would keep those of the table.
        index = measures.index
        columns = [kpi(measures).reindex(index).set_axis(index) for kpi in chosen]
    table = pd.concat(columns, axis=1)
    return table.replace([np.inf, -np.inf], np.nan)


def _find(kpi: str | Kpi) -> Kpi:
    if isinstance(kpi, Kpi):
        return kpi
    if kpi not in KPIS:
        raise KeyError(f"no KPI '{kpi}'{did_you_mean(kpi, KPIS)}")
    return KPIS[kpi]
