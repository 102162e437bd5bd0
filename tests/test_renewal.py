"""The renewal talk: laws of the buyer's decision, the review, and cards with mistakes."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from simkit.commands.check import check_files
from simkit.planning.renewal_terms import (
    NoSuchPartError,
    Offer,
    best_offers,
    margin_of,
    money,
    offers_of,
    parts_of,
    prices_of,
    renewal_mistakes,
    surplus_of,
)
from simkit.scenario.record import ScenarioError
from simkit.scenario.renewals import find_renewal, load_renewal, renewal_names
from simkit.training.renewal import RenewalTalk

CARDS = {name: load_renewal(name) for name in renewal_names(own=False)}
BEST = {name: best_offers(card.renewal) for name, card in CARDS.items()}


@pytest.fixture(params=CARDS)
def name(request):
    return request.param


@pytest.fixture
def card(name):
    return CARDS[name]


@pytest.fixture
def renewal(card):
    return card.renewal


def plain(renewal, **changes):
    return Offer(**{"version": "A", "tier": renewal.tiers[0].id, **changes})


def margins(name):
    return [best.margin if best else 0.0 for best in BEST[name]]


def test_there_are_cards_of_three_trades_with_a_use_for_each_idea():
    assert {card.renewal.trade for card in CARDS.values()} >= {"medical", "industrial", "software"}
    best = [one.offer for found in BEST.values() for one in found if one]
    assert any(offer.given for offer in best) and any(offer.returned for offer in best)
    assert len({offer.version for offer in best}) > 1 and len({offer.tier for offer in best}) > 1


def test_a_dearer_offer_is_never_accepted_more_readily(renewal):
    for offer in offers_of(renewal):
        if offer.given or offer.returned:
            continue
        changes = renewal.price_change.choices
        found = [surplus_of(renewal, replace(offer, change=c), (), 6) for c in changes]
        assert all(a > b for a, b in pairwise(found))


def test_who_begins_earlier_never_reaches_less(name):
    assert all(a <= b for a, b in pairwise(margins(name)))
    assert margins(name)[-1] > margins(name)[0]


def test_showing_and_time_never_make_an_offer_worse(renewal):
    offer = plain(renewal)
    ids = [one.id for one in renewal.delivered]
    seen = [surplus_of(renewal, offer, ids[:count], 6) for count in range(len(ids) + 1)]
    assert all(a < b for a, b in pairwise(seen))
    late = [surplus_of(renewal, offer, ids, month) for month in range(1, 13)]
    assert all(a <= b for a, b in pairwise(late)) and late[0] < late[-1]


def test_a_concession_for_nothing_costs_and_gains_nothing(name, renewal):
    for one in renewal.concessions:
        gift = plain(renewal, given=(one.id,))
        assert margin_of(renewal, gift) < margin_of(renewal, plain(renewal))
        assert surplus_of(renewal, gift, (), 6) == surplus_of(renewal, plain(renewal), (), 6)
        back = replace(gift, returned=(renewal.returns[0].id,))
        assert parts_of(renewal, gift).unearned and not parts_of(renewal, back).unearned
    for best in BEST[name]:
        assert best is None or not parts_of(renewal, best.offer).unearned


def test_nothing_is_given_or_returned_twice(card, renewal):
    gift, back = renewal.concessions[0].id, renewal.returns[0].id
    for twice in ({"given": (gift, gift)}, {"returned": (back, back)}):
        with pytest.raises(ValueError, match="once"):
            RenewalTalk(card, 5).propose(plain(renewal, **twice))


def test_step_prices_fall_with_the_volume_and_follow_the_version(renewal):
    first = [prices_of(renewal, plain(renewal, tier=tier.id))[0] for tier in renewal.tiers]
    assert all(a > b for a, b in pairwise(first))
    for version in renewal.versions:
        prices = prices_of(renewal, plain(renewal, version=version.id))
        assert len(prices) == version.years and prices[0] == renewal.contract.price
        for (a, b), step in zip(pairwise(prices), version.steps, strict=False):
            assert b == pytest.approx(a * (1 + step))


def test_the_best_is_the_best_of_every_way_to_prepare():
    for name, card in CARDS.items():
        renewal, start = card.renewal, 5
        ids = [one.id for one in renewal.delivered]
        most = 0.0
        for count in range(min(len(ids), start - 1) + 1):
            for shown in combinations(ids, count):
                ways = [
                    margin_of(renewal, offer)
                    for offer in offers_of(renewal)
                    if len(offer.given) <= len(offer.returned)
                    and surplus_of(renewal, offer, shown, start - count) >= 0
                ]
                most = max([most, *ways])
        assert most == BEST[name][start - 1].margin


def test_the_best_offer_is_made_before_the_contract_ends(name):
    for start, best in enumerate(BEST[name], 1):
        assert best is None or 1 <= best.months_left == start - len(best.shown)


def test_the_best_way_can_be_played_and_leaves_nothing_on_the_table(name, card):
    start = card.renewal.contract.months_left
    best = BEST[name][-1]
    talk = RenewalTalk(card, start)
    for shown in best.shown:
        turn = talk.show(shown)
        assert turn.reply in [one.reply for one in card.renewal.delivered]
    assert talk.months_left == best.months_left
    turn = talk.propose(best.offer)
    review = talk.review()
    assert turn.over == "renewed" and talk.margin == review.margin == best.margin
    assert review.left_on_table == review.lost_by_late_start == 0
    assert any("Nothing was left" in text.en for text in review.says)


def test_a_poor_talk_is_reviewed(card):
    talk = RenewalTalk(card, 3)
    gift = plain(card.renewal, change=-0.06, given=(card.renewal.concessions[0].id,))
    first = talk.propose(replace(gift, change=0.06))
    assert not first.over and "for nothing" in first.feedback.en
    talk.show(card.renewal.delivered[0].id)
    last = talk.propose(gift)
    review = talk.review()
    assert review.left_on_table > 0 and review.lost_by_late_start > 0
    said = " ".join(text.en for text in review.says)
    assert money(review.left_on_table).en in said and f"{review.best_start} months" in said
    assert "Never shown" in said and review.best.offer.version in "ABC"
    assert (last.over == "lost") == (not review.renewed)


def test_the_same_moves_make_the_same_talk(card):
    moves = [
        ("show", card.renewal.delivered[0].id),
        ("propose", plain(card.renewal, change=0.02)),
        ("leave", ""),
    ]
    talks = [RenewalTalk.replayed(card, 4, moves) for _ in range(2)]
    assert talks[0].turns == talks[1].turns and talks[0].moves == tuple(moves)
    assert talks[0].over == "left" and talks[0].review() == talks[1].review()
    offer = plain(card.renewal, given=("a",), returned=("b",))
    assert Offer.of(offer.as_dict()) == offer


def test_a_talk_ends_with_its_months(card):
    talk = RenewalTalk(card, 2)
    talk.propose(plain(card.renewal, change=0.06))
    assert talk.propose(plain(card.renewal, change=0.06)).over == "lost"
    assert talk.margin == 0 and "not renewed" in talk.review().says[0].en


def test_what_the_card_does_not_have_is_refused(card):
    for start in (0, card.renewal.contract.months_left + 1):
        with pytest.raises(ValueError, match="months ahead"):
            RenewalTalk(card, start)
    talk = RenewalTalk(card, 6)
    with pytest.raises(NoSuchPartError, match="there is no version 'D'"):
        talk.propose(plain(card.renewal, version="D"))
    with pytest.raises(NoSuchPartError, match="delivered value"):
        talk.show("gold")
    with pytest.raises(ValueError, match="the price may change by"):
        talk.propose(plain(card.renewal, change=0.5))
    talk.show(card.renewal.delivered[0].id)
    with pytest.raises(ValueError, match="shown already"):
        talk.show(card.renewal.delivered[0].id)
    talk.leave()
    with pytest.raises(ValueError, match="over"):
        talk.leave()
    assert talk.months_left == 5


def test_money_is_written_as_people_do():
    assert (money(85.929).en, money(85.929).zh) == ("€85,929", "85.93万元")
    assert (money(-1200).en, money(-1200).zh) == ("-€1,200,000", "-1,200万元")
    assert money(0).zh == "0万元"


# --- files ------------------------------------------------------------------------------------


def test_the_shipped_files_pass_the_check():
    files = [find_renewal(name) for name in CARDS]
    folder = files[0].parents[1]
    files += [folder / "buyer" / "rules.yaml", folder / "buyer" / "lines.yaml"]
    files += [folder / "phrases" / f"moves_{lang}.yaml" for lang in ("en", "zh")]
    assert check_files(files) == (files, [], [])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "{id: more, from_units: 2300, discount: 0.03}",
            "{id: more, from_units: 2300, discount: 0}",
            "who takes more pays less per unit",
        ),
        ("{id: most, from_units: 3000,", "{id: most, from_units: 300,", "must be more than 2300"),
        ("{id: today, from_units: 0,", "{id: today, from_units: 10,", "must begin at 0 units"),
        ("cost: 0.018", "cost: 0.18", "nothing would be earned"),
        ("steps: [0.02, 0.02]", "steps: [0.02, 0.02, 0.02]", "3 years have 2 steps at most"),
        ("- id: C", "- id: A", "the id 'A' is used twice"),
        ("base_worth: 50.5", "base_worth: 5", "renews with no package"),
        ("months_left: 12", "months_left: 40", "'months_left' must be at most 18"),
        ("limits:", "limit:", "did you mean 'limits'?"),
    ],
)
def test_a_mistake_in_a_card_is_told_with_its_line(tmp_path, old, new, says):
    text = find_renewal("infusion_sets").read_text("utf-8")
    assert text.count(old) == 1
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new), "utf-8")
    _, problems, _ = check_files([file])
    assert says in "\n".join(map(str, problems))
    line = text[: text.index(old)].count("\n") + 1
    assert all(problem.line for problem in problems)
    assert any(abs(problem.line - line) <= 1 for problem in problems)


def test_a_card_in_which_time_is_worth_nothing_is_refused(card):
    renewal = card.renewal
    limits = renewal.limits.but(base_worth=500, rival_gain=0)
    found = [*renewal_mistakes(card.but(renewal=renewal.but(limits=limits)))]
    assert [loc[-1] for loc, _ in found] == ["rival_from"]
    with pytest.raises(ScenarioError, match="did you mean 'infusion_sets'"):
        load_renewal("infusion_set")
