"""KPIs: functions of the event table, to be applied to any run, also one already made."""

from simkit.kpi.catalogue import KPIS, Kpi, kpi
from simkit.kpi.measures import Measures
from simkit.kpi.table import kpi_table

__all__ = ["KPIS", "Kpi", "Measures", "kpi", "kpi_table"]
