"""Scenarios by name or path: the files that ship with simkit, and those people write."""

from collections.abc import Iterator
from pathlib import Path

from simkit.scenario.catalogue import names_in
from simkit.scenario.customers import Customers, KnownCustomer
from simkit.scenario.files import scenario_folders
from simkit.scenario.history import History, fit_customers, read_orders
from simkit.scenario.loading import load_mapping, load_record
from simkit.scenario.names import rep_ids
from simkit.scenario.nodes import Node
from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario

DEFAULT = "workshop_region"
CRISES = "crises"
"""Subfolder of a folder of scenarios; its files are found by name as well."""
DRIFTS = "drifts"
"""The same of drift drills."""


def scenario_names() -> list[str]:
    """Return the names of the region files that ship with simkit, and of the person's own."""
    return sorted({path.stem for folder in _folders() for path in folder.glob("*.yaml")})


def crisis_names() -> list[str]:
    """Return the names of the crises that ship with simkit, and of the person's own."""
    return names_in(CRISES)


def drift_names(own: bool = True) -> list[str]:
    """Return the names of the drift drills that ship with simkit, and of the person's own."""
    return names_in(DRIFTS, own)


def find_scenario(name: str | Path) -> Path:
    """Return the path of a scenario: a path as it is, else the file of that name.

    In a workspace the person's own copy of a shipped file comes before the shipped one.

    Raises ScenarioError when there is neither.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    for folder in _folders():
        if (file := folder / f"{name}.yaml").is_file():
            return file
    hint = did_you_mean(name, scenario_names())
    raise ScenarioError([Problem(str(name), None, None, f"no such file or scenario{hint}")])


def _folders() -> list[Path]:
    """Where scenarios lie: each folder of them before its drills, the person's own ones first."""
    parts = (".", CRISES, DRIFTS)
    return [folder / part for folder in scenario_folders() for part in parts]


def load_scenario(name: str | Path) -> Scenario:
    """Return the checked scenario of a file; an order history in it becomes customers.

    Raises ScenarioError with all mistakes, each with its place.
    """
    path = find_scenario(name)
    scenario = load_record(path, Scenario)
    if scenario.customers.orders is None or scenario.customers.known:
        return scenario
    root, _, _ = load_mapping(path)
    return scenario.but(customers=_with_history(scenario, root))


def _with_history(scenario: Scenario, root: Node) -> Customers:
    """Return the customers of a scenario with those of its order history."""
    settings = scenario.customers
    place = root.at(("customers", "orders"))
    file = Path(place.source.path).parent / str(settings.orders)
    if not file.is_file():
        raise ScenarioError([place.problem(f"the order history {file} does not exist")])
    history = fit_customers(read_orders(file), settings.orders_from, settings.orders_until)
    problems = list(_misfits(scenario, history, file, place))
    if problems:
        raise ScenarioError(problems)
    known = _cohort if settings.orders_as == "cohort" else _each
    return settings.but(known=known(scenario, history), fit_report=history.report.text)


def _misfits(scenario: Scenario, history: History, file: Path, place: Node) -> Iterator[Problem]:
    """Territories and reps of the history that the scenario does not have."""
    territories = [territory.id for territory in scenario.territories]
    reps = rep_ids(scenario)
    found = history.customers
    for name in sorted({c.territory for c in found if c.territory} - {*territories}):
        hint = did_you_mean(name, territories)
        yield Problem(str(file), None, None, f"column territory: unknown territory '{name}'{hint}")
    for name in sorted({c.rep for c in found if c.rep} - {*reps}):
        hint = did_you_mean(name, reps)
        yield Problem(str(file), None, None, f"column rep: unknown rep '{name}'{hint}")
    if len(territories) > 1 and any(c.territory is None for c in found):
        yield place.problem(
            f"the scenario has {len(territories)} territories and {file.name} does not say where "
            "its customers are: add a column territory, or keep one territory only"
        )


def _each(scenario: Scenario, history: History) -> list[KnownCustomer]:
    """Every customer as its own orders let expect."""
    first = scenario.territories[0].id
    return [
        KnownCustomer(
            id=c.id,
            territory=c.territory or first,
            rep=c.rep,
            active_chance=c.active_chance,
            mean_rate=c.orders_per_week,
            rate_shape=c.rate_shape,
            mean_loss=c.dropout_per_week,
            loss_shape=c.dropout_shape,
            order_value=c.order_value,
            order_value_cv=c.order_value_cv,
        )
        for c in history.customers
    ]


def _cohort(scenario: Scenario, history: History) -> list[KnownCustomer]:
    """As many customers with the fitted spread of rates, from the days of the first orders on."""
    first, rates = scenario.territories[0].id, history.rates
    return [
        KnownCustomer(
            id=c.id,
            territory=c.territory or first,
            rep=c.rep,
            active_chance=1.0,
            mean_rate=rates.r / rates.alpha,
            rate_shape=rates.r,
            mean_loss=rates.s / rates.beta,
            loss_shape=rates.s,
            order_value=c.order_value,
            order_value_cv=c.order_value_cv,
            joined_weeks_ago=c.age_weeks,
        )
        for c in history.customers
    ]
