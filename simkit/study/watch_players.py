"""The reference players of drift drills, in words."""

from dataclasses import dataclass

from simkit.scenario.record import Text
from simkit.study.watch_worlds import CUSUM, EVERYTHING, NEVER, TWO_WEEKS


@dataclass(frozen=True)
class Player:
    """A reference player."""

    id: str
    name: Text
    what: Text
    """What they do, and how many hours that takes."""


DETECTORS: tuple[Player, ...] = (
    Player(
        TWO_WEEKS,
        Text(en="Two-weeks rule", zh="连续两周规则"),
        Text(
            en=(
                "Alarms when the region's sales are below their lower limit two weeks running, "
                "season and all. Spends one week's hours, names the cause that fits the last two "
                "weeks best, and takes its action."
            ),
            zh=(
                "大区销售额连续两周低于下限（不剔除季节因素）即报警；"
                "随后用一周的工时查找，按最近两周的指标选定最相符的原因，并采取对应措施。"
            ),
        ),
    ),
    Player(
        CUSUM,
        Text(en="Control charts", zh="控制图"),
        Text(
            en=(
                "Keeps CUSUM charts of what differs from the forecast. At the first alarm it "
                "spends one week's hours, names the cause whose figures moved, takes its action."
            ),
            zh=(
                "用累积和控制图（CUSUM）跟踪各指标与预测之差；首次报警后用一周的工时查找，"
                "按发生变化的指标选定原因，并采取对应措施。"
            ),
        ),
    ),
    Player(
        EVERYTHING,
        Text(en="Reacts to everything", zh="见红灯就动"),
        Text(
            en=(
                "Spends a week's hours and asks for the emergency incentive after every week in "
                "which some light is red."
            ),
            zh="只要有一盏灯变红，下一周就用满一周的工时查找，并启动紧急激励。",
        ),
    ),
    Player(
        NEVER,
        Text(en="Never reacts", zh="从不出手"),
        Text(en="Watches and does nothing.", zh="只看不动。"),
    ),
)
