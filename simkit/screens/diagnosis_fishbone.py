"""The drawing of a fishbone: a spine to the gap, six bones with what they contribute."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simkit.screens.charts import new_figure, short_number
from simkit.screens.diagnosis_charts import DOWN, GREY, UP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Bones = Mapping[str, tuple[str, float, list[tuple[str, float]]]]
"""By bone: name, amount, its largest parts; "" is what is not explained."""
FEET = (3.1, 6.1, 9.1)
"""Where the bones of each side meet the spine."""
SLANT, HEIGHT = 1.3, 2.4


def fishbone_chart(bones: Bones, *, head: str, title: str, x_label: str, lang: str) -> "Figure":
    """Draw six bones on a spine; what falls is brown, what rises blue, the wider the larger."""
    with new_figure(lang, height=4.6) as (figure, axes):
        axes.set(xlim=(0, 12.0), ylim=(-3.5, 3.5), xlabel=x_label)
        axes.set_xticks([], [])
        axes.set_yticks([], [])
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.plot([0.2, 9.7], [0, 0], color="#444444", linewidth=2.5, zorder=1)
        axes.text(9.8, 0.0, head, va="center", fontsize=10, wrap=True)
        six = [bone for bone in bones if bone]
        most = max(1.0, *(abs(amount) for _, amount, _ in bones.values()))
        for place, bone in enumerate(six):
            side = 1.0 if place < len(FEET) else -1.0
            _bone(axes, FEET[place % len(FEET)], side, bones[bone], most, lang)
        if rest := bones.get(""):
            text = f"{rest[0]}\n{_short(rest[1], lang)}"
            axes.text(9.8, -1.6, text, va="center", fontsize=9, color=GREY)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def _bone(
    axes: "Axes",
    foot: float,
    side: float,
    bone: tuple[str, float, list[tuple[str, float]]],
    most: float,
    lang: str,
) -> None:
    name, amount, parts = bone
    colour = UP if amount > 0 else DOWN if amount < 0 else GREY
    width = 1.0 + 5.0 * abs(amount) / most
    axes.plot([foot - SLANT, foot], [side * HEIGHT, 0], color=colour, linewidth=width, zorder=2)
    above = "bottom" if side > 0 else "top"
    label = f"{name}\n{_short(amount, lang)}"
    axes.text(
        foot - SLANT, side * (HEIGHT + 0.15), label, ha="center", va=above, fontsize=10,
        color=colour,
    )  # fmt: skip
    for line, (part, value) in enumerate(parts):
        height = side * HEIGHT * (0.68 - 0.36 * line)
        where = foot - SLANT * abs(height) / HEIGHT - 0.3
        text = f"{part}\n{_short(value, lang)}"
        axes.text(where, height, text, ha="right", va="center", fontsize=7.5, zorder=3)


def _short(value: float, lang: str) -> str:
    text = short_number(abs(float(f"{value:.3g}")), lang)
    return ("−" if value < 0 else "+" if value > 0 else "") + text
