"""What a run looks like: the KPI table of the terminal, and the files of `--out`."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from simkit.kpi.catalogue import KPIS, Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.screens.charts import chart_html, line_chart, png
from simkit.screens.levers import PERCENT, unit_text
from simkit.screens.texts import Translate, translator
from simkit.study.national import Played
from simkit.study.output import all_or_nothing, write_json, write_table
from simkit.study.run import FORMAT

CHARTED = ("revenue", "attainment", "fill_rate", "win_rate", "satisfaction", "pipeline_value")


class KpiView:
    """The KPIs of a run, to be shown in one language."""

    def __init__(
        self,
        kpis: Callable[..., pd.DataFrame],
        scenario: Scenario,
        lang: str,
        hired: Mapping[str, Text] | None = None,
    ) -> None:
        """`kpis(by, names)` is a KPI table; `hired` has the names of reps who came on the way."""
        self.kpis, self.scenario, self.lang = kpis, scenario, lang
        self.t, self.hired = translator(lang), hired or {}

    @cached_property
    def total(self) -> pd.Series:
        """KPIs of the whole region and period, by name."""
        return self.kpis().iloc[0]

    def table(self, by: str) -> pd.DataFrame:
        """Return the KPIs, a row for each group, a column for each KPI."""
        return self.kpis([] if by == "region" else [by])

    def unit(self, kpi: Kpi) -> str:
        """Return the unit, money in the scenario's currency."""
        return unit_text(kpi.unit, self.lang, self.scenario.currency)

    def as_list(self) -> list[dict[str, Any]]:
        """Return name, unit and value of each KPI of the region."""
        return [
            {"name": name, "unit": kpi.unit, "value": float(self.total[name])}
            for name, kpi in KPIS.items()
        ]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return title, value and unit of each KPI of the region, as text."""
        return [
            (kpi.title.in_(self.lang), shown(self.total[name], kpi), self.unit(kpi))
            for name, kpi in KPIS.items()
        ]

    def show(self, by: str, title: str, digest: str) -> None:
        """Print the KPI table."""
        from rich.console import Console
        from rich.table import Table

        if by == "region":
            grid = Table("KPI", *[""] * 2, title=title)
            grid.columns[1].justify = "right"
            for row in self.rows():
                grid.add_row(*row)
        else:
            found = self.table(by)
            grid = Table("KPI", *map(self.named, found.index), title=title)
            for name, kpi in KPIS.items():
                values = [shown(value, kpi) for value in found[name]]
                grid.add_row(f"{kpi.title.in_(self.lang)} ({self.unit(kpi)})", *values)
            for column in grid.columns[1:]:
                column.justify = "right"
        # As wide as it needs to be: a file or a pager cuts nothing off.
        Console(width=Console(width=100_000).measure(grid).maximum).print(grid)
        print(f"digest {digest}")

    def named(self, group: str | int) -> str:
        """Return the name of a territory or rep; its id where it has none, a week as it is."""
        names = {place.id: place.name for place in self.scenario.territories}
        names |= {rep.id: rep.name for rep in self.scenario.reps} | dict(self.hired)
        return names[str(group)].in_(self.lang) if group in names else str(group)

    def charts(self) -> dict[str, tuple[Any, pd.DataFrame]]:
        """Return a figure and its table for each KPI that is charted, by name."""
        weekly = self.kpis(["week"], CHARTED)
        found = {}
        for name in CHARTED:
            kpi = KPIS[name]
            table = weekly[[name]].rename(columns={name: kpi.title.in_(self.lang)})
            table = (table * 100.0).round(2) if kpi.unit in PERCENT else table.round(2)
            figure = line_chart(
                table,
                title=kpi.title.in_(self.lang),
                x_label=self.t("Week"),
                y_label=self.unit(kpi),
                lang=self.lang,
            )
            found[name] = (figure, table)
        return found


def shown(value: float, kpi: Kpi) -> str:
    """Return a KPI's value as a manager reads it; a dash where it cannot be said."""
    if pd.isna(value):
        return "–"
    if kpi.unit in PERCENT:
        return f"{100.0 * value:,.1f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def write_results(
    folder: Path,
    view: KpiView,
    played: Played,
    progress: Callable[[int, int], None],
) -> None:
    """Write manifest, events, KPIs, charts and a one-file report into `folder`, all or nothing.

    The events of several regions are one Parquet file for each. Raises ScenarioError when the
    folder cannot be written or the disk is full.
    """
    manifests = played.manifests
    manifest = {"format": FORMAT, "runs": manifests}
    note = {name: manifests[0][name] for name in ("policy", "seed", "weeks")}
    note["digest"] = played.digest
    tables = {
        **({} if played.events is None else {"events": played.events}),
        "kpis": pd.DataFrame(view.as_list()),
        **{f"kpis_by_{by}": view.table(by).reset_index() for by in ("week", "territory", "rep")},
    }
    with all_or_nothing(folder) as draft:
        write_json(manifest, draft / "manifest.json")
        for step, (name, table) in enumerate(tables.items()):
            write_table(table, draft / name, note)
            progress(step + 1, len(tables) + 2)
        for name, content in played.packed.items():
            (draft / f"events-{name}.parquet").write_bytes(content)
        charts = view.charts()
        for name, (figure, _) in charts.items():
            (draft / f"{name}.png").write_bytes(png(figure))
        progress(len(tables) + 1, len(tables) + 2)
        (draft / "report.html").write_text(report_html(view, manifests, charts), encoding="utf-8")
        progress(len(tables) + 2, len(tables) + 2)


def report_html(
    view: KpiView, manifests: list[dict[str, Any]], charts: dict[str, tuple[Any, pd.DataFrame]]
) -> str:
    """Return a report on a run as one HTML page that needs no other file."""
    from jinja2 import Environment, PackageLoader

    pages = Environment(loader=PackageLoader("simkit.screens"), autoescape=True)
    blocks = [
        chart_html(figure, KPIS[name].title.in_(view.lang), table, view.lang)
        for name, (figure, table) in charts.items()
    ]
    return pages.get_template("run_report.html").render(
        lang={"en": "en", "zh": "zh-CN"}[view.lang],
        words=_words(view.t),
        title=view.scenario.name.in_(view.lang),
        brief=view.scenario.brief.in_(view.lang),
        rows=view.rows(),
        charts=blocks,
        facts=_facts(view, manifests),
        sources=_sources(view.scenario),
    )


def _words(t: Translate) -> dict[str, str]:
    """The words of the page."""
    return {
        "kpis": t("KPIs of the whole period"),
        "kpi": t("KPI"),
        "value": t("Value"),
        "unit": t("Unit"),
        "repeat": t("How to repeat this run"),
        "how": t("The file manifest.json holds everything; 'simkit replay' makes the run again."),
        "sources": t("Where the numbers come from"),
    }


def _facts(view: KpiView, manifests: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What the run was, for whoever wants to repeat it."""
    first = manifests[0]
    return [
        (view.t("Policy"), str(first["policy"])),
        (view.t("Seed"), str(first["seed"])),
        (view.t("Weeks"), str(first["weeks"])),
        (view.t("Digest"), ", ".join(str(m["digest"])[:16] for m in manifests[:3])),
        ("simkit", metadata.version("regional-simkit")),
    ]


def _sources(scenario: Scenario) -> list[tuple[str, str]]:
    """Where each block of numbers comes from."""
    blocks = [(name, getattr(scenario, name)) for name in type(scenario).model_fields]
    found = [(name, getattr(block, "source", None)) for name, block in blocks]
    return [(name, source) for name, source in found if source]
