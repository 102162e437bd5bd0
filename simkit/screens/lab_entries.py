"""What is entered in the what-if lab, checked as a whole: a question, or what is wrong with it."""

from typing import Any

from simkit.scenario.records import Scenario
from simkit.screens.lab_inputs import amount_unit, mistakes_in, scenario_mistake
from simkit.screens.lab_policies import MOST
from simkit.screens.lab_question import Choice, Question, look_at, question_of
from simkit.screens.texts import translator


class Entries:
    """Boxes and ticks, looked at together.

    Attributes
    ----------
    mistakes : dict of str to str
        By box; "policies" is the ticks.
    notes : list of str
        What is no mistake but should be known.
    scenario : Scenario or None
        The region as its file has it, None when it cannot be loaded.
    question : Question or None
        None while there are mistakes.
    titles : dict of str to str
        What the policies ticked are called, by how they are written.
    """

    def __init__(self, entered: dict[str, Any], policies: list[Choice], lang: str) -> None:
        self.t, self.lang = translator(lang), lang
        self.titles = {choice.spec: choice.title for choice in policies}
        self.mistakes = mistakes_in(entered, lang)
        self.notes: list[str] = []
        self.scenario, said = scenario_mistake(entered["scenario"], lang)
        if said:
            self.mistakes["scenario"] = said
        if self.scenario and "weeks" not in self.mistakes:
            self._look_at(policies, self.scenario.but(weeks=int(entered["weeks"])))
        self.question: Question | None = None
        if self.scenario and not self.mistakes:
            _, scale = amount_unit(entered["main"], self.scenario, lang)
            self.question = question_of(entered, policies, self.scenario, scale)
            self._note(self.question)

    def _look_at(self, policies: list[Choice], scenario: Scenario) -> None:
        """Note what is wrong with the policies ticked, and what should be known of them."""
        if len(policies) < 2:
            self.mistakes["policies"] = self.t("Tick two policies or more.")
        elif len(policies) > MOST:
            text = self.t("Tick {number} policies at most.")
            self.mistakes["policies"] = text.format(number=MOST)
        else:
            looks = [look_at(choice, scenario, self.lang) for choice in policies]
            if said := [mistake for mistake, _ in looks if mistake]:
                self.mistakes["policies"] = "\n".join(said)
            self.notes += [note for _, notes in looks for note in notes]

    def _note(self, question: Question) -> None:
        first = self.t("Everything is compared with “{policy}”, the first one ticked.")
        self.notes.insert(0, first.format(policy=question.names[0]))
        if question.worlds < 2:
            self.notes.append(
                self.t("One world proves nothing: there is no luck to set a difference against.")
            )
