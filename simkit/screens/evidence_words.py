"""The rows of the evidence table in plain words: grouped by the question they answer."""

import re

from simkit.screens.fact_words import Words, fact_words
from simkit.screens.texts import Translate
from simkit.study.evidence.row import Row

FACT = re.compile(r"facts?[ -]?0*(\d+)")
VERDICT = re.compile(r"(outside the band|inside the band, but its interval is not)[:;]? ?")
PACKAGE = re.compile(r"apt-get install (\S+), or SIMKIT_BAYESM=folder with (\S+)")
LATER = re.compile(r"takes about \d+ s")
EXTRA = re.compile(r"not installed: (pip install .*)")
REAL = (
    "cdnow: repeat days",
    "cdnow: BG/NBD",
    "cdnow: Pareto/NBD",
    "cdnow: recovered",
    "cdnow: weeks",
    "cdnow: cumulative",
    "cdnow: weekly",
    "cdnow: best fifth",
    "detailing: pooled",
    "detailing: within",
    "detailing: best fifth",
    "detailing: our curve",
    "detailing: months 16-23",
    "prices: orange juice",
    "prices: cheese",
    "prices: consumer goods",
)
"""Beginnings of the rows of real data that belong together."""


def question(row: Row) -> str:
    """Return the question of a row: "fact 2", a family such as "mmc", or a part of the data."""
    if found := FACT.match(row.id):
        return f"fact {found[1]}"
    if row.part == "data":
        return max((key for key in REAL if row.id.startswith(key)), key=len, default=row.id)
    return row.id.partition("(")[0].partition(":")[0]


def words(t: Translate) -> Words:
    """Return title and sentence of every question."""
    parts = (_desks, _flows, _stock, _doubts, _statistics, fact_words, _data)
    return {key: pair for part in parts for key, pair in part(t).items()}


def origin(t: Translate, row: Row) -> str:
    """Return what an agreement is worth: theory, data, or how the fact came into the model."""
    if row.part == "exact":
        return t("theory")
    if row.part == "fact" and not row.role:
        return ""  # not measured, so nobody knows yet what its rows are worth
    names = {"I": t("built in"), "C": t("calibrated"), "E": t("emerges")}
    return names.get(row.role, t("real data") if row.part == "data" else t("theory"))


def remark(t: Translate, row: Row) -> str:
    """Return why a row does not agree or was not measured, in the reader's language."""
    translate = t  # what is looked up here is collected from the evidence itself: see texts.py
    if row.passed is None:
        return _missing(t, row.note)
    why = VERDICT.split(row.note)[-1]
    if why:
        return translate(why)
    inside = row.low is not None and row.measured is not None and row.low <= row.measured
    inside = inside and row.high is not None and row.measured <= row.high  # type: ignore[operator]
    return t("near the edge: its interval sticks out of the band") if inside else ""


def _missing(t: Translate, note: str) -> str:
    if found := PACKAGE.search(note):
        text = t(
            "not installed: Debian package {package}, or SIMKIT_BAYESM set to the folder of {file}"
        )
        return text.format(package=found[1], file=found[2])
    if found := EXTRA.search(note):
        return t("not installed; to get it: {how}").format(how=found[1])
    if LATER.search(note):
        return t("takes too long for this look: 'simkit validate --slow' measures it")
    return note


def _desks(t: Translate) -> Words:
    waits = t("How long work waits, and how often, is what queueing theory says.")
    urgent = t("What the urgent ones gain is exactly what the others lose.")
    another = t("An independent program finds the same.")
    return {
        "mmc": (t("Waiting at a desk with several people"), waits),
        "mm1_sojourn": (t("Long waits at a desk with one person"), waits),
        "mg1": (t("Waiting when jobs take very different times"), waits),
        "mmck": (t("A desk that turns people away when it is full"), waits),
        "erlang_b": (t("A desk where nobody can wait"), waits),
        "erlang_a": (t("A desk whose customers lose patience"), waits),
        "tandem": (t("One desk after another"), waits),
        "priority": (t("Urgent work first"), urgent),
        "ciw": (t("The same queue in another program"), another),
        "stockpyl": (t("The same stock in another program"), another),
    }


def _flows(t: Translate) -> Words:
    buyers = t("Customers order as irregularly as the theory of repeat buying says.")
    return {
        "little": (
            t("Nothing gets lost"),
            t("In every queue, what is there equals what comes times how long it stays."),
        ),
        "vacancy": (
            t("Vacant posts"),
            t("How many posts are vacant follows from how often reps leave and how long it takes."),
        ),
        "fitted_deals": (
            t("A region from its own CRM export"),
            t("Nine out of ten intervals of a fit hold what the region was made with."),
        ),
        "mginf": (
            t("A pipeline without bottleneck"),
            t("The number of open deals is deals a week times weeks a deal takes."),
        ),
        "absorbing": (
            t("The way through the funnel"),
            t("How many deals are won, and when, follows from the stages alone."),
        ),
        "nbd": (t("Few order often, many seldom"), buyers),
        "best_fifth": (t("What the best fifth must bring, by theory"), buyers),
        "pareto_nbd": (t("Customers who order and silently leave"), buyers),
        "attainment": (
            t("Chances of reaching a quota"),
            t("What is said to be reached with 70 % is reached in 70 of 100 fresh worlds."),
        ),
        "false_alarms": (
            t("False alarms by design"),
            t("In drills without drift the panel of charts alarms as often as it is meant to."),
        ),
        "drifts_found": (
            t("Drifts that can be found"),
            t("Every shipped drift is noticed within eight weeks in most worlds."),
        ),
        "raw_sales_alarms": (
            t("Charts on raw sales"),
            t("Raw sales alarm more often than theory says: they have seasons and carry over."),
        ),
        "adstock": (
            t("How long a visit works"),
            t("The effect of visits fades at the pace that the settings state."),
        ),
    }


def _stock(t: Translate) -> Words:
    empty = t("How often the shelf is empty is what inventory theory says.")
    return {
        "supplier": (
            t("Supplier up and down"),
            t("The share of time without supply is what the mean times say."),
        ),
        "base_stock": (t("Ordering one for one"), empty),
        "reorder_point": (t("Ordering at a reorder point"), empty),
        "bullwhip": (
            t("Orders swing more than sales"),
            t("The bullwhip effect is as strong as theory says."),
        ),
        "control_charts": (
            t("How soon an alarm comes"),
            t("Alarms on the engine's weekly orders come as late, and as falsely, as theory says."),
        ),
    }


def _statistics(t: Translate) -> Words:
    holds = t("An interval holds the truth as often as it says, or as the textbooks warn.")
    best = t("The best is found at least as often as promised.")
    costs = t("The published costs of five ways to keep stock come out again.")
    return {
        "statistics_constants": (
            t("The constants behind the comparisons"),
            t("They agree with the printed tables to the last digit."),
        ),
        "interval_coverage": (t("Means of very uneven results"), holds),
        "paired_coverage": (
            t("Two policies in the same worlds"),
            t("The more the two share their luck, the shorter the interval, as theory says."),
        ),
        "quantile_coverage": (t("A bad quarter: the 10 % point"), holds),
        "peeking": (
            t("Looking again and again"),
            t("An ordinary interval claims too much when watched; the live one does not."),
        ),
        "stopping": (t("Playing until it is precise enough"), holds),
        "best_intervals": (t("Each against the best of the others"), best),
        "kim_nelson": (t("Selecting the best of many"), best),
        "budget_allocation": (
            t("Worlds where they help most"),
            t("The same number of worlds, better spread, finds the best more often."),
        ),
        "inventory_exact": (t("Five stock policies: expected costs"), costs),
        "inventory_costs": (t("Five stock policies: simulated costs"), costs),
        "inventory_selection": (
            t("Five stock policies: selecting the cheapest"),
            t("The cheapest is found as often as promised, sooner in common worlds."),
        ),
    }


def _doubts(t: Translate) -> Words:
    return {
        "sobol": (
            t("What a result hangs on"),
            t("The shares of variance of a known function are found again."),
        ),
        "not knowing": (
            t("Luck or not knowing"),
            t("Known shares of luck and of unknown parameters are told apart."),
        ),
        "search": (
            t("Searching in the same worlds"),
            t("A search finds far better settings when all are tried in the same worlds."),
        ),
        "fit: simulated regions": (
            t("A region fitted to its own orders"),
            t("The 90 % intervals hold the true numbers as often as they say."),
        ),
        "fit: Complete Journey": (
            t("A real history: Complete Journey"),
            t("The whole way from a real file of orders to a region runs."),
        ),
    }


def _data(t: Translate) -> Words:
    again = t("A published estimate, found again in the real data.")
    ahead = t("Real orders of months that the model had not seen.")
    share = t("The share of the best fifth, in the data and in the engine.")
    found = t("A fit on simulated customers finds the numbers they were made from.")
    return {
        "cdnow: repeat days": (t("Real shop: orders counted"), again),
        "cdnow: BG/NBD": (t("Real shop: a model of repeat buying"), again),
        "cdnow: Pareto/NBD": (t("Real shop: the model our customers follow"), again),
        "cdnow: recovered": (t("Real shop: known customers found again"), found),
        "cdnow: weeks": (t("Real shop: all orders of the next nine months"), ahead),
        "cdnow: cumulative": (t("Real shop: orders so far, week by week"), ahead),
        "cdnow: weekly": (t("Real shop: single weeks ahead"), ahead),
        "cdnow: best fifth": (t("Real shop: the best fifth"), share),
        "detailing: pooled": (t("Real visits: between doctors"), again),
        "detailing: within": (t("Real visits: within one doctor"), again),
        "detailing: best fifth": (t("Real visits: the best fifth"), share),
        "detailing: our curve": (
            t("Real visits: our response curve"),
            t("What our curve makes of the real visits agrees with what doctors did."),
        ),
        "detailing: months 16-23": (
            t("Real visits: months ahead"),
            t("What doctors prescribed in months that the model had not seen."),
        ),
        "prices: orange juice": (t("Real prices: orange juice"), again),
        "prices: cheese": (t("Real prices: cheese"), again),
        "prices: consumer goods": (
            t("Real prices: the engine beside them"),
            t("The engine tried with random prices, judged like the real stores."),
        ),
    }
