"""Where everything stands on the screen of the what-if lab."""

from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.parts import Inputs, heading, row

if TYPE_CHECKING:
    from simkit.screens.lab import WhatIfLab

PRECISION = ("worlds", "percent", "amount", "most")
ADVANCED = ("seed", "sure", "workers", "cluster")


def lay_out(app: "WhatIfLab", top: W.Widget, boxes: Inputs, predict: Inputs) -> list[W.Widget]:
    """Return the screen from top to bottom."""
    t = app.t

    def entry(name: str) -> W.Widget:
        box = {**boxes, **predict}[name]
        if name not in app.complaints:
            return box
        return W.VBox([box, app.complaints[name]]).add_class("sk-entry")

    app.precision_boxes = {name: entry(name) for name in PRECISION}
    advanced = W.Accordion([row(*map(entry, ADVANCED))]).add_class("sk-advanced")
    advanced.set_title(0, t("Advanced: seed, confidence, processes, cluster"))
    return [
        top,
        heading(t("1. The question")),
        row(entry("scenario"), entry("weeks")),
        app.policies.view,
        row(entry("main"), entry("others")),
        row(boxes["mode"], *app.precision_boxes.values()),
        advanced,
        app.notes,
        app.estimate,
        heading(t("2. Predict")),
        row(entry("winner"), entry("ahead")),
        row(app.predict_button, app.again_button),
        app.complaints["predict"],
        heading(t("3. Run")),
        row(app.run_button, app.stop_button, app.progress),
        *(app.status, app.alarm, app.live, app.chart, app.more.view),
    ]
