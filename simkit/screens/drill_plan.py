"""The plan before the shock: risk register, preparations, and what to do when."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.drill_cards import Cards, is_preparation
from simkit.screens.drill_levers import BEFORE, LeverBoxes, cost_text, rule_names
from simkit.screens.drill_risks import Register, grid_html, risk_names
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import lever_text, lever_title, lever_value, scaled
from simkit.screens.parts import action_button, choice, heading, row, text_box

LEAST_GRADED, MOST_LINES = 3, 8
COLUMNS = ("risk", "owner", "trigger", "actions")


class Line:
    """One line of the contingency plan."""

    def __init__(self, number: int, room: Room) -> None:
        t = room.t
        title = t("Line {number}: {what}")
        risks = {"–": ""} | {title: name for name, title in risk_names(room).items()}
        self.boxes = {
            "risk": choice(title.format(number=number, what=t("risk")), risks, ""),
            "owner": text_box(title.format(number=number, what=t("owner"))),
            "trigger": text_box(title.format(number=number, what=t("trigger"))),
            "actions": text_box(title.format(number=number, what=t("actions")), lines=2),
        }
        hints = {
            "owner": t("who decides and reports"),
            "trigger": t("which figure or message, from which value on"),
            "actions": t("what is done in the first week, by whom, at what cost"),
        }
        for name, box in self.boxes.items():
            if name in hints:
                box.placeholder = hints[name]
            box.observe(room.safely(lambda _: room.changed()), "value")
            box.add_class(f"sk-line-{name}")
        self.view = row(*self.boxes.values()).add_class("sk-line")

    def entered(self) -> dict[str, str]:
        """Return the line as it is entered."""
        return {name: str(box.value or "").strip() for name, box in self.boxes.items()}

    def fill(self, line: dict[str, Any]) -> None:
        """Enter a line."""
        known = {value for _, value in self.boxes["risk"].options}
        for name in COLUMNS:
            value = str(line.get(name, ""))
            if name != "risk" or value in known:
                self.boxes[name].value = value


class Plan:
    """The screen of the first step."""

    def __init__(self, room: Room, store: Callable[[], None]) -> None:
        self.room, t = room, room.t
        self.inner = room.but(self._changed)
        self.register = Register(self.inner)
        self.cards = Cards(self.inner, t("There is nothing to prepare in this drill."))
        self.levers = LeverBoxes(BEFORE, self.inner)
        self.cost, self.complaint = W.HTML(), W.HTML()
        self.lines: list[Line] = []
        self.plan = W.VBox()
        self.more = action_button(t("Another line"), room.safely(self.add_line))
        self.store = action_button(t("Store the plan and begin"), room.safely(store))
        self.store.button_style = "primary"
        self.store.add_class("sk-store-plan")
        self.view = W.VBox(self._lay_out()).add_class("sk-plan")
        self.fill({})

    def _lay_out(self) -> list[W.Widget]:
        t, room = self.room.t, self.room
        drill = room.scenario.drill
        told = drill and not room.game.about.get("surprise")
        goal = drill.goal.in_(room.lang) if drill and told else ""
        ask = t("How likely is it in the coming months, and how bad would it be? 5 is the most.")
        means = t("What you pay for now you will have when it happens, if it happens.")
        reserve = t("Your reserve is {money}. It stays untouched until you release it.")
        write = t("A plan is a plan when somebody else could carry it out.")
        return [
            W.HTML(f"<p>{html.escape(goal)}</p>"),
            heading(t("Risks: likelihood × impact")),
            W.HTML(paragraph(ask)),
            self.register.view,
            heading(t("Preparations")),
            W.HTML(paragraph(means)),
            self.cards.view,
            self.levers.view,
            W.HTML(paragraph(reserve.format(money=room.money(room.scenario.costs.reserve)))),
            self.cost,
            heading(t("Contingency plan")),
            W.HTML(paragraph(write)),
            self.plan,
            row(self.more),
            row(self.store),
            self.complaint,
        ]

    def add_line(self) -> None:
        """Add an empty line to the plan."""
        if len(self.lines) < MOST_LINES:
            self.lines.append(Line(len(self.lines) + 1, self.inner))
            self.plan.children = [line.view for line in self.lines]
        self.more.disabled = len(self.lines) >= MOST_LINES

    def entered(self) -> dict[str, Any]:
        """Return everything as it is entered, to be kept until it is stored."""
        return {
            "risks": self.register.entered(),
            "preparations": list(self.cards.chosen()),
            "priorities": self.cards.priorities(),
            "levers": self.levers.changes(),
            "plan": [line.entered() for line in self.lines],
        }

    def fill(self, entered: dict[str, Any]) -> None:
        """Enter what was kept."""
        report = self.room.report
        decision = report.decision.but(**entered.get("levers", {}))
        self.register.fill(entered.get("risks", {}))
        offers = [offer for offer in report.offers if is_preparation(offer)]
        chosen, urgency = entered.get("preparations", ()), entered.get("priorities", {})
        self.cards.show(offers, chosen, urgency)
        self.levers.fill(decision)
        for line in entered.get("plan", [])[len(self.lines) :] or [{}]:
            if line or not self.lines:
                self.add_line()
        for known, line in zip(self.lines, entered.get("plan", []), strict=False):
            known.fill(line)
        self._show_cost()

    def note(self) -> dict[str, Any]:
        """Return the plan as it is stored."""
        lines = [line for line in self.entered()["plan"] if any(line.values())]
        return {**self.entered(), "risks": self.register.grades(), "plan": lines}

    def missing(self) -> str:
        """Return what is still to be entered, "" when the plan can be stored."""
        t, lines = self.room.t, self.note()["plan"]
        if len(self.register.grades()) < min(LEAST_GRADED, len(self.register.names)):
            return t("Please grade at least three risks, likelihood and impact.")
        if not any(line["risk"] and line["trigger"] and line["actions"] for line in lines):
            return t("Please write at least one line of the plan: risk, trigger and actions.")
        return ""

    def decision(self) -> Decision:
        """Return the decision with which the first week begins."""
        decision = self.room.report.decision.but(**self.levers.changes())
        return decision.but(answers=self.cards.chosen(), priorities=self.cards.priorities())

    def focus(self) -> None:
        """Bring what is to be done first into view."""
        next(iter(self.register.boxes.values()))[0].focus()

    def enable(self, enabled: bool) -> None:
        """Let a person enter, or not."""
        for widget in [
            self.more,
            self.store,
            *(b for p in self.register.boxes.values() for b in p),
        ]:
            widget.disabled = not enabled
        for line in self.lines:
            for box in line.boxes.values():
                box.disabled = not enabled
        self.cards.enable(enabled)
        self.levers.enable(enabled)

    def _changed(self) -> None:
        self._show_cost()
        self.room.changed()

    def _show_cost(self) -> None:
        said = self.room.t("Your preparations cost {cost} in the first week; you have {money}.")
        told = cost_text(self.room, self.decision(), said)
        self.cost.value = f'<p class="sk-cost"><strong>{html.escape(told)}</strong></p>'


def plan_html(data: dict[str, Any], room: Room) -> str:
    """Return a stored plan, to look up during the rounds."""
    t, names = room.t, risk_names(room)
    heads = [t("Risk"), t("Owner"), t("Trigger"), t("Actions")]
    columns = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    rows = "".join(_line_html(line, names) for line in data.get("plan", []))
    title = html.escape(t("Your contingency plan"))
    known = {offer.name: offer.measure.name.in_(room.lang) for offer in room.report.offers}
    prepared = [known.get(name, name) for name in data.get("preparations", [])]
    for name, value in data.get("levers", {}).items():
        prepared.append(_lever_words(name, value, room))
    items = "".join(f"<li>{html.escape(text)}</li>" for text in prepared)
    return (
        f'<div class="sk-table" tabindex="0"><table><caption>{title}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"<p>{html.escape(t('Prepared:'))}</p><ul>{items}</ul>"
        f"{grid_html(data.get('risks', {}), names, t)}{_numbers_html(names)}"
    )


def _line_html(line: dict[str, str], names: dict[str, str]) -> str:
    texts = [names.get(line.get("risk", ""), "–"), *(line.get(name, "") for name in COLUMNS[1:])]
    cells = "".join(f'<td class="sk-words">{html.escape(text)}</td>' for text in texts)
    return f"<tr>{cells}</tr>"


def _lever_words(name: str, value: Any, room: Room) -> str:
    t = room.t
    if name == "backup_supplier":
        return t("{lever}: {choice}").format(
            lever=lever_title(name, room.lang), choice=t("yes") if value else t("no")
        )
    if name == "priority_rule":
        rules = {rule: title for title, rule in rule_names(room).items()}
        title = lever_title(name, room.lang)
        return t("{lever}: {choice}").format(lever=title, choice=rules.get(value, value))
    entered = scaled(name, lever_value(name, scaled(name, value)))
    return lever_text(name, entered, room.lang, room.scenario.currency)


def _numbers_html(names: dict[str, str]) -> str:
    items = "".join(f"<li>{html.escape(title)}</li>" for title in names.values())
    return f"<ol>{items}</ol>"
