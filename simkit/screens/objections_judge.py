"""Judging an answer by the eight anchors, and two judgements beside each other."""

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.rubric import BEHAVIOURS, FULL, MOST, Rubric
from simkit.screens.drill_words import sentences
from simkit.screens.objections_scorecard import points_text
from simkit.screens.texts import translator
from simkit.training.objections import Scored

Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


class Judge:
    """Eight choices of an anchor; `changed` is called with every choice."""

    def __init__(
        self, rubric: Rubric, lang: str, safely: Safely, changed: Callable[[], None]
    ) -> None:
        self.t, self.choices = translator(lang), dict[str, W.RadioButtons]()
        self.complaint = W.HTML()
        parts: list[W.Widget] = []
        colon = "：" if lang == "zh" else ": "
        for item in rubric.rubric:
            anchors = [(f"{n}{colon}{item.anchors.of(n).in_(lang)}", n) for n in range(MOST + 1)]
            asks = f"{item.name.in_(lang)}{colon}{item.asks.in_(lang)}"
            radio = W.RadioButtons(options=anchors, value=None, description=asks)
            radio.add_class("sk-anchors").add_class(f"sk-judge-{item.id}")
            radio.observe(safely(lambda _: changed()), "value")
            self.choices[item.id] = radio
            parts.append(W.VBox([radio]).add_class("sk-card"))
        self.view = W.VBox([*parts, self.complaint]).add_class("sk-judge")

    def points(self) -> dict[str, int] | None:
        """Return the points given, or None, with a complaint, while some are missing."""
        found = self.entered()
        missing = sum(value is None for value in found.values())
        said = self.t("Choose an anchor for every behaviour; missing: {count}.")
        text = html.escape(said.format(count=missing))
        self.complaint.value = f'<div role="alert">{text}</div>' if missing else ""
        return None if missing else {name: int(points or 0) for name, points in found.items()}

    def open_choice(self) -> W.RadioButtons:
        """Return the first choice that is still open, else the first of all."""
        radios = list(self.choices.values())
        return next((radio for radio in radios if radio.value is None), radios[0])

    def entered(self) -> dict[str, int | None]:
        """Return what is chosen so far."""
        return {name: self.choices[name].value for name in BEHAVIOURS}

    def fill(self, points: Mapping[str, int | None]) -> None:
        """Enter points; a behaviour without any is open again."""
        for name, radio in self.choices.items():
            radio.value = points.get(name)


def compared_html(judged: Mapping[str, int], scored: Scored, rubric: Rubric, lang: str) -> str:
    """Return a person's points and the rules' points beside each other, and how far they agree."""
    t = translator(lang)
    heads = [t("Behaviour"), t("Picker"), t("Rules")]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    head += f'<th scope="col" class="sk-words">{html.escape(t("What the rules saw"))}</th>'
    rows = []
    for seen in scored.seen:
        mine = judged[seen.behaviour]
        differs = "" if mine == seen.points else ' class="sk-differs"'
        name = html.escape(rubric.item(seen.behaviour).name.in_(lang))
        rows.append(
            f'<tr{differs}><th scope="row">{name}</th><td>{points_text(mine, t)}</td>'
            f"<td>{points_text(seen.points, t)}</td>"
            f'<td class="sk-words">{html.escape(seen.why.in_(lang))}</td></tr>'
        )
    same = sum(judged[seen.behaviour] == seen.points for seen in scored.seen)
    said = t("The same points for {same} of {all} behaviours.").format(same=same, all=len(rows))
    told = sentences([said, t("Where you differ: who can point at the words?")], lang)
    return (
        f'<p class="sk-outcome">{html.escape(told)}</p>'
        f'<div class="sk-table sk-behaviours" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def judged_total_html(judged: Mapping[str, int], lang: str) -> str:
    """Return the sum of a person's points."""
    t = translator(lang)
    said = t("Sum of the picker's points: {total} of {full}.")
    return f"<p>{html.escape(said.format(total=sum(judged.values()), full=FULL))}</p>"
