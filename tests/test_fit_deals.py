"""Opportunity exports of CRM systems become the funnel of a scenario."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from simkit.scenario.fit.deals.crm import layout
from simkit.scenario.fit.deals.deals import fit_deals
from simkit.scenario.fit.deals.funnel_fit import AND_WORK, discounts, stays
from simkit.scenario.fit.deals.funnel_model import expected, patience, persuasion
from simkit.scenario.fit.deals.incidence import incidence
from simkit.scenario.fit.found import Kept
from simkit.scenario.fit.whole import Whole
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.evidence import fitted_deals as evidence
from simkit.study.evidence.worlds import play
from simkit.study.exports import day_of, deals_of, write_export
from simkit.study.settings import apply_settings

HEADS = {
    "Salesforce": "Opportunity Name,Amount,Stage,Close Date,Created Date,Probability (%),"
    "Opportunity Owner,Lead Source,Age,Fiscal Period,Account Name",
    "Salesforce ": "Id,Name,AccountId,Amount,StageName,CloseDate,CreatedDate,IsWon,OwnerId",
    "Zoho CRM": "Deal Name,Account Name,Amount,Stage,Closing Date,Created Time,Deal Owner",
    "HubSpot": "Record ID,Deal Name,Deal Stage,Close Date,Create Date,Deal owner,Amount,"
    "Is Closed Won,Is Deal Closed?",
    "纷享销客": "商机名称,客户名称,预计成交金额,商机阶段,商机状态,预计成交日期,创建时间,负责人",
    "纷享销客 ": "商机名称,客户名称,预计成交金额,商机阶段,成交日期,创建时间,负责人",
}
STAGES = {
    "Salesforce": ("Needs Analysis", "Proposal/Price Quote", "Negotiation/Review"),
    "Zoho CRM": ("Identify Decision Makers", "Proposal/Price Quote", "Negotiation/Review"),
    "HubSpot": ("qualifiedtobuy", "Presentation Scheduled", "Decision Maker Bought-In"),
    "纷享销客": ("需求确认", "方案/报价", "谈判审核"),
}
ENDS = {
    "Salesforce": ("Closed Won", "Closed Lost"),
    "Zoho CRM": ("Closed Won", "Closed Lost to Competition"),
    "HubSpot": ("closedwon", "closedlost"),
    "纷享销客": ("赢单", "输单"),
}
HEADER = "Opportunity ID,Amount,Stage,Created Date,Close Date,Loss Reason,Amount Currency\n"


@pytest.fixture(scope="module")
def base():
    """The scenario that fits start from."""
    return load_scenario("workshop_region")


def row(number, **changes):
    """Return a line of a Salesforce export; every third deal is won, lost, open."""
    created = date(2023, 1, 2) + timedelta(days=number)
    cells = {
        "id": f"D{number}",
        "amount": 1000 + 10 * number,
        "stage": ("Closed Won", "Closed Lost", "Qualification")[number % 3],
        "created": created,
        "closed": created + timedelta(days=30 + number % 40),
        "reason": "",
        "currency": "CNY",
    }
    return ",".join(map(str, {**cells, **changes}.values())) + "\n"


def rows(count, **changes):
    """Return many such lines."""
    return "".join(row(number, **changes) for number in range(count))


def fit(tmp_path, text, base, encoding="utf-8", **options):
    """Return the fit of a text as a file."""
    path = tmp_path / "deals.csv"
    path.write_bytes(text.encode(encoding))
    return fit_deals(path, base, **options)


def refusal(tmp_path, text, base, **options):
    """Return what is said of a file that cannot be used."""
    with pytest.raises(ScenarioError) as caught:
        fit(tmp_path, text, base, **options)
    return str(caught.value)


def notes(found, lang="en"):
    """Return all notes as one text."""
    return "\n".join(note.in_(lang) for note in found.notes)


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("system", HEADS)
def test_columns_and_stages_of_the_common_systems_are_known(system):
    header = HEADS[system].split(",")
    found, system = layout("deals.csv", 1, header, {}), system.strip()
    assert found.system == system
    wanted = {"amount", "stage", "created", "close", "owner"}
    assert wanted <= found.where.keys()
    places = [index for name in wanted for index in found.where[name]]
    assert len(places) == len(set(places)) == len(wanted)
    assert [found.state(name) for name in STAGES[system]] == ["qualify", "quote", "negotiate"]
    assert [found.state(name) for name in ENDS[system]] == ["won", "lost"]
    assert found.state("Verhandlung") is None


def test_hubspot_says_when_a_deal_entered_a_stage():
    header = [*HEADS["HubSpot"].split(","), 'Date entered "Contract Sent (Sales Pipeline)"',
              "hs_v2_date_entered_presentationscheduled"]  # fmt: skip
    found = layout("deals.csv", 1, header, {}).where
    assert found["entered_contract"] == (9,)
    assert found["entered_quote"] == (10,)


def test_flags_and_reasons_go_before_the_stage(tmp_path, base):
    text = "Id,StageName,CreatedDate,CloseDate,IsWon,IsClosed,Loss Reason,Amount\n"
    kinds = ("true,true,", "false,true,Price", "false,true,No Decision", "0,0,")
    for i in range(80):
        text += f"{i},Own stage,2023-01-{1 + i % 28:02},2023-04-03,{kinds[i % 4]},100\n"
    assert "20 open, 20 won, 20 lost, 20 no decision" in notes(fit(tmp_path, text, base))


# --- statistics -----------------------------------------------------------------------------


def test_shares_are_those_of_aalen_and_johansen():
    draw = np.random.Generator(np.random.Philox(11))
    days, causes = draw.integers(0, 12, 80), draw.integers(0, 3, 80)
    still, shares = 1.0, np.zeros(2)
    for day in range(12):
        there = (days >= day).sum()
        ends = [((days == day) & (causes == cause)).sum() for cause in (1, 2)]
        shares += still * np.array(ends) / max(there, 1)
        still *= 1 - sum(ends) / max(there, 1)
    found = incidence(days, causes, 2)
    np.testing.assert_allclose(found.shares, shares, rtol=1e-12)


def test_the_variance_is_the_jackknifes():
    draw = np.random.Generator(np.random.Philox(12))
    days, causes = draw.integers(0, 40, 300), draw.integers(0, 3, 300)
    value, variance = incidence(days, causes, 2).ratio([1], [1, 2])
    kept = [np.arange(300) != i for i in range(300)]
    parts = [incidence(days[k], causes[k], 2).ratio([1], [1, 2])[0] for k in kept]
    assert variance == pytest.approx(299 / 300 * np.sum((parts - np.mean(parts)) ** 2), rel=0.05)
    assert 0 < value < 1


def test_open_deals_do_not_favour_the_quick():
    """Half of the deals are lost after 10 days, half won after 50: recent wins are not seen."""
    ages = np.tile(np.arange(100), 2)
    causes = np.repeat([1, 2], 100)
    ends = np.where(causes == 1, 50, 10)
    seen = np.where(ends <= ages, causes, 0)
    found = incidence(np.minimum(ends, ages), seen, 2)
    assert (seen == 1).sum() / (seen > 0).sum() < 0.37
    assert found.ratio([1], [1, 2])[0] == pytest.approx(0.5, abs=0.005)


def test_think_times_are_found_behind_the_work_of_a_desk():
    draw = np.random.Generator(np.random.Philox(13))
    think = draw.exponential(8.0, 20_000)
    work = np.array([1.0, 3.0, 8.0])
    later = think + draw.choice(work, len(think))
    days = np.floor(later + draw.random(len(think))).astype(int)
    seen = np.minimum(days, 30)
    over = np.where(days < 30, AND_WORK, 0)
    mean, _ = stays(seen[over > 0], over[over > 0], "exponential", work)
    assert mean.value < 7.5  # what is cut off is missing
    mean, _ = stays(np.r_[days], np.full(len(days), AND_WORK), "exponential", work)
    assert mean.value == pytest.approx(8.0, abs=3 * 8.0 / np.sqrt(len(days)))


def test_discounts_of_won_deals_are_weighted_back():
    draw = np.random.Generator(np.random.Philox(14))
    off = 0.3 * draw.random(40_000) ** (1 / 0.5 - 1)
    won = off[draw.random(len(off)) < (1 - off) ** -3 / 0.7**-3]
    limit, used = discounts(won, elasticity=3)
    assert limit.value == pytest.approx(0.3, abs=1e-3)
    assert used.low < 0.5 < used.high
    assert discounts(won)[1].low > 0.5


# --- recovery of what the engine was made with ----------------------------------------------


def test_the_formulas_are_the_engines():
    scenario = evidence.base()
    counts = np.zeros(4)
    for seed in (1, 2):
        deals = deals_of(play(scenario, seed).world.log, evidence.START)
        old = [deal for deal in deals if deal.created < date(2024, 3, 1)]
        ends = [deal.end for deal in old]
        counts += [len(old), ends.count("won"), ends.count("no_decision"), ends.count("")]
    rate = np.log(scenario.funnel.no_decision_per_week / 5)
    won, undecided, _ = expected(scenario, np.array([0.0, 0.0, rate]))
    for share, count in ((won, counts[1]), (undecided, counts[2])):
        error = np.sqrt(share * (1 - share) / counts[0])
        assert abs(count / counts[0] - share) <= 3 * error + counts[3] / counts[0]


@pytest.mark.parametrize(("form", "fewest"), [("hubspot", 16), ("salesforce", 15)])
def test_intervals_hold_the_truth(form, fewest):
    found = evidence.fitted_deals(regions=4, form=form)[0]
    assert found.passed, found
    assert found.what.startswith(f"share of {4 * fewest} intervals")


def test_every_number_found_can_be_set(tmp_path):
    start = evidence.base()
    found = evidence.fitted(evidence.drawn(1, "hubspot"), 1, "hubspot")
    for each in found.estimated:
        assert each.low <= each.value <= each.high
        assert each.rows >= 10
        changed, _ = apply_settings(start, [f"{each.path}={each.value}"])
        assert evidence.truth(changed, each.path) == pytest.approx(each.value)
    paths = [each.path for each in (*found.estimated, *found.kept)]
    assert len(paths) == len(set(paths))


def test_an_export_has_what_happened(tmp_path):
    log = play(evidence.base(), 3).world.log
    deals = deals_of(log, evidence.START)
    text = write_export(tmp_path / "a.csv", deals, "salesforce").read_text("utf-8")
    for kind, word in (("opportunity", ",Deal "), ("won", "Closed Won"), ("no_decision", "No Dec")):
        assert text.count(word) == sum(event[1] == kind for event in log)
    days = [day_of(day, evidence.START) for day in (-0.5, 0.0, 4.99, 5.0)]
    assert [str(day) for day in days] == ["2022-12-30", "2023-01-02", "2023-01-06", "2023-01-09"]


# --- rules for files as they are ------------------------------------------------------------


def test_what_opportunities_do_not_tell_is_kept_with_the_reason(tmp_path, base):
    found = fit(tmp_path, HEADER + rows(90), base)
    kept = {each.path: each for each in found.kept}
    assert "needs_rep: false" in kept["territories.*.leads_per_week"].why.en
    assert kept["desks.legal.service_days"].value == base.desks.legal.service_days
    assert "list amounts" in kept["funnel.discount_limit_share"].why.en
    assert "Opportunities a week" in notes(found)
    assert "每周新增商机" in notes(found, "zh")


def test_a_file_too_short_for_its_deals_keeps_the_funnel(tmp_path, base):
    late = "".join(row(i, created="2023-03-01", closed="2023-04-01") for i in range(90))
    kept = {each.path: each.why.en for each in fit(tmp_path, HEADER + late, base).kept}
    assert "33% of the deals are open" in kept["funnel.stages.quote.pass_share"]


def test_own_names_are_mapped(tmp_path, base):
    text = "Nr,Umsatz,Phase,Angelegt,Abschluss\n"
    for i in range(60):
        stage = ("Gewonnen", "Verloren", "Verhandlung")[i % 3]
        text += f'{i},"1.{100 + i},50",{stage},{1 + i % 28:02}.01.2023,05.04.2023\n'
    columns = {"amount": "Umsatz", "stage": "Phase", "created": "Angelegt", "close": "Abschluss"}
    stages = {"Gewonnen": "won", "Verloren": "lost", "Verhandlung": "negotiating"}
    found = fit(tmp_path, text, base, mapping={**columns, "stages": stages})
    assert "20 open, 20 won, 20 lost" in notes(found)
    value = next(each for each in found.estimated if each.path == "funnel.deal_value")
    assert value.value == pytest.approx(1130, rel=0.03)


def test_chinese_file_in_gb18030(tmp_path, base):
    text = "商机编号,商机名称,预计成交金额,商机阶段,商机状态,创建时间,预计成交日期,负责人\n"
    for i in range(80):
        state = ("赢单", "输单", "进行中", "无效")[i % 4]
        text += f"{i},商机,{1000 + i}元,方案/报价,{state},2024年1月{1 + i % 28}日,2024/3/9,李\n"
    found = fit(tmp_path, text, base, encoding="gb18030")
    assert "赢单 20，丢单 20，未作决定 20" in notes(found, "zh")


def test_repeated_rows_and_currencies_follow_a_stated_rule(tmp_path, base):
    text = HEADER + rows(60) + row(0) + row(60, currency="USD", amount=9e9)
    found = fit(tmp_path, text, base)
    assert "Rows that repeat an opportunity (same id, same contents): 1;" in notes(found)
    assert "CNY 60, USD 1" in notes(found)
    value = next(each for each in found.estimated if each.path == "funnel.deal_value")
    assert value.rows == 60
    assert value.high < 2000


MISTAKES = {
    "two deals": (rows(2), "2 opportunities are too few"),
    "none": ("", "no opportunity in the file"),
    "no close date": (rows(40) + row(42, closed=""), "42:1: it is closed but has no close date"),
    "no created": (rows(40) + row(42, created=""), "42:1: the day it was created is empty"),
    "closed first": (rows(40) + row(42, closed="2020-01-01"), "42:1: closed on 2020-01-01, before"),
    "to come": (rows(40) + row(42, closed="2099-01-01"), "closed on 2099-01-01, which is still"),
    "negative": (rows(40) + row(41, amount=-5), "42:1: amount -5 is negative"),
    "not a number": (rows(40) + row(41, amount="much"), "'much' is not a number"),
    "unknown stages": (rows(40, stage="Pitch"), "'Pitch' (40 rows)"),
    "contradiction": (rows(40) + row(0, amount=7), "42:1: opportunity 'D0' is already in line 2"),
    "three forms": (
        rows(40) + row(40, created="13/02/2023") + row(41, created="02/14/2023"),
        "contradict each other",
    ),
    "ambiguous": (rows(40, created="02/03/2023"), "--dates"),
    "short row": (rows(40) + "1,2\n", "42:1: 2 columns, the header has 7"),
    "quote": (rows(40) + '"x\n', "quotation mark"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_told_with_their_line(tmp_path, base, name):
    text, message = MISTAKES[name]
    assert message in refusal(tmp_path, HEADER + text, base)


def test_ambiguous_dates_are_read_as_wished(tmp_path, base):
    text = HEADER + rows(40, created="02/03/2023", closed="05/04/2023")
    assert "2023-03-02 to 2023-04-05" in notes(fit(tmp_path, text, base, dates="dmy"))
    assert "2023-02-03 to 2023-05-04" in notes(fit(tmp_path, text, base, dates="mdy"))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"stages": {"X": "negociate"}}, "did you mean 'negotiate'?"),
        ({"amout": "Amount"}, "did you mean 'amount'?"),
        ({"amount": "Betrag"}, "the column 'Betrag'"),
        ({"stages": ["won"]}, "'stages' of the mapping must be a group"),
    ],
)
def test_mistakes_of_a_mapping_are_told(tmp_path, base, mapping, message):
    assert message in refusal(tmp_path, HEADER + rows(20), base, mapping=mapping)


def test_columns_that_are_missing_are_named(tmp_path, base):
    said = refusal(tmp_path, "A,B\n1,2\n", base)
    assert all(word in said for word in ("'created'", "'close'", "'stage'", "mapping file"))


def test_closed_deals_alone_are_warned_of(tmp_path, base):
    text = HEADER + "".join(row(i) for i in range(90) if i % 3 < 2)
    assert "No opportunity is open" in notes(fit(tmp_path, text, base))


def test_a_history_of_stages_is_folded_into_deals(tmp_path, base):
    steps = ("Qualification", "Proposal/Price Quote", "Negotiation/Review", "Contract Sent")
    text = "Opportunity ID,Amount,To Stage,Edit Date\n"
    for i in range(60):
        way = [*steps[: 2 + i % 3], *steps[1:2], "Closed Won" if i % 3 == 2 else "Closed Lost"]
        days = [date(2023, 1, 2) + timedelta(weeks=2 * j, days=i) for j in range(len(way))]
        changes = [f"{i},{1000 + i},{stage},{day}\n" for stage, day in zip(way, days, strict=True)]
        text += "".join(reversed(changes))
    found = fit(tmp_path, text, base)
    assert "60 opportunities" in notes(found)
    assert "0 open, 20 won, 40 lost" in notes(found)
    values = {each.path: each.value for each in found.estimated}
    assert values["funnel.stages.quote.pass_share"] == pytest.approx(2 / 3)
    # The engine has discounts and customers who give up deciding on top of it.
    effect = persuasion(base) * patience(base)
    assert values["funnel.stages.negotiate.pass_share"] * effect == pytest.approx(1 / 2)
    assert values["funnel.stages.contract.pass_share"] == pytest.approx(1.0)


def test_what_orders_settled_is_not_kept_a_second_time(tmp_path, base):
    told = fit(tmp_path, HEADER + rows(90), base)
    path = "funnel.new_customer_share"
    assert path in [each.path for each in told.kept]
    orders = SimpleNamespace(findings=[Kept(path, 0.0, told.notes[0])])
    whole = Whole(orders, told, tmp_path / "orders.csv", None, base)
    assert [found.value for found in whole.findings() if found.path == path] == [0.0]
