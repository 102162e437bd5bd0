"""Scorecards that trainers write: what counts in a debrief, how much, and from where to where."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.kpi.catalogue import KPIS
from simkit.scenario.block import Block, Id, NotNegative
from simkit.scenario.files import scenario_folders
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Mistakes, Problem, Record, ScenarioError, Text, did_you_mean

FOLDER = Path("scorecards")
MEASURES: dict[str, Text] = {
    "signs_noticed": Text(
        en="Share of the early signs that were marked as signs before the brief came",
        zh="在通报到来之前被标为“信号”的早期信号所占比例",
    ),
    "noise_taken_for_signs": Text(
        en="Share of the noise that was marked as a sign", zh="被误标为“信号”的噪音所占比例"
    ),
    "weeks_from_sign": Text(
        en="Weeks from the first sign until the first answer was asked for",
        zh="从第一个信号到首次采取应对措施的周数",
    ),
    "weeks_from_brief": Text(
        en="Weeks from the brief until the first answer was asked for",
        zh="从接到通报到首次采取应对措施的周数",
    ),
    "reserve_kept_for_crisis": Text(
        en=(
            "1, less the share of the reserve released before the first sign; 0 when an answer "
            "found no money while reserve was left"
        ),
        zh="1 减去第一个信号之前动用的储备金比例；若储备金尚有余额而应对措施因缺钱未执行，则为 0",
    ),
    "plan_before_shock": Text(
        en="1 for a plan for the risk that came, written before the brief; 0.5 for another plan",
        zh="通报之前写好且针对所发生风险的预案记 1，其他预案记 0.5",
    ),
    "plan_carried_out": Text(
        en="Share of the measures named in the plan for the risk that came which were carried out",
        zh="针对所发生风险的预案所列措施中，实际执行的比例",
    ),
    "predictions_made": Text(
        en="Predictions made in time, over one for every four weeks played",
        zh="按时作出的预测次数 ÷ 应作次数（每四周一次）",
    ),
    "calibration_gap": Text(
        en="Distance between the share of predictions that came true and the stated confidence",
        zh="预测命中率与所声明把握之间的差距",
    ),
    "share_of_best": Text(
        en=(
            "Mean gain of the decisions over no action in other worlds, over the gain of the best "
            "options found there"
        ),
        zh="在其他世界里，您的决策比不作为平均多得的贡献利润 ÷ 最优选项多得的贡献利润",
    ),
    "gain_over_no_action": Text(
        en="Mean gain over no action in other worlds, over the contribution of no action there",
        zh="在其他世界里比不作为平均多得的贡献利润 ÷ 不作为的贡献利润",
    ),
}
"""What can be measured of a debrief, beside every KPI of the catalogue."""


class Item(Record):
    """One line of a scorecard: a measure turned into points, and what they weigh."""

    id: Id
    name: Text
    kind: Literal["process", "result"]
    weight: NotNegative
    """Relative to the other lines; what cannot be measured is left out with its weight."""
    measure: Id
    """Of the debrief, or the name of a KPI."""
    zero_at: Annotated[float, Field(ge=-1e12, le=1e12)] = 0.0
    """The value that gets no points."""
    full_at: Annotated[float, Field(ge=-1e12, le=1e12)] = 1.0
    """The value that gets all points; between the two the points rise evenly."""

    @model_validator(mode="after")
    def _can_be_scored(self) -> "Item":
        if self.zero_at == self.full_at:
            raise Mistakes([(("full_at",), "must differ from zero_at")])
        return self

    def points(self, value: float) -> float:
        """Return the points of a value, from 0 to 1."""
        share = (value - self.zero_at) / (self.full_at - self.zero_at)
        return min(1.0, max(0.0, share))


class Scorecard(Block):
    """What counts in a debrief."""

    name: Text
    process_weight: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of the process score in the total; the rest is the result score."""
    scorecard: Annotated[tuple[Item, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _holds_together(self) -> "Scorecard":
        mistakes: list[tuple[Loc, str]] = []
        names = [item.id for item in self.scorecard]
        for index, item in enumerate(self.scorecard):
            if item.id in names[:index]:
                mistakes.append((("scorecard", index, "id"), f"the id '{item.id}' is used twice"))
        if not sum(item.weight for item in self.scorecard):
            mistakes.append((("scorecard",), "some line must have a weight above 0"))
        if mistakes:
            raise Mistakes(mistakes)
        return self


def find_scorecard(name: str) -> Path:
    """Return the path of a scorecard: the person's own copy before the shipped one.

    Raises ScenarioError when there is none of that name.
    """
    folders = [folder / FOLDER for folder in scenario_folders()]
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
    message = f"there is no scorecard '{name}'{did_you_mean(name, known)}"
    raise ScenarioError([Problem("scorecard", None, None, message)])


def load_scorecard(path: str | Path) -> Scorecard:
    """Return the checked scorecard of a file; a name without a folder is looked up.

    Raises ScenarioError with all mistakes, each with its place.
    """
    file = Path(path)
    if not file.suffix:
        file = find_scorecard(str(path))
    return load_record(file, Scorecard, check=_unknown_measures)


def _unknown_measures(card: Scorecard) -> Iterator[tuple[Loc, str]]:
    known = [*MEASURES, *KPIS]
    for index, item in enumerate(card.scorecard):
        if item.measure not in known:
            hint = did_you_mean(item.measure, known)
            yield ("scorecard", index, "measure"), f"no measure '{item.measure}'{hint}"
