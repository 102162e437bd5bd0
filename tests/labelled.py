"""Labelled answers to objection cards, and how well a scorer agrees with their labels.

The files design_*.yaml were open while rules were written; more_*.yaml, on other cards, came later:
the rules were measured on them once as they were, and only then mended by them. Those named
aside_*.yaml are on other cards again and stay closed: of them only figures over all answers of a
class are looked at.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from simkit.kpi.agreement import Interval, auc, weighted_kappa
from simkit.scenario.objections import ObjectionCard, load_card
from simkit.scenario.rubric import BEHAVIOURS
from simkit.training.objections import Scored, score
from simkit.training.objections.text import length_of

FOLDER = Path(__file__).parent / "answers"
STRONG = "strong"


@dataclass(frozen=True)
class Answer:
    """One written answer, its class by design, and its labels by the anchors."""

    id: str
    card: str
    kind: str
    text: str
    labels: dict[str, int]


@lru_cache
def answers(part: str, lang: str) -> tuple[Answer, ...]:
    """Return the answers of "design" or "aside" in a language."""
    rows = yaml.safe_load((FOLDER / f"{part}_{lang}.yaml").read_text("utf-8"))
    rows = rows["answers"] if isinstance(rows, dict) else rows
    return tuple(Answer(r["id"], r["card"], r["class"], r["text"], r["labels"]) for r in rows)


@lru_cache
def card(name: str) -> ObjectionCard:
    """Return a card, read once."""
    return load_card(name)


@lru_cache
def scores(part: str, lang: str) -> tuple[tuple[Answer, Scored], ...]:
    """Return each answer with its score."""
    return tuple((a, score(a.text, card(a.card), lang)) for a in answers(part, lang))


@dataclass(frozen=True)
class Agreement:
    """Figures over all answers of one part in one language."""

    answers: int
    abstained: int
    auc: dict[str, Interval]
    """Strong against each class, and against all others ("overall")."""
    auc_of_length: dict[str, Interval]
    kappa: dict[str, Interval]


def agreement(part: str, lang: str) -> Agreement:
    """Return how the scorer agrees with the labels; an abstention counts as no points at all."""
    scored = scores(part, lang)
    return Agreement(
        len(scored),
        sum(found.abstained is not None for _, found in scored),
        _areas([(a.kind, float(found.total or 0)) for a, found in scored]),
        _areas([(a.kind, float(length_of(a.text, lang))) for a, _ in scored]),
        {b: _kappa(b, scored) for b in BEHAVIOURS},
    )


def _areas(rated: list[tuple[str, float]]) -> dict[str, Interval]:
    groups = defaultdict(list)
    for kind, value in rated:
        groups[kind if not kind.startswith(STRONG) else STRONG].append(value)
    strong = groups.pop(STRONG)
    groups["overall"] = [value for values in groups.values() for value in values]
    return {kind: auc(strong, values) for kind, values in sorted(groups.items())}


def _kappa(behaviour: str, scored: tuple[tuple[Answer, Scored], ...]) -> Interval:
    mine = [found.points.get(behaviour, 0) for _, found in scored]
    return weighted_kappa([a.labels[behaviour] for a, _ in scored], mine)


def table(part: str, lang: str) -> str:
    """Return the figures as lines of text."""
    found = agreement(part, lang)
    lines = [f"{part} {lang}: {found.answers} answers, {found.abstained} not judged"]
    for kind, area in found.auc.items():
        length = found.auc_of_length[kind]
        lines.append(f"  AUC strong v {kind:12} {_said(area)}   by length {_said(length)}")
    lines += [f"  kappa {name:12} {_said(kappa)}" for name, kappa in found.kappa.items()]
    return "\n".join(lines)


def _said(figure: Interval) -> str:
    if not figure.known:
        return "cannot be said"
    return f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})"
