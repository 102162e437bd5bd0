"""The files of a comparison: a report of one page, a workbook, tables, the manifest."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import table_html
from simkit.screens.lab_excel import write_workbook
from simkit.screens.lab_report_answer import Answer
from simkit.screens.lab_stress import Stress
from simkit.screens.lab_table import STYLE, controls_responses
from simkit.screens.texts import Translate
from simkit.study.experiment.compare import Comparison
from simkit.study.experiment.manifest import manifest
from simkit.study.experiment.worlds import Results
from simkit.study.output import all_or_nothing, write_json, write_table
from simkit.study.workers import Tell
from simkit.training.coaching_csv import defused

if TYPE_CHECKING:
    from jinja2 import Environment

HTML_LANG = {"en": "en", "zh": "zh-CN"}
STEPS = 4


def write_comparison(
    folder: Path,
    results: Results,
    comparison: Comparison,
    lang: str,
    tell: Tell = lambda done, total: None,
) -> None:
    """Write report.html, comparison.xlsx, results.csv and .parquet, manifest.json, or nothing.

    Raises ScenarioError when the folder cannot be written or the disk is full.
    """
    made = manifest(results, comparison)
    answer = Answer(results, comparison, lang)
    with all_or_nothing(Path(folder)) as draft:
        write_json(made, draft / "manifest.json")
        tell(1, STEPS)
        table = results.table()
        table["arm"] = table["arm"].map(defused)  # a spreadsheet opens the CSV too
        write_table(table, draft / "results", _note(made))
        tell(2, STEPS)
        write_workbook(draft / "comparison.xlsx", answer, made)
        tell(3, STEPS)
        page = report_html(results, comparison, lang, made)
        (draft / "report.html").write_text(page, encoding="utf-8")
        tell(4, STEPS)


def _note(made: dict[str, Any]) -> dict[str, Any]:
    """What the Parquet file says about itself."""
    kept = ("format", "seed", "worlds", "kpis", "inputs_sha256", "digest", "versions")
    return {name: made[name] for name in kept}


def report_html(
    results: Results, comparison: Comparison, lang: str, made: dict[str, Any] | None = None
) -> str:
    """Return the report as one HTML page that needs no other file and asks for none.

    `made`: the manifest, where it is there already.
    """
    answer = Answer(results, comparison, lang)
    made = made or manifest(results, comparison)
    choice = answer.choice()
    return _pages().get_template("lab_report.html").render(
        lang=HTML_LANG[lang],
        style=STYLE,
        words=_words(answer.t),
        title=results.arms[0].scenario.name.in_(lang),
        question=answer.question,
        main=answer.sentences(answer.kpis[:1]),
        others=answer.sentences(answer.kpis[1:]),
        table=controls_responses(results, lang, comparison.confidence)[1],
        charts=[chart.html for chart in answer.charts()],
        left_out=answer.left_out(),
        choice=choice,
        sure=table_html(answer.certainty(), answer.t("What each answer rests on")),
        notes=answer.notes(),
        facts=_facts(answer, made),
        groups=Stress(results, comparison, made, answer.words).groups(),
    )  # fmt: skip


def _pages() -> "Environment":
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("simkit.screens"), autoescape=True)


def _words(t: Translate) -> dict[str, str]:
    """The words of the page."""
    return {
        "kind": t("Comparison of policies"),
        "contents": t("Contents"),
        "question": t("The question"),
        "answer": t("The answer"),
        "others": t("The other figures"),
        "table": t("What was set, what came of it"),
        "shades": t(
            "Green: the best one. Pale green: may be the best. Without colour: not the best, or "
            "nobody can tell yet. Judged world by world, not by the width of the intervals here."
        ),
        "charts": t("In pictures"),
        "choice": t("What more money buys"),
        "sure": t("How sure this is"),
        "repeat": t("How to repeat this comparison"),
        "how": t(
            "The file manifest.json in the same folder holds everything. This command plays all "
            "worlds again and says whether the digest agrees:"
        ),
        "stress": t("For those who review models: STRESS-DES"),
        "stress_about": t(
            "The twenty items of STRESS-DES (Monks and others 2019, Journal of Simulation 13(1)), "
            "filled in from the scenario and the experiment. What only people know has an empty "
            "field: write into it, then print the page or save it from the browser."
        ),
        "fill": t("to be filled in"),
    }


def _facts(answer: Answer, made: dict[str, Any]) -> list[tuple[str, str]]:
    """What the comparison was, for whoever wants to repeat it."""
    t, words = answer.t, answer.words
    worlds = made["worlds"]
    return [
        (t("Policies"), t(", ").join(map(words.arm, words.arms))),
        (t("Seed"), str(made["seed"])),
        (t("worlds"), f"{len(worlds)} ({worlds[0]}–{worlds[-1]})" if worlds else "0"),
        (t("Digest of all values, at ten digits"), made["digest"]),
        (t("SHA-256 of the scenario"), t(", ").join(made["scenarios"])),
        (t("Software"), t(", ").join(f"{n} {v}" for n, v in made["versions"].items())),
        ("Python", f"{made['python']}, {made['platform']}"),
    ]
