"""The question of the what-if lab as data: which region, which policies, which figures."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from simkit.kpi.catalogue import Kpi
from simkit.region.policies import POLICIES
from simkit.scenario.library import crisis_names, drift_names, load_scenario, scenario_names
from simkit.scenario.policy_file import policy_names
from simkit.scenario.record import ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.screens.texts import translator
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.policies import TITLES, arms_of, find_player
from simkit.study.experiment.precise import Precision
from simkit.study.experiment.weekly import load_policy_file
from simkit.study.game import is_game
from simkit.study.run import canonical

ALWAYS = ("spending", "contribution")
"""Figures that the frontier needs."""


@dataclass(frozen=True)
class Choice:
    """A policy as it is written in commands, and as it is called in few words."""

    spec: str
    title: str


@dataclass(frozen=True)
class Question:
    """All that decides what is played and how it is judged."""

    scenario: str
    weeks: int
    policies: tuple[Choice, ...]
    """The first is the one that the others are compared with."""
    kpis: tuple[str, ...]
    """The first is the main one."""
    worlds: int
    """As many are played, or at most as many."""
    precision: Precision | None
    """How well the differences in the main KPI are to be known; None for all worlds."""
    seed: int
    confidence: float
    workers: int | str

    @property
    def key(self) -> str:
        """What a prediction is about: another key is another question."""
        asked = [self.scenario, self.weeks, [p.spec for p in self.policies], self.kpis[0]]
        return sha256(json.dumps(asked).encode()).hexdigest()[:16]

    @property
    def names(self) -> list[str]:
        """What the policies are called on the screen."""
        return [choice.title for choice in self.policies]

    def region(self) -> Scenario:
        """Return the region, as long as asked for; raises ScenarioError."""
        return load_scenario(self.scenario).but(weeks=self.weeks)

    def figures(self) -> tuple[Kpi, ...]:
        """Return the KPIs that are played, the main one first."""
        return find_figures(dict.fromkeys([*self.kpis, *ALWAYS]))

    def arms(self) -> list[Arm]:
        """Return what is compared, titled as on the screen; raises ScenarioError, ValueError."""
        found = arms_of(self.region(), [choice.spec for choice in self.policies])
        titles = [Text(en=choice.title, zh=choice.title) for choice in self.policies]
        return [replace(arm, title=title) for arm, title in zip(found, titles, strict=True)]


def question_of(
    entered: dict[str, Any], policies: Iterable[Choice], scenario: Scenario, scale: float
) -> Question:
    """Return the question that faultless entries ask; `scale`: what 1 of an amount is worth."""
    mode, main = entered["mode"], entered["main"]
    precision = {
        "worlds": None,
        "percent": Precision(entered["percent"] / 100.0, True, main),
        "amount": Precision(entered["amount"] * scale, False, main),
    }[mode]
    return Question(
        entered["scenario"],
        int(entered["weeks"]),
        tuple(policies),
        tuple(dict.fromkeys([main, *entered["others"]])),
        int(entered["worlds"] if mode == "worlds" else entered["most"]),
        precision,
        int(entered["seed"]),
        entered["sure"] / 100.0,
        entered["cluster"].strip() or int(entered["workers"]),
    )


def region_names() -> list[str]:
    """Return the names of the regions and crises; drift drills are one region many times."""
    drifts = {*drift_names()}
    names = [name for name in scenario_names() if name not in drifts]
    crises = {*crisis_names()}
    return sorted(names, key=lambda name: (name in crises, name))


def policy_titles(lang: str) -> dict[str, str]:
    """Return what the policies of the catalogue and of the files are called, by name.

    A file that cannot be read keeps its name: ticking it tells what is wrong with it.
    """
    found: dict[str, str] = {}
    for name in POLICIES:
        found[name] = TITLES[name].in_(lang) if name in TITLES else name
    for name in policy_names():
        try:
            found[name] = load_policy_file(name).name.in_(lang)
        except ScenarioError:
            found[name] = name
    return found


def look_at(choice: Choice, scenario: Scenario, lang: str) -> tuple[str, list[str]]:
    """Return why this policy cannot run this region, or "", and what should be known of it."""
    try:
        player = find_player(choice.spec, scenario)
    except (ScenarioError, ValueError) as error:
        text = translator(lang)("{policy}: {problem}")
        return text.format(policy=choice.title, problem=error), []
    return "", [note.in_(lang) for note in player.notes]


def games_in(folder: Path) -> list[Path]:
    """Return the games that lie in a folder, the newest first."""
    files = [path for path in folder.glob("*.jsonl") if _is_game(path)]
    return sorted(files, key=lambda path: -path.stat().st_mtime)


def game_mistake(path: Path, lang: str) -> str:
    """Return why a file cannot be added as a game, or ""."""
    t = translator(lang)
    if not path.is_file():
        return t("There is no file {path}.").format(path=path)
    if not _is_game(path):
        return t("{path} is not a game of simkit.").format(path=path)
    return ""


def _is_game(path: Path) -> bool:
    try:
        return is_game(path)
    except (OSError, ValueError):
        return False


def store_name(scenario: Scenario) -> str:
    """Return the name of the folder in which the worlds of this region are kept."""
    dump = canonical(scenario.model_dump(mode="json"))
    return f"{sha256(dump.encode()).hexdigest()[:12]}"
