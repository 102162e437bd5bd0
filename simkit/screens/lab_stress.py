"""The items of STRESS-DES, filled in from a comparison as far as a machine can know them.

The checklist is that of Monks, Currie, Onggo, Robinson, Kunc and Taylor 2019, "Strengthening the
reporting of empirical simulation studies: introducing the STRESS guidelines", Journal of Simulation
13(1). Headings are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simkit.kpi.catalogue import INDUSTRY, Kpi
from simkit.screens.lab_table import setting_text
from simkit.screens.lab_words import LabWords
from simkit.study.experiment.compare import Comparison
from simkit.study.experiment.tables import controls
from simkit.study.experiment.worlds import Results

MOST_LINES = 40
"""Lines of one item; what is longer is in the manifest."""


@dataclass(frozen=True)
class Item:
    """One item of the checklist."""

    number: str
    heading: str
    lines: tuple[str, ...]
    """What is known."""
    ask: str = ""
    """What only people know; the report has an empty field for it."""


@dataclass(frozen=True)
class Group:
    """One of the six parts of the checklist."""

    title: str
    items: tuple[Item, ...]


class Stress:
    """Fills in the checklist for one comparison, in one language."""

    def __init__(
        self, results: Results, comparison: Comparison, manifest: dict[str, Any], words: LabWords
    ) -> None:
        """`manifest`: as `simkit.study.experiment.manifest.manifest` gives it."""
        self.results, self.comparison = results, comparison
        self.manifest, self.words, self.t = manifest, words, words.t
        self.scenario = results.arms[0].scenario
        self.data = self.scenario.model_dump(mode="json")

    def groups(self) -> tuple[Group, ...]:
        """Return the six parts with their twenty items."""
        t = self.t
        return (
            Group(t("1 Objectives"), self._objectives()),
            Group(t("2 Logic"), self._logic()),
            Group(t("3 Data"), self._data()),
            Group(t("4 Experimentation"), self._experiments()),
            Group(t("5 Implementation"), self._implementation()),
            Group(t("6 Code access"), self._code()),
        )

    # The parts

    def _objectives(self) -> tuple[Item, ...]:
        t, scenario, lang = self.t, self.scenario, self.words.lang
        model = t(
            "The model serves to practise and to compare decisions of a regional sales manager. It "
            "is no forecast for a particular firm."
        )
        used = t("Scenario: {name}. {brief}").format(
            name=scenario.name.in_(lang), brief=scenario.brief.in_(lang)
        )
        names = t(", ").join(map(self.words.arm, self.words.arms))
        aims = t("Compared: {names}.").format(names=names)
        return (
            Item("1.1", t("Purpose of the model"), (model, used), t("Why this study was made")),
            Item("1.2", t("Outputs"), tuple(self._outputs())),
            Item("1.3", t("Aims of the experiments"), (aims,), t("Why these policies were chosen")),
        )

    def _outputs(self) -> Iterator[str]:
        t = self.t
        yield t(
            "Each figure is computed from the log of events of one world, over all weeks, after "
            "the world has ended:"
        )
        for kpi in self.results.kpis:
            title, unit = self.words.kpi_title(kpi.name), self.words.unit(kpi.name)
            yield f"{title} ({unit}): {self._about(kpi)}"

    def _about(self, kpi: Kpi) -> str:
        t = self.t
        better = {
            "higher": t("more is better"),
            "lower": t("less is better"),
            "in_band": t("has a band rather than a better direction"),
        }[kpi.better]
        own = kpi.source == INDUSTRY
        return f"{better}; {t('standard measure of sales management') if own else kpi.source}"

    def _logic(self) -> tuple[Item, ...]:
        t = self.t
        overview = t(
            "Territories with reps and customers; leads become deals, deals pass three desks; "
            "orders are dispatched from stock, which a supplier fills; a market with a competitor."
        )
        where = t(
            "Described in the notebook 90_is_the_model_true and in the README of simkit, section "
            "“How it is built”; the formulas stand with their sources in the code of simkit/region."
        )
        base = t(
            "Mechanisms: demand, visits, relationship, skill, effort and pay, leaving and hiring, "
            "funnel, desks, stock, satisfaction, market. Each can be switched off in the file."
        )
        rules = t(
            "Orders and losses come when an accumulated rate passes the customer's next threshold; "
            "reps work through a call pattern; desks serve in order or by priority."
        )
        return (
            Item("2.1", t("Overview"), (overview, where), t("A diagram, where readers need one")),
            Item("2.2", t("Base logic"), (base, self._switched_off())),
            Item("2.3", t("What the scenarios change"), tuple(self._changes())),
            Item("2.4", t("Algorithms"), (rules,)),
            Item("2.5", t("Components"), tuple(self._components())),
        )

    def _switched_off(self) -> str:
        t = self.t
        off = [path for path, value in _named(self.data, "on") if value is False]
        if not off:
            return t("Nothing is switched off in this scenario.")
        return t("Switched off in this scenario: {names}.").format(names=t(", ").join(off))

    def _changes(self) -> Iterator[str]:
        t = self.t
        found = controls(self.results)
        for arm, settings in list(found.items())[:MOST_LINES]:
            said = [
                f"{self.words.control(k)} {setting_text(v, self.words)}"
                for k, v in settings.items()
            ]
            text = t(", ").join(said[:MOST_LINES])
            yield f"{self.words.arm(arm)}: {text or t('differs in its decisions only')}"
        yield t("What every policy decided, week by week: sheet “decisions” of comparison.xlsx.")
        shocks = t(", ").join(shock.name.in_(self.words.lang) for shock in self.scenario.shocks)
        if shocks:
            yield t("Shocks in the scenario: {names}.").format(names=shocks)

    def _components(self) -> Iterator[str]:
        t = self.t
        yield t("Entities: customers, reps, leads, deals, orders, deliveries.")
        yield t(
            "Activities: visits, answering leads, quoting, contract review, delivery, dispatch, "
            "training, leaving and hiring."
        )
        yield t(
            "Resources: the reps' time, people at the desks, dispatch crews, stock, the manager's "
            "budget."
        )
        yield t(
            "Queues: leads in a rep's inbox, work at each desk (customers may give up), orders at "
            "dispatch, back orders."
        )
        yield t(
            "Entry and exit: leads arrive at random; customers come through deals or by themselves "
            "and may leave for good."
        )

    def _data(self) -> tuple[Item, ...]:
        t = self.t
        sources = [(path, str(value)) for path, value in _named(self.data, "source")]
        # In English files and Chinese ones alike the word of the kit is "assumption".
        assumed = [path for path, text in sources if "assumption" in text.lower()]
        known = len(self.scenario.customers.known)
        prepared = t("No data were read: all customers are drawn from the numbers of the scenario.")
        if known:
            prepared = t(
                "{n} customers come from an order history, fitted by maximum likelihood."
            ).format(n=known)
        sha = ", ".join(digest[:16] for digest in self.manifest["scenarios"])
        numbers = t(
            "All numbers of the scenario are in manifest.json (SHA-256 {sha}); what differs "
            "between the policies is under 2.3."
        ).format(sha=sha)
        assumptions = t("The word “assumption” stands with: {names}.").format(
            names=t(", ").join(assumed) or "–"
        )
        lines = tuple(f"{path or 'scenario'}: {text}" for path, text in sources[:MOST_LINES])
        return (
            Item("3.1", t("Sources of the data"), lines),
            Item("3.2", t("Preparation of the data"), (prepared,), t("What was done before")),
            Item("3.3", t("Input parameters"), (numbers,)),
            Item("3.4", t("Assumptions"), (assumptions,), t("Further assumptions of this study")),
        )

    def _experiments(self) -> tuple[Item, ...]:
        t, scenario = self.t, self.scenario
        start = t(
            "{n} weeks of warm-up on the same path fill pipeline and stock and are not counted. "
            "The customers and reps are the same in every world (population seed {seed})."
        ).format(n=scenario.warm_up_weeks, seed=scenario.population_seed)
        length = t("{n} weeks of five working days; the period ends there by itself.")
        return (
            Item("4.1", t("Start"), (start,)),
            Item("4.2", t("Run length"), (length.format(n=scenario.weeks),)),
            Item("4.3", t("Estimates"), tuple(self._estimates())),
        )

    def _estimates(self) -> Iterator[str]:
        t, results = self.t, self.results
        yield t(
            "{n} independent replications (worlds) of every policy, base seed {seed}; every policy "
            "meets the same worlds (common random numbers)."
        ).format(n=len(results.worlds), seed=results.seed)
        pairs = max((row.pairs for row in self.comparison.rows), default=1)
        yield t(
            "Differences are taken world by world; intervals are Student's t at {sure}, held by "
            "all {pairs} pairs of a figure at once (Bonferroni)."
        ).format(sure=self.words.percent(self.comparison.confidence), pairs=pairs)
        undefined = sum(row.undefined for row in self.comparison.rows)
        if undefined:
            yield t("Left out because a figure cannot be said there: {n} pairs of worlds.").format(
                n=undefined
            )

    def _implementation(self) -> tuple[Item, ...]:
        t, made = self.t, self.manifest
        software = t(", ").join(f"{name} {version}" for name, version in made["versions"].items())
        chance = t(
            "Tables of uniform numbers from NumPy's Philox generator, keyed by seed, replication, "
            "purpose and person, turned into values by inversion. So a decision about one rep "
            "never moves another customer's luck."
        )
        run = t(
            "Process interaction on SimPy, one world on one processor, many worlds side by side. "
            "The same manifest gives the same digest however many processes share the work."
        )
        rule = t("Priority at the quote desk at the start: {rule}.").format(
            rule=self._started().get("priority_rule", "–")
        )
        system = f"{made['platform']}; {made['machine']}; {made['byte_order']}-endian"
        python = f"Python {made['python']}"
        return (
            Item("5.1", t("Software"), (f"{python}; {software}",)),
            Item("5.2", t("Random sampling"), (chance,)),
            Item("5.3", t("Execution"), (run, rule)),
            Item("5.4", t("System"), (system,), t("Processor, memory and run time")),
        )

    def _started(self) -> dict[str, Any]:
        """The levers of the first week under the first policy."""
        first = self.results.summaries[self.results.arms[0].name, self.results.worlds[0]]
        return dict(first.decisions[0]["levers"]) if first.decisions else {}

    def _code(self) -> tuple[Item, ...]:
        t = self.t
        open_code = t(
            "simkit is open under the MIT licence. This comparison: manifest.json in the same "
            "folder; “simkit replay” plays it again and says whether the digest agrees."
        )
        ask = t("Where your scenario and policies can be had")
        return (Item("6.1", t("Where model and code can be had"), (open_code,), ask),)


def _named(data: Any, key: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that stands under `key`, with the path of the group it is in."""
    if isinstance(data, dict):
        if key in data and not isinstance(data[key], dict):
            yield path, data[key]
        for name, value in data.items():
            yield from _named(value, key, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            name = value.get("id", place) if isinstance(value, dict) else place
            yield from _named(value, key, f"{path}.{name}")
