"""The command `simkit fit`: from a firm's own orders to a region, with a report on the fit."""

import os
import shutil
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simkit.commands.shared import AsJson, Lang, bad, print_json
from simkit.scenario.files import data_folder
from simkit.scenario.library import DEFAULT, find_scenario, load_scenario
from simkit.scenario.record import ScenarioError

if TYPE_CHECKING:
    from simkit.scenario.fit.whole import Whole

Dates = Literal["ymd", "mdy", "dmy"]


def fit(
    orders: Annotated[Path, typer.Argument(help="CSV file: customer, date, amount of each order.")],
    out: Annotated[Path, typer.Option(help="The region file to write; reports go beside it.")],
    deals: Annotated[Path | None, typer.Option(help="CSV export of the opportunities.")] = None,
    columns: Annotated[
        Path | None, typer.Option(help="YAML file: what your columns are called.")
    ] = None,
    dates: Annotated[
        Dates | None, typer.Option(help="Form of dates like 03/04/2024 where nothing tells.")
    ] = None,
    base: Annotated[str, typer.Option(help="Region for all that orders do not tell.")] = DEFAULT,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day that counts.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day that counts.")
    ] = None,
    keep_customers: Annotated[
        bool, typer.Option("--keep-customers", help="Keep every customer with its own history.")
    ] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the report.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Fit a region to an order history; nothing leaves this machine."""
    from simkit.scenario.fit.columns import read_columns
    from simkit.scenario.fit.orders.region_fit import fit_region
    from simkit.scenario.fit.orders.stream import read_table
    from simkit.scenario.fit.report import report_markdown
    from simkit.scenario.fit.whole import Whole, fit_opportunities

    if out.suffix not in (".yaml", ".yml"):
        raise bad("--out", f"name a file that ends in .yaml, like {out.name or 'region'}.yaml")
    if out.is_dir():
        raise bad("--out", f"{out} is a folder; name a file in it, like {out / 'region.yaml'}")
    file = find_scenario(base)
    if out.exists() and file.samefile(out):
        raise bad("--out", "this is the file that it extends; choose another name")
    basis = load_scenario(file)
    mapping = read_columns(columns)
    found = fit_region(read_table(orders, mapping, dates), basis, _day(since), _day(until))
    told = fit_opportunities(deals, found, basis, mapping.deals, dates) if deals else None
    report = _write(Whole(found, told, orders, deals, basis), file, out, keep_customers)
    if as_json:
        print_json(report)
    else:
        print(report_markdown(report, lang))


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _write(found: "Whole", file: Path, out: Path, keep: bool) -> dict[str, Any]:
    """Write region, reports and, if wanted, the customers' orders: all files or none."""
    from simkit.scenario.fit.region_file import write_customers
    from simkit.scenario.fit.report import report_markdown
    from simkit.study.output import all_or_nothing, write_json

    kept = f"{out.stem}_orders.csv" if keep else None
    report = found.report()
    with TemporaryDirectory() as name:
        draft = Path(name) / out.name
        if kept:
            write_customers(found.fit, Path(name) / kept)
        draft.write_text(found.text(str(file.resolve()), kept), encoding="utf-8")
        _must_load(draft, file)
        with all_or_nothing(out.parent) as folder:
            text = found.text(_as_base(file, out), kept)
            (folder / out.name).write_text(text, encoding="utf-8")
            if kept:
                shutil.copy(Path(name) / kept, folder / kept)
            write_json(report, folder / f"{out.stem}_fit_report.json")
            for lang, ending in (("en", ""), ("zh", ".zh")):
                target = folder / f"{out.stem}_fit_report{ending}.md"
                target.write_text(report_markdown(report, lang), encoding="utf-8")
    return report


def _must_load(draft: Path, base: Path) -> None:
    """Raise ScenarioError when the base does not go together with other territories and reps."""
    try:
        load_scenario(draft)
    except ScenarioError as error:
        first = error.problems[0].message
        message = (
            f"{base.name} names territories, reps or customers of its own, which the fitted region "
            f"does not have ({first}); take a base without, like {DEFAULT} or region_40"
        )
        raise bad("--base", message) from error


def _as_base(file: Path, out: Path) -> str:
    """Return how `out` names the file that it extends: a shipped one by its name."""
    if file.resolve().parent == data_folder("scenarios").resolve():
        return file.name
    try:
        return Path(os.path.relpath(file, out.parent)).as_posix()
    except ValueError:  # on another drive
        return file.resolve().as_posix()
