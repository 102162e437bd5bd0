"""The `simkit` command."""

import json
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from simkit.commands.bench import bench
from simkit.commands.certify import certify
from simkit.commands.compare import compare
from simkit.commands.debrief import debrief
from simkit.commands.evidence import validate
from simkit.commands.fit import fit
from simkit.commands.game import replay
from simkit.commands.shared import (
    BAD_INPUT,
    AsJson,
    Cluster,
    Lang,
    Level,
    Number,
    Region,
    Settings,
    Weeks,
    as_drill,
    must_be_a_region,
    or_bad,
    print_json,
    progress_bar,
)
from simkit.scenario.library import DEFAULT, load_scenario
from simkit.scenario.record import ScenarioError
from simkit.scenario.records import Scenario

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    help="A simulated sales region in which managers train and analysts test policies.",
    epilog="Exit codes: 0 fine, 1 a check found failures, 2 bad input.",
)
InLang = Annotated[Lang, typer.Option("--lang", help="Language of titles.")]


def main() -> None:
    """Run the command; anything wrong with the input ends with a message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal of another language shows a "?"
            stream.reconfigure(errors="replace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except ScenarioError as error:
        print(error, file=sys.stderr)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:  # the reader of our output has seen enough
        _forget_output()
    except OSError as error:
        _forget_output()
        print(f"{error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)


def _forget_output() -> None:
    """Send what is still to be printed nowhere, so that Python's end is quiet."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Open JupyterLab when no command is given."""
    if context.invoked_subcommand is None:
        open_lab()


@app.command("open")
def open_lab(
    lang: InLang = "en",
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int | None, typer.Option(min=1024, max=65535)] = None,
    folder: Annotated[Path | None, typer.Option(help="Where your notebooks are kept.")] = None,
) -> None:
    """Copy the notebooks into your workspace and open JupyterLab on the start page."""
    from simkit.screens.workspace import open_workspace

    raise typer.Exit(open_workspace(lang=lang, browser=browser, port=port, folder=folder))


@app.command("app")
def open_app(
    name: Annotated[str, typer.Argument(help="A notebook of your workspace.")] = "04_crisis_drill",
    lang: InLang = "en",
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int | None, typer.Option(min=1024, max=65535)] = None,
    folder: Annotated[Path | None, typer.Option(help="Where your notebooks are kept.")] = None,
) -> None:
    """Open the screens of one notebook in the browser, without JupyterLab and without code."""
    from simkit.screens.workspace import open_workspace

    name = name.removesuffix(".ipynb")
    raise typer.Exit(open_workspace(lang, browser, port, folder, name))


@app.command()
def run(
    scenario: Annotated[
        str, typer.Argument(help="A file, or a name: see 'simkit check'.")
    ] = DEFAULT,
    policy: Annotated[str, typer.Option(help="Who decides.")] = "keep_course",
    seed: Annotated[int, typer.Option(min=0, help="Which luck.")] = 1,
    weeks: Weeks = None,
    settings: Settings = None,
    region: Region = None,
    level: Level = "normal",
    number: Number = 0,
    by: Annotated[
        Literal["region", "territory", "rep", "week"], typer.Option(help="Rows of the table.")
    ] = "region",
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Processes for a file of several regions.")
    ] = 2,
    cluster: Cluster = None,
    lang: InLang = "en",
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(help="Folder for all results.")] = None,
) -> None:
    """Simulate a region once and print its KPIs."""
    from simkit.screens.run_report import KpiView, write_results
    from simkit.study.national import ALL_GROUPS, play_regions, regions_of
    from simkit.study.output import must_be_writable

    wanted = _settings(as_drill(load_scenario(scenario), level, number), weeks, settings)
    loaded, decide = wanted.scenario, wanted.policy(policy)
    if region is not None:
        must_be_a_region(region, loaded)
    if out is not None:
        must_be_writable(out)
    regions = regions_of(loaded, region)
    shown = () if by == "region" else (by,)
    groups = ALL_GROUPS if out else tuple({(), shown})
    with progress_bar("weeks" if len(regions) == 1 else "regions") as progress:
        played = play_regions(
            regions, decide, seed, progress, cluster or workers, groups, keep_events=out is not None
        )
    view = KpiView(played.table, loaded, lang, played.names)
    if out is not None:
        with progress_bar("files") as progress:
            write_results(out, view, played, progress)
    facts = {"scenario": scenario, "policy": policy, "seed": seed, "weeks": loaded.weeks}
    if as_json:
        print_json({**facts, "digest": played.digest, "kpis": view.as_list()})
    else:
        view.show(by, f"{loaded.name.in_(lang)} · {policy} · seed {seed}", played.digest)
        if out is not None:
            print(f"Written to {out}")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check scenario files; all mistakes at once. Without a path: the files that ship."""
    from simkit.commands.check import check_files

    found, problems, notes = check_files(paths or [])
    files = [str(file) for file in found]
    if as_json:
        listed = [
            {"path": p.path, "line": p.line, "col": p.col, "message": p.message} for p in problems
        ]
        print_json({"files": files, "problems": listed})
    else:
        for note in notes:
            print(note)
        for problem in problems:
            print(problem, file=sys.stderr)
        bad = len({problem.path for problem in problems})
        print(f"{len(files)} files checked, {len(problems)} mistakes in {bad} files.")
    raise typer.Exit(BAD_INPUT if problems else 0)


app.command()(compare)
app.command()(replay)
app.command()(validate)
app.command()(certify)
app.command()(debrief)
app.command()(fit)


app.command()(bench)


@app.command()
def schema() -> None:
    """Print the JSON Schema of region files, for completion in an editor."""
    from simkit.scenario.loading import export_schema

    print(json.dumps(export_schema(Scenario), indent=1))


class _settings:  # noqa: N801 - a small bag, read once
    """The scenario and the levers that the options of a command ask for."""

    def __init__(self, scenario: Scenario, weeks: int | None, changes: list[str] | None) -> None:
        from simkit.study.settings import apply_settings

        if weeks is not None:
            scenario = scenario.but(weeks=weeks)
        self.scenario, self.levers = apply_settings(scenario, changes or [])

    def policy(self, name: str) -> Any:
        from simkit.region.policies import find_policy
        from simkit.study.settings import with_levers

        found = or_bad("--policy", lambda: find_policy(name))
        return with_levers(found, self.levers) if self.levers else name
