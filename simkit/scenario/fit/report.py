"""The report on a fit: what was estimated, from how many rows, and what was left alone and why."""

from collections.abc import Iterator, Sequence
from typing import Any

from simkit.scenario.fit.found import CONFIDENCE, Derived, Estimated, Finding, Kept, said
from simkit.scenario.fit.orders.region_fit import RegionFit
from simkit.scenario.record import Text

TITLE = said("What the orders say", "订单拟合报告")
ESTIMATED = said("Estimated", "估计值")
DERIVED = said("Derived, so that the region hangs together", "推算值（使整个大区自洽）")
KEPT = said("Left as in the base, and why", "沿用基础情景的数值及原因")
FIGURES = said("Figures that a region has no place for", "情景中没有对应参数的统计量")
NOTES = said("How the file was read", "文件读取方式")
HEADS = {
    "estimated": (
        said("number", "参数"),
        said("value", "数值"),
        said("90 % interval", "90% 区间"),
        said("rows", "依据行数"),
        said("how", "方法"),
    ),
    "kept": (said("number", "参数"), said("value", "数值"), said("why", "原因")),
}
MEANINGLESS = 1e6
"""An interval whose ends differ by this factor says that nothing is known."""
WIDE = said("not determined", "无法确定")
FORMS_ZH = {
    "year first": "年在前",
    "d/m/y or m/d/y": "日/月/年或月/日/年",
    "month in words": "英文月份",
}
COHORT = said(
    "First orders end early: this looks like a cohort, customers who all began in the first "
    "weeks. Their losses differ more than a region of drawn customers can say; with "
    "--keep-customers every customer goes on as its own orders let expect (Pareto/NBD).",
    "首单集中在早期：数据像是同一时期开始合作的一批客户。这类客户流失差异较大，抽样生成的客户难以体现；"
    "可用 --keep-customers，让每家客户按自身订单的规律继续（Pareto/NBD）。",
)
PRIVATE = said(
    "Nothing left this machine: the fit reads the file here and asks no other computer.",
    "拟合全程在本机完成，未向任何其他计算机发送数据。",
)


def notes_of(fit: RegionFit) -> list[Text]:
    """Return what the reader should know about how the file was read."""
    table, histories = fit.table, fit.histories
    notes = [
        said(
            f"{len(table):,} rows of {len(histories):,} customers, {fit.first_day} to "
            f"{fit.last_day}: {int(histories.count.sum()):,} orders, "
            f"{int(histories.paid.sum()):,} with an amount above 0.",
            f"共 {len(table):,} 行、{len(histories):,} 家客户，{fit.first_day} 至 {fit.last_day}："
            f"订单 {int(histories.count.sum()):,} 笔，其中金额大于 0 的 "
            f"{int(histories.paid.sum()):,} 笔。",
        ),
        _columns_note(fit),
        _dates_note(fit),
    ]
    notes += [*_places_note(fit), *_returns_note(fit)]
    if fit.rates.used < len(histories):
        used = fit.rates.used
        notes.append(
            said(
                f"Rates and losses rest on {used:,} of the customers, evenly taken, so that the "
                "fit takes a minute; the intervals are those of that many.",
                f"为控制计算时间，频率与流失的估计使用均匀抽取的 {used:,} 家客户，区间据此计算。",
            )
        )
    if fit.rates.cohort:
        notes.append(COHORT)
    return [*notes, PRIVATE]


def _columns_note(fit: RegionFit) -> Text:
    en = ", ".join(f"{name} = '{head}'" for name, head in fit.table.columns.items())
    zh = "，".join(f"{name} = “{head}”" for name, head in fit.table.columns.items())
    if fit.table.order is None:
        return said(
            f"Columns: {en}. No column of order numbers: rows of a customer on one day are one "
            "order.",
            f"列：{zh}。没有订单编号列：同一客户同一天的各行合并为一笔订单。",
        )
    return said(
        f"Columns: {en}. Rows of a customer with one order number are one order.",
        f"列：{zh}。同一客户相同订单编号的各行合并为一笔订单。",
    )


def _dates_note(fit: RegionFit) -> Text:
    table = fit.table
    forms = sorted(table.date_forms.items())
    counts = ", ".join(f"{form}: {rows:,}" for form, rows in forms)
    counted = "，".join(f"{FORMS_ZH[form]} {rows:,} 行" for form, rows in forms)
    form = f" ({table.date_form})" if table.date_form else ""
    decimal = said("a decimal point", "小数点")
    if table.decimal == "comma":
        decimal = said("a decimal comma", "小数逗号")
    return said(
        f"Dates by form: {counts}{form}. Amounts with {decimal.en}.",
        f"日期写法：{counted}{form}。金额使用{decimal.zh}。",
    )


def _places_note(fit: RegionFit) -> list[Text]:
    """Say what was done where the column of territories is empty or names several."""
    table, notes = fit.table, []
    if not table.territories:
        return []
    if empty := int((table.territory < 0).sum()):
        notes.append(
            said(
                f"{empty:,} rows name no territory: they count for the territory of their "
                "customer's other rows, customers without any for 'Not assigned'.",
                f"有 {empty:,} 行没有填写片区：按该客户其他行的片区计算；"
                "所有行都未填写的客户归入“未分配”。",
            )
        )
    if moved := table.customers_in_several():
        notes.append(
            said(
                f"{moved:,} customers have rows in several territories: each counts, with all its "
                "orders, for the territory of its latest row.",
                f"有 {moved:,} 家客户出现在多个片区：其全部订单按最近一行的片区计算。",
            )
        )
    return notes


def _returns_note(fit: RegionFit) -> list[Text]:
    orders = fit.orders
    if not orders.returns + orders.left_out:
        return []
    return [
        said(
            f"{orders.returns + orders.left_out:,} returns (amounts below 0) are no orders: "
            f"{orders.returns:,} were set off against the customer's latest earlier orders, "
            f"{orders.left_out:,} found too little to be set off against and were left out.",
            f"退货（金额为负）{orders.returns + orders.left_out:,} 笔，不算订单：其中 "
            f"{orders.returns:,} 笔已冲减该客户此前最近的订单，"
            f"{orders.left_out:,} 笔无足额订单可冲减，已略去。",
        )
    ]


def report_dict(
    findings: Sequence[Finding],
    figures: Sequence[Estimated],
    notes: Sequence[Text],
    about: dict[str, Any],
) -> dict[str, Any]:
    """Return the report as plain data, texts in both languages."""
    return {
        **about,
        "confidence": CONFIDENCE,
        "estimated": [_estimated(f) for f in findings if isinstance(f, Estimated)],
        "derived": [_given(f) for f in findings if isinstance(f, Derived)],
        "kept": [_given(f) for f in findings if isinstance(f, Kept)],
        "figures": [_estimated(f) for f in figures],
        "notes": [_text(note) for note in notes],
    }


def _estimated(found: Estimated) -> dict[str, Any]:
    known = is_known(found)
    limits = {"low": found.low, "high": found.high} if known else {"low": None, "high": None}
    return {
        "path": found.path,
        "value": found.value,
        **limits,
        "rows": found.rows,
        "how": _text(found.how),
    }


def is_known(found: Estimated) -> bool:
    """Return whether the interval says anything: no more than a million-fold apart."""
    return found.low <= 0.0 or found.high <= MEANINGLESS * found.low


def _given(found: Derived | Kept) -> dict[str, Any]:
    value = _text(found.value) if isinstance(found.value, Text) else found.value
    return {"path": found.path, "value": value, "why": _text(found.why)}


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def report_markdown(report: dict[str, Any], lang: str) -> str:
    """Return the report as Markdown in one language."""
    colon = ": " if lang == "en" else "："
    lines = [f"# {TITLE.in_(lang)}{colon}{_cell(report['orders'])}", ""]
    lines += [f"- {note[lang]}" for note in report["notes"]]
    parts = (("estimated", ESTIMATED), ("derived", DERIVED), ("kept", KEPT), ("figures", FIGURES))
    for name, title in parts:
        if report[name]:
            lines += ["", f"## {title.in_(lang)}", "", *_table(report[name], lang)]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[dict[str, Any]], lang: str) -> Iterator[str]:
    wide = "how" in rows[0]
    heads = HEADS["estimated" if wide else "kept"]
    yield "| " + " | ".join(head.in_(lang) for head in heads) + " |"
    yield "|" + " --- |" * len(heads)
    for row in rows:
        value = row["value"]
        cells = [f"`{row['path']}`", shown(value[lang] if isinstance(value, dict) else value)]
        if wide:
            cells += [interval(row, lang), f"{row['rows']:,}", row["how"][lang]]
        else:
            cells.append(row["why"][lang])
        yield "| " + " | ".join(map(_cell, cells)) + " |"


def interval(row: dict[str, Any], lang: str) -> str:
    """Return the interval of an estimate in words."""
    if row["low"] is None:
        return WIDE.in_(lang)
    between = " to " if lang == "en" else " 至 "
    return f"{shown(row['low'])}{between}{shown(row['high'])}"


def shown(value: Any) -> str:
    """Return a value as a reader sees it."""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
