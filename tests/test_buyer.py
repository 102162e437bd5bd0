"""The simulated buyer: laws that hold for all cards, and what a sales manager expects."""

import os
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import pytest

from simkit.scenario.buyer_rules import (
    CASES,
    HARMFUL,
    find_buyer_file,
    load_lines,
    load_rules,
)
from simkit.scenario.objections import STEPS, card_names, load_card
from simkit.scenario.record import ScenarioError
from simkit.training.objections.buyer import Talk
from simkit.training.objections.buyer_search import BAD_HABITS, COMMON, Players, search
from simkit.training.objections.cases import case_of
from simkit.training.objections.mind import Mind, State
from simkit.training.objections.moves import BY_ID, GROUPS, MOVES
from simkit.training.objections.outcome import ENDS, SLIPS
from simkit.training.objections.play import step

CARDS = {name: load_card(name) for name in card_names(own=False)}
PROFILES = {(c.objection.difficulty, c.objection.family): c for c in CARDS.values()}
SELDOM = 0.05
WIDTH = 20
CHANCE = 5
DISCOVERY = ("situation", "pain", "impact", "value")


@pytest.fixture(params=CARDS)
def card(request):
    return CARDS[request.param]


@lru_cache
def paths(difficulty, family):
    return search(PROFILES[difficulty, family], width=WIDTH)


def changed(card, difficulty, family="price"):
    return card.but(objection=card.objection.but(difficulty=difficulty, family=family))


def any_card(difficulty="normal", family="price"):
    return changed(next(iter(CARDS.values())), difficulty, family)


def texts(turn):
    return [t.in_(lang) for t in (turn.said, turn.reply, turn.feedback) for lang in ("en", "zh")]


def values(state):
    return [getattr(state, name) for name in State.__slots__]


# --- laws over all cards --------------------------------------------------------------------


def test_a_talk_is_won_in_several_styles_and_lost_in_several_ways(card):
    found = paths(card.objection.difficulty, card.objection.family)
    won = [path for path in found if path.result.won]
    answers = {frozenset(path.moves) - {*COMMON} for path in won}
    assert len(answers) >= 4
    with_price = [path for path in won if "price_add" in path.moves]
    assert len(with_price) < len(won)
    assert with_price or card.objection.family in ("need", "trust", "authority")
    lost = [path for path in found if path.player in BAD_HABITS]
    ways = {path.result.way for path in lost}
    assert {"pushes", "discounts", "argues", "lectures", "ignores", "blind"} <= ways
    assert {path.result.how for path in lost} == {"trust", "patience"}


@pytest.mark.parametrize("level", ["easy", "normal", "hard"])
def test_the_same_again_in_the_same_situation_never_helps(level):
    players, twice = Players(any_card(level)), set()
    for number in range(60):
        mind = players.start
        for move in players.by_chance(number).moves:
            mind, first = step(players.rules, mind, move, players.share)
            if mind.over:
                break
            _, again = step(players.rules, mind, move, players.share)
            assert again != first or not players.rules.case(move, again).helps
            twice |= {move} if again == "again" else set()
    assert {"isolate", "price_add", "peer", "function_value_evidence"} <= twice


def test_a_ready_buyer_still_wants_the_concern_told_and_answered():
    rules, sure = load_rules(), State(1.0, 1.0, 1.0, 1.0, 0.0)
    hidden = Mind(sure, known=frozenset({"pain"}), spoken="pitch")
    told = replace(hidden, uncovered=True)
    assert [case_of(rules, hidden, move) for move in ("close_small", "close")] == ["unknown"] * 2
    assert [case_of(rules, told, move) for move in ("close_small", "close")] == ["agreed"] * 2
    assert case_of(rules, told, "trial") == "too_early"
    assert case_of(rules, replace(told, landed=1), "trial") == "lands"


def test_nobody_wins_without_a_question():
    players = Players(any_card("easy"))
    statements = [move for move in CASES if move not in STEPS]
    assert players.shortest_win(statements, depth=14, width=100) is None
    assert players.shortest_win([*statements, *STEPS[:3]], depth=14, width=100)


@pytest.mark.parametrize("level", ["easy", "normal", "hard"])
def test_who_makes_one_move_or_any_move_seldom_wins(level):
    players = Players(any_card(level))
    alone = [players.played(move, [move] * 60).result for move in CASES]
    assert not any(result.won for result in alone)
    won = sum(players.by_chance(number).result.won for number in range(200))
    assert won <= SELDOM * 200


def test_a_found_path_is_what_the_talk_plays(card):
    for path in paths(card.objection.difficulty, card.objection.family):
        assert Talk.replayed(card, path.moves).result == path.result


def test_the_laws_of_a_talk_hold_whatever_is_said(card):
    players = Players(card)
    hidden = [
        text.in_(lang)
        for text in (card.objection.concern, card.objection.discovery.value.reply)
        for lang in ("en", "zh")
    ]
    uncovered = 0
    scripts = [players.by_chance(number).moves for number in range(CHANCE)]
    scripts += [p.moves for p in paths(card.objection.difficulty, card.objection.family)]
    for moves in scripts:
        talk, last = Talk(card), None
        for move in moves:
            before = talk.state
            turn = talk.do(move)
            assert all(0 <= value <= 1 for value in values(turn.state))
            if move in HARMFUL or talk.rules.case(move, turn.case).slip:
                assert turn.state.trust <= before.trust
            if not talk.mind.uncovered:
                assert not any(word in text for word in hidden for text in texts(turn))
            assert turn.reply != last
            last = turn.reply
        uncovered += talk.mind.uncovered
        again = Talk.replayed(card, talk.moves)
        assert again.turns == talk.turns and again.result == talk.result
        assert len(talk.turns) <= talk.rules.limits.most_turns
    assert uncovered


def test_the_concern_is_told_where_it_comes_out(card):
    talk = Talk.replayed(card, ["situation", "pain", "impact", "acknowledge", "value"])
    (turn,) = [turn for turn in talk.turns if turn.uncovered]
    assert card.objection.concern.en in turn.feedback.en
    assert card.objection.concern.zh in turn.feedback.zh
    assert card.objection.discovery.value.reply.en in turn.reply.en


def test_an_example_of_the_rep_does_not_betray_the_concern(card):
    for move in CASES:
        talk = Talk(card)
        said = talk.do(move).said
        for lang in ("en", "zh"):
            words = [word.lower() for word in card.objection.concern_words.in_(lang)]
            own = [line.in_(lang) for line in talk.lines.rep_lines[move]]
            assert said.in_(lang) in own or not any(w in said.in_(lang).lower() for w in words)


@pytest.mark.parametrize("profile", PROFILES, ids="-".join)
def test_one_more_good_question_never_makes_winning_impossible(profile):
    players = Players(PROFILES[profile])
    for path in paths(*profile):
        if not path.result.won:
            continue
        first = next(i for i, move in enumerate(path.moves) if move not in (*COMMON, "value"))
        asked = path.moves[:first]
        more = next((q for q in DISCOVERY if q not in asked), None)
        if more:
            moves = (*COMMON, *players.rules.styles[path.player], "isolate")
            assert players.shortest_win(moves, width=WIDTH, after=(*asked, more))


# --- what a sales manager expects -----------------------------------------------------------


def played(*moves, level="normal", family="price"):
    return Talk.replayed(any_card(level, family), moves)


def test_the_order_of_discovery_matters():
    right = played("situation", "pain", "impact").state
    wrong = played("impact", "pain", "situation").state
    assert right.clarity > wrong.clarity and right.patience > wrong.patience
    assert right.urgency > wrong.urgency
    assert played("pain", "impact").state.clarity < right.clarity


def test_too_many_questions_about_facts_cost_patience():
    talk = played("situation", "situation", "situation", "situation")
    costs = [turn.state.patience for turn in talk.turns]
    steps = [a - b for a, b in pairwise(costs)]
    assert steps == sorted(steps) and steps[-1] > steps[0] > 0


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        (["situation", "pain", "impact"], "discovery"),
        (["feature"], "pitch"),
        (["close"], "pitch"),
        (["discount"], "price"),
        (["greet", "small_talk", "situation", "small_talk", "situation", "pain"], "time"),
    ],
)
def test_the_objection_is_spoken_at_a_sensible_moment(moves, why):
    talk = played(*moves)
    says = talk.card.objection.says
    assert [says.en in turn.reply.en for turn in talk.turns] == [False] * (len(moves) - 1) + [True]
    assert says.zh in talk.turns[-1].reply.zh and talk.mind.spoken == why


def test_the_concern_comes_out_only_when_trust_and_clarity_suffice():
    assert played("feature", "isolate").turns[-1].case == "no_trust"
    assert played("feature", "acknowledge", "isolate", level="easy").turns[-1].case == "no_clarity"
    talk = played("situation", "pain", "impact", "isolate")
    assert talk.turns[-1].case == "opens" and talk.phase == "answer"


def test_answers_work_when_the_concern_is_known():
    discovery = ("situation", "pain", "impact")
    for move in ("peer", "function_value_evidence", "benefit", "analogy"):
        blind = played(*discovery, move)
        known = played(*discovery, "isolate", move)
        drops = [t.turns[-2].state.doubt - t.turns[-1].state.doubt for t in (blind, known)]
        assert drops[1] > 2 * drops[0] > 0


def test_a_trial_too_early_feels_pushy():
    known = ("situation", "pain", "impact", "isolate")
    assert played(*known, "trial").turns[-1].case == "too_early"
    early, later = played(*known, "trial"), played(*known, "peer", "trial")
    assert early.turns[-1].state.trust < early.turns[-2].state.trust
    assert later.turns[-1].state.trust > later.turns[-2].state.trust


def test_the_levels_of_an_answer_grow_stronger():
    talk = played("situation", "pain", "impact", "isolate", "analogy", "peer", "trial")
    doubts = [turn.state.doubt for turn in talk.turns[3:]]
    drops = [a - b for a, b in pairwise(doubts)]
    assert drops == sorted(drops) and drops[0] > 0


def test_price_talk_works_in_its_order():
    known = ("situation", "pain", "impact", "isolate")
    right = played(*known, "price_affirm", "price_add", "price_guide")
    for wrong in (
        ("price_guide", "price_add", "price_affirm"),
        ("price_add", "price_affirm", "price_guide"),
    ):
        state = played(*known, *wrong).state
        assert right.state.doubt < state.doubt and right.state.trust > state.trust


def test_fabe_is_a_chain_and_a_bare_feature_raises_concern():
    bare = played("feature")
    assert bare.state.doubt > played("greet").state.doubt
    known = ("situation", "pain", "impact", "isolate")
    chain = played(*known, "feature", "advantage", "benefit", "evidence")
    assert [turn.case for turn in chain.turns[4:]] == ["fits", "chained", "chained", "proves"]
    torn = played(*known, "evidence", "benefit", "advantage", "feature")
    assert chain.state.doubt < torn.state.doubt and chain.state.trust > torn.state.trust


def test_closing_needs_discovery_and_an_answer():
    for moves in (["close"], ["situation", "pain", "impact", "isolate", "close"]):
        talk = played(*moves)
        before = talk.turns[-2].state if len(moves) > 1 else Talk(talk.card).state
        assert talk.state.trust < before.trust and not talk.over
    ready = ("situation", "pain", "impact", "value", "benefit", "peer")
    assert played(*ready, "close").turns[-1].case == "too_big"
    assert played(*ready, "close_small").over == "trial"
    assert played(*ready, "summarise", "acknowledge", "trial", "close").over == "won"


def test_a_discount_sells_at_a_loss_and_invites_another():
    ready = ("situation", "pain", "impact", "value", "discount", "benefit", "peer", "trial")
    talk = played(*ready, "close_small")
    given = load_rules().limits.discount_step
    assert talk.result.won and talk.result.price_given == given
    assert f"{given:.0%}" in talk.result.summary.en and f"{given:.0%}" in talk.result.summary.zh
    wants = load_lines().buyer_lines["wants_more"]
    assert any(line.en in talk.turns[4].reply.en for line in wants)
    assert "no_harm" not in talk.result.behaviours


def test_leaving_with_a_date_is_honourable():
    talk = played("situation", "pain", "impact", "leave")
    assert (talk.over, talk.result.how, talk.result.won) == ("left", "walk_away", False)
    assert "next_step" in talk.result.behaviours
    assert played("leave").result.how == "left_early"
    with pytest.raises(ValueError, match="over"):
        talk.do("pain")


def test_difficulty_makes_it_harder():
    easy, normal, hard = (values(Talk(any_card(level)).state)[:4] for level in LEVELS)
    assert all(a > b > c for a, b, c in zip(easy, normal, hard, strict=True))


LEVELS = ("easy", "normal", "hard")


def test_what_is_offered_fits_the_phase_and_all_else_stays_allowed(card):
    for moves in (["situation"], [*STEPS], ["feature"]):
        talk = Talk.replayed(card, moves)
        offered = [move.id for move in talk.offered()]
        assert 5 <= len(offered) == len({*offered}) and not {*offered} & {"situation"} - {
            "situation"
        }
        assert {*offered} & {*HARMFUL, "feature", "close"}
    talk = Talk.replayed(card, ["situation"])
    assert "situation" not in [move.id for move in talk.offered()]
    assert talk.do("situation").case == "second"
    done = Talk.replayed(card, ["leave"])
    assert done.offered() == [] and done.phase == "over"


def test_moves_and_ends_have_names():
    assert [move.id for move in MOVES] == [*CASES] == [*BY_ID]
    assert {move.group for move in MOVES} == {*GROUPS}
    with pytest.raises(KeyError):
        Talk(any_card()).do("bribe")
    for path in paths(*next(iter(PROFILES))):
        assert path.result.how in ENDS and {name for name, _ in path.result.slips} <= {*SLIPS}


def test_typed_text_is_kept_and_replayed():
    talk = Talk(any_card())
    talk.do("situation", "  <b>How</b> do you do it today? ")
    talk.do("", "blah")
    assert talk.turns[0].said.zh == "<b>How</b> do you do it today?"
    assert talk.turns[1].state.patience < talk.turns[0].state.patience
    assert talk.turns[1].case == "unclear"
    again = Talk.replayed(any_card(), talk.moves)
    assert again.turns == talk.turns and again.moves == talk.moves


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("opens_trust: 0.44", "opens_trust: 1.4", "'opens_trust' must be at most 1"),
        ("again: {trust: -0.16, patience: -0.14", "again: {trust: 0.16, patience: -0.14", "harms"),
        ("  push:\n", "  pushy:\n", "there is no move 'pushy', did you mean 'push'?"),
        ("      cold: {", "      colder: {", "there is no case 'colder', did you mean 'cold'?"),
        ("reply: hello,", "reply: hallo,", "there is no group of lines 'hallo', did you mean"),
        ("direct: [isolate,", "direct: [isolated,", "there is no move 'isolated', did you mean"),
    ],
)
def test_a_mistake_in_the_rules_is_told_with_its_line(tmp_path, old, new, says):
    text = find_buyer_file("rules").read_text("utf-8")
    assert old in text
    file = tmp_path / "rules.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ScenarioError) as told:
        load_rules(file)
    line = text[: text.index(old)].count("\n") + 1
    assert says in str(told.value)
    assert line in [problem.line for problem in told.value.problems]


def test_rules_are_read_again_when_their_file_has_changed(tmp_path):
    text = find_buyer_file("rules").read_text("utf-8")
    file = tmp_path / "rules.yaml"
    file.write_text(text, "utf-8")
    first = load_rules(file)
    assert load_rules(file) is first
    file.write_text(text.replace("most_turns: 24", "most_turns: 30"), "utf-8")
    os.utime(file, ns=(1, 1))
    assert load_rules(file).limits.most_turns == 30 != first.limits.most_turns
