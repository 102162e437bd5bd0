"""What each published fact asks, in plain words: by its number, a title and a sentence."""

from simkit.screens.texts import Translate

Words = dict[str, tuple[str, str]]


def fact_words(t: Translate) -> Words:
    """Return title and sentence of every published fact, by "fact 1", "fact 2" ..."""
    words = {**_calls(t), **_people(t), **_customers(t), **_market(t)}
    return {f"fact {number}": pair for number, pair in words.items()}


def _calls(t: Translate) -> dict[int, tuple[str, str]]:
    return {
        1: (
            t("More visits, more revenue"),
            t("What ten per cent more visits bring, in the second year."),
        ),
        2: (
            t("Between customers and within one"),
            t(
                "Comparing customers makes visits look strong, because good customers get more "
                "of them; following one customer shows much less."
            ),
        ),
        3: (
            t("Planning the same visits better"),
            t("What it brings to send visits where one more brings most."),
        ),
        4: (
            t("The right number of reps"),
            t("What the best number of reps in the right places brings."),
        ),
        5: (
            t("Balanced territories"),
            t("What it brings to give each rep a fair part of the work."),
        ),
        6: (
            t("Territories too large or too small"),
            t("How unequal the territories are to begin with."),
        ),
        9: (t("One more rep"), t("Whether one more rep pays, after one year and after three.")),
    }


def _people(t: Translate) -> dict[int, tuple[str, str]]:
    return {
        10: (
            t("Without quota, cap and ratchet"),
            t("What it brings to pay the same money as a plain commission."),
        ),
        11: (
            t("The parts of a pay plan"),
            t("Who works harder for bonuses, and who for what comes over quota."),
        ),
        12: (
            t("The rush at the year's end"),
            t("Sales are high before the books close and low after it."),
        ),
        13: (
            t("Discounts to reach a quarter's target"),
            t("What deals cost that are pulled forward with a discount."),
        ),
        14: (t("Bonus or commission"), t("Who gains when bonuses become commission.")),
        15: (
            t("How hard a target should be"),
            t("Targets that are demanding and within reach bring most."),
        ),
        16: (t("Who reaches quota"), t("The share of reps who reach their quota.")),
        17: (t("Newcomers learn"), t("How much more a rep sells after eight months.")),
        18: (
            t("Until a newcomer is up to speed"),
            t("Months until a rep is near the own best."),
        ),
        19: (t("Training"), t("What training brings while it runs, and later.")),
        20: (t("A rep leaves"), t("What the customers of a rep who leaves buy in the next year.")),
        21: (t("How many leave"), t("Reps who leave in a year.")),
        22: (t("What makes a good rep"), t("What a résumé tells about later performance.")),
    }


def _customers(t: Translate) -> dict[int, tuple[str, str]]:
    return {
        23: (t("Leads nobody pursues"), t("How many leads are never answered for lack of time.")),
        24: (t("Answering leads fast"), t("A fresh lead is worth more than an old one.")),
        25: (t("From lead to order"), t("How many leads get through each part of the funnel.")),
        28: (
            t("Orders of the next months"),
            t("How many real orders came, and how many the simulated customers place."),
        ),
        29: (
            t("The best fifth of the customers"),
            t("The share of revenue that the best fifth of the customers bring."),
        ),
        32: (
            t("Bad service weighs more than good"),
            t("A worse service costs more than an equally better one brings."),
        ),
    }


def _market(t: Translate) -> dict[int, tuple[str, str]]:
    return {
        33: (t("Our price"), t("How strongly sales answer our price.")),
        34: (t("The competitor's price"), t("How strongly sales answer the competitor's price.")),
        35: (
            t("Does the competitor strike back?"),
            t("Mostly not, and after a while sales are where they were."),
        ),
        36: (
            t("When an article is missing"),
            t("Who buys elsewhere, who takes another article, who waits."),
        ),
        38: (t("The supplier fails"), t("What a disruption costs in growth of sales.")),
        40: (
            t("Simple forecasts are hard to beat"),
            t("How rarely another forecast beats exponential smoothing."),
        ),
        41: (
            t("Published tables of control charts"),
            t("Our formulas give the printed run lengths."),
        ),
    }
