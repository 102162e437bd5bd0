"""Coaches: blind scores, overrides, tables out and in, and what agreement allows to claim."""

import csv
import io
import random
import re

import pytest

from simkit.scenario.objections import load_card
from simkit.scenario.rubric import BEHAVIOURS
from simkit.training import coaching, coaching_csv
from simkit.training.coaching import CoachingRefused, blind, to_score
from simkit.training.coaching_agreement import ALWAYS, LEAST, agreement, figure, words
from simkit.training.coaching_csv import (
    COLUMNS,
    ScoresRefused,
    export_answers,
    import_scores,
    read_scores,
)
from simkit.training.practice import Attempt, CoachScore, Practice

WHEN = "2026-03-02T09:00:00"
HEADER = ",".join(COLUMNS)
ONES = dict.fromkeys(BEHAVIOURS, 1)


def answered(number, text="an answer", points=ONES, **more):
    total = sum(points.values()) if points else None
    given = {"who": f"trainee {number}", "total": total, "points": points, **more}
    given = {"mode": "write", **given, "answer": f"{text} {number}"}
    return Attempt(WHEN, f"card_{number}", **given)


@pytest.fixture
def practice(tmp_path):
    kept = Practice(tmp_path / "p.jsonl")
    kept.add(*(answered(number) for number in range(6)))
    return kept


def row(answer, points="1,1,1,1,1,1,1,1", coach="A", reason=""):
    return f"{answer.id},card,en,says,text,{points},{coach},{reason}"


def written(tmp_path, *rows, header=HEADER, encoding="utf-8"):
    path = tmp_path / "scores.csv"
    path.write_bytes("\n".join([header, *rows]).encode(encoding))
    return path


def said(path, practice, lang="en"):
    before = practice.path.read_bytes()
    with pytest.raises(ScoresRefused) as refused:
        import_scores(path, practice)
    assert practice.path.read_bytes() == before  # nothing half imported
    return refused.value.in_(lang)


# --- on the screen --------------------------------------------------------------------------


def test_the_order_of_blind_scoring_is_keyed_by_the_answers_alone(practice):
    tried = practice.attempts
    assert blind(tried) == blind(reversed(tried))
    assert [each.id for each in blind(tried, "a")] != [each.id for each in blind(tried, "b")]
    others = [Attempt(WHEN, "card", mode, answer="x") for mode in ("choose", "talk", "renewal")]
    others.append(Attempt(WHEN, "card", "write", answer=" "))
    assert blind([*tried, *tried, *others]) == blind(tried)


def test_a_coach_who_has_seen_the_scorer_is_not_blind(practice):
    first, second, *_ = practice.attempts
    coaching.score(practice, first.id, "A", {"value": 2})
    coaching.override(practice, second.id, "value", 0, "no need is named", "A")
    left = {each.id for each in to_score(practice, "A")}
    assert left == {each.id for each in practice.attempts[2:]}
    assert len(to_score(practice, "B")) == 6
    with pytest.raises(CoachingRefused, match="overridden this answer"):
        coaching.score(practice, second.id, "A", {"value": 2})
    assert len(practice.scores) == 1
    assert "overridden" in said(written(practice.path.parent, row(second)), practice)[0]


def test_all_mistakes_of_an_override_are_told_at_once(practice):
    with pytest.raises(CoachingRefused) as refused:
        coaching.override(practice, "a0", "charm", 3, " ", "")
    assert [where for where, _ in refused.value.mistakes] == [
        "answer", "coach", "reason", "points.charm",
    ]  # fmt: skip
    assert all(refused.value.in_("zh"))
    abstained = answered(7, points=None)
    practice.add(abstained)
    with pytest.raises(CoachingRefused, match="nothing to override"):
        coaching.override(practice, abstained.id, "value", 2, "because", "A")
    assert practice.overrides == []


# --- tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=1+1", "+49", "-5", "@SUM(A1)", "＝1", "\t=1", "\n=1"])
def test_an_export_is_blind_and_harmless(tmp_path, start):
    answer = f'{start} "quoted", <b>line</b>;\r\nsecond \x00 中文 😀' + "x" * 50_000
    tried = [answered(1, answer), answered(2, "plain", points=None)]
    tried.append(
        answered(3, "in a drill", points=None, mode="red_team", moves=("says: Too dear!",))
    )
    cards = {"card_2": load_card("price_snack")}
    assert export_answers(tmp_path / "out" / "a.csv", tried, cards) == 3
    raw = (tmp_path / "out" / "a.csv").read_bytes()
    assert raw.startswith("\ufeff".encode()) and b"\0" not in raw and b"trainee" not in raw
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    says = {each["card"]: each["objection"] for each in rows}
    spoken = cards["card_2"].objection.says.en
    assert says == {"card_1": "", "card_2": spoken, "card_3": "Too dear!"}
    cells = next(each["answer"] for each in rows if each["card"] == "card_1")
    assert cells.startswith("'") and len(cells) <= 32_767
    assert not any(each[name] for each in rows for name in (*BEHAVIOURS, "coach"))


def test_what_was_exported_comes_back_scored(practice, tmp_path):
    path = tmp_path / "a.csv"
    export_answers(path, practice.attempts)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    for each in rows[:4]:
        each.update(dict.fromkeys(BEHAVIOURS, "2"), coach="教练A")
    rows[0].update(value="", override_reason="'=a formula is no reason", evidence="1")
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("gb18030"))  # a Chinese Excel
    found = import_scores(path, practice)
    assert (len(found.scores), found.empty) == (4, 2)
    assert {each.coach for each in Practice(practice.path).scores} == {"教练A"}
    assert "value" not in found.scores[0].points  # empty: not scored
    changed = {each.behaviour for each in practice.overrides}
    assert changed == set(BEHAVIOURS) - {"value", "evidence"}  # those that differ
    assert practice.overrides[0].reason == "=a formula is no reason"
    again = import_scores(path, practice)
    assert (again.same, again.scores, again.overrides) == (4, [], [])


def test_every_mistake_is_named_with_its_line_and_nothing_is_kept(practice, tmp_path):
    one, two, three, *_ = practice.attempts
    rows = [
        row(one),
        row(one, "3,1,1,1,1,1,x,1", "B"),
        row(one),
        row(two, coach=""),
        row(three).replace(three.id, "a000"),
        row(three) + ",,more",
        row(two, ",,,,,,,", "A", "why not"),
        row(two, "1,,,,,,,", "B", "y" * 501),
        row(three, '"1\n",,,,,,,'),
        row(three, "1,,,,,,,5"),
    ]
    messages = said(written(tmp_path, *rows), practice)
    expected = {
        3: ["'3' in acknowledge: give 0, 1, 2", "'x' in next_step"],
        4: ["scored this answer in line 2 already"],
        5: ["write in the column coach"],
        6: ["no answer 'a000' in this practice"],
        7: ["17 cells, the header has 15"],
        8: ["a reason and no points"],
        9: ["501 characters; 500 are the most"],
        12: ["'5' in no_harm", "in line 10 already"],
    }
    parts = [(line, part) for line, parts in expected.items() for part in parts]
    assert len(messages) == len(parts), "\n".join(messages)
    for line, part in parts:
        assert any(m.startswith(f"scores.csv:{line}: ") and part in m for m in messages), part
    in_chinese = said(tmp_path / "scores.csv", practice, "zh")
    assert all(re.search("[\u4e00-\u9fff]", each) for each in in_chinese)


def test_columns_are_checked(practice, tmp_path):
    header = HEADER.replace("evidence", "evidense").replace("coach", "empathy")
    messages = said(written(tmp_path, row(practice.attempts[0]), header=header), practice)
    assert any("unknown column 'evidense', did you mean 'evidence'" in each for each in messages)
    assert any("unknown column 'empathy'" in each for each in messages)
    assert any("column 'evidence' is missing" in each for each in messages)
    twice = said(written(tmp_path, header=HEADER.replace("card", "coach")), practice)
    assert twice == ["scores.csv:1: the column 'coach' is there 2 times; keep one"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04 rest", "Excel workbook"),
        ("answer_id".encode("utf-16"), "UTF-16"),
        (HEADER.encode() + b'\na,"never closed', "quotation marks"),
        (HEADER.encode() + "\n评分".encode() + "\n评分".encode("gbk"), "mixed encodings"),
    ],
)
def test_a_file_that_is_no_table_is_refused(practice, tmp_path, content, message):
    path = tmp_path / "scores.csv"
    path.write_bytes(content)
    assert message in said(path, practice)[0]
    assert said(path, practice, "zh")[0].startswith("scores.csv:")


def test_too_many_rows_and_too_many_mistakes_are_told_shortly(practice, tmp_path, monkeypatch):
    assert coaching_csv.MAX_ROWS == 100_000
    monkeypatch.setattr(coaching_csv, "MAX_ROWS", 500)
    rows = [row(practice.attempts[0], coach=f"C{n}") for n in range(501)]
    messages = said(written(tmp_path, *rows), practice)
    assert messages == ["scores.csv:502: there are more than 500 rows; split the file"]
    path = written(tmp_path, *(each.replace(practice.attempts[0].id, "a") for each in rows[:500]))
    assert said(path, practice)[-1] == "scores.csv: 480 more mistakes"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_name_for_all_rows_may_be_given_once(practice, tmp_path, separator):
    rows = [HEADER, row(practice.attempts[0], "1,２,,,,,0.0,", coach="")]
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(rows).replace(",", separator), "utf-8-sig")
    found = read_scores(path, practice, coach=" B ")
    assert found.scores[0].coach == "B" and practice.scores == []
    assert found.scores[0].points == {"acknowledge": 1, "explore": 2, "next_step": 0}


# --- agreement ------------------------------------------------------------------------------


def scored(tmp_path, n, coaches=("A", "B"), noise=0.1, lang="en"):
    """Answers whose points coaches repeat but for some noise."""
    luck = random.Random(7)
    kept = Practice(tmp_path / "many.jsonl")
    records = []
    for number in range(n):
        points = {name: luck.randrange(3) for name in BEHAVIOURS}
        made = answered(number, points=points, lang=lang)
        records.append(made)
        for coach in coaches:
            given = {
                k: luck.randrange(3) if luck.random() < noise else v for k, v in points.items()
            }
            records.append(CoachScore(made.id, coach, given, WHEN))
    kept.add(*records)
    return kept


@pytest.mark.parametrize(("n", "claimed"), [(LEAST - 1, False), (LEAST, True)])
def test_nothing_is_claimed_below_a_hundred_answers(tmp_path, n, claimed):
    found = agreement(scored(tmp_path, n), "en")
    assert [(pair.first, pair.second, pair.n) for pair in found.pairs] == [
        ("", "A", n), ("", "B", n), ("A", "B", n),
    ]  # fmt: skip
    text = " ".join(each.en for each in found.claims)
    assert ("Nothing is claimed below 100" in text) is not claimed
    assert ("Landis and Koch" in text) is claimed
    assert (words(found.pairs[0].total, total=True) is not None) is claimed
    assert set(ALWAYS) <= set(found.claims)
    assert "Below 200 no model" in text and found.double == n


def test_a_scorer_claims_no_more_than_coaches_among_themselves(tmp_path):
    kept = scored(tmp_path, 120, noise=0.3)
    found = agreement(kept, "en")
    said = next(each for each in found.claims if "the most that the scorer may claim" in each.en)
    for behaviour in BEHAVIOURS:
        least = min((pair.items[behaviour] for pair in found.pairs), key=lambda each: each.value)
        assert figure(least).en in said.en and figure(least).zh in said.zh
    text = " ".join(each.en for each in found.claims)
    called = words(found.coaches[0].total, total=True).en
    assert f"The scorer and B: agreement on the total is {called}," in text
    assert "It is not called better than that of A and B." in text
    assert words(found.scorer[1].total, total=True).en != called  # it would have been better
    kappas = [pair.items["value"].value for pair in found.coaches]
    assert max(kappas) < min(pair.items["value"].value for pair in found.scorer)


def test_one_coach_alone_shows_nothing_of_the_scorer(tmp_path):
    found = agreement(scored(tmp_path, 120, coaches="A"), "en")
    text = " ".join(each.en for each in found.claims)
    assert "Only one coach" in text and "the most that the scorer may claim" not in text
    assert "The scorer and A: nothing is claimed until two coaches" in text
    assert "agreement on the total" not in text


def test_an_agreement_never_says_nan(tmp_path):
    kept = Practice(tmp_path / "p.jsonl")
    same = [answered(number, lang="zh") for number in range(3)]
    kept.add(*same, *(CoachScore(each.id, c, ONES, WHEN) for each in same for c in "AB"))
    kept.add(unjudged := answered(9, points=None, lang="zh"))
    kept.add(CoachScore(unjudged.id, "A", {"value": 1}, WHEN))
    for lang in ("en", "zh"):
        found = agreement(kept, lang)
        shown = [each for pair in found.pairs for each in (*pair.items.values(), pair.total)]
        texts = [*found.claims, *map(figure, shown)]
        assert not any("nan" in each.in_(tongue) for each in texts for tongue in ("en", "zh"))
    assert found.abstained == 1
    assert figure(found.pairs[0].total).en == "cannot be said (n = 3)"
    kept.add(CoachScore(same[0].id, "a fellow trainee", ONES, WHEN, peer=True))
    assert len(agreement(kept, "zh").pairs) == len(found.pairs)


def test_overrides_do_not_make_the_scorer_better(practice):
    first = practice.attempts[0]
    coaching.score(practice, first.id, "A", dict.fromkeys(BEHAVIOURS, 2))
    before = agreement(practice, "en").pairs
    coaching.override(practice, first.id, "value", 2, "it is there", "B")
    assert repr(agreement(practice, "en").pairs) == repr(before)  # repr: NaN is not NaN
