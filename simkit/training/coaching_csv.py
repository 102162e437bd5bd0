"""Answers out to a table for blind scoring, and coaches' scores back in: all of a file or nothing.

The table is CSV as Excel writes and reads it. What is exported says nothing of who answered, when,
or what anybody scored.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import ScenarioError, Text, did_you_mean, short
from simkit.scenario.rubric import BEHAVIOURS, MOST
from simkit.scenario.text_file import read_text
from simkit.training.coaching import blind, has_seen, objection_of, seen_text
from simkit.training.practice import Practice
from simkit.training.practice_records import (
    LONGEST_NAME,
    LONGEST_REASON,
    Attempt,
    CoachScore,
    Override,
    Points,
    must_have_name,
    now,
)

ABOUT = ("answer_id", "card", "lang", "objection", "answer")
COLUMNS = (*ABOUT, *BEHAVIOURS, "coach", "override_reason")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""Beginnings of cells that a spreadsheet would work out."""
LONGEST_CELL = 32_000
"""Excel cuts cells that are longer than 32,767 characters."""
MAX_ROWS = 100_000
MAX_SAID = 20
"""Mistakes named one by one before the rest are only counted."""
SAVE_AS = Text(en="save it again as 'CSV UTF-8'", zh="请另存为“CSV UTF-8（逗号分隔）”再导入")


class ScoresRefused(ValueError):  # noqa: N818 - it holds several mistakes
    """A file of scores of which nothing was taken in, with all `mistakes`: (line, what)."""

    def __init__(self, path: Path, mistakes: list[tuple[int, Text]]) -> None:
        self.path, self.mistakes = path, mistakes
        super().__init__("\n".join(self.in_("en")))

    def in_(self, lang: str) -> list[str]:
        """Return every mistake as file:line: message, in a language."""
        name = self.path.name
        said = [f"{name}:{line}: {what.in_(lang)}" for line, what in self.mistakes[:MAX_SAID]]
        if more := len(self.mistakes) - MAX_SAID:
            en, zh = f"{more:,} more mistakes", f"另有 {more:,} 处错误"
            said += [f"{name}: {en if lang == 'en' else zh}"] if more > 0 else []
        return said


@dataclass(frozen=True)
class Imported:
    """What a file holds: `empty` rows had no points, `same` were taken in before."""

    scores: list[CoachScore]
    overrides: list[Override]
    empty: int = 0
    same: int = 0


def export_answers(
    path: str | Path,
    attempts: Iterable[Attempt],
    cards: Mapping[str, ObjectionCard] | None = None,
    batch: str = "",
) -> int:
    """Write answers for blind scoring and return how many; see `coaching.blind` for their order.

    Columns: COLUMNS; `cards` (by id) give the words of the objection. The cells of behaviours,
    coach and reason are empty. A reason says that these points shall count for the trainee in
    place of the scorer's. Raises OSError when the file cannot be written.
    """
    rows = [_row(each, cards or {}) for each in blind(attempts, batch)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([COLUMNS, *rows])
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".part")
    try:
        draft.write_bytes(out.getvalue().encode("utf-8-sig", "replace"))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return len(rows)


def _row(attempt: Attempt, cards: Mapping[str, ObjectionCard]) -> list[str]:
    says = objection_of(attempt, cards)
    about = (attempt.id, attempt.card, attempt.lang, says, attempt.answer)
    return [*map(defused, about), *[""] * (len(COLUMNS) - len(ABOUT))]


def defused(text: str) -> str:
    """Return text that a spreadsheet shows and does not work out."""
    text = text.replace("\0", " ").replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_CELL]
    return "'" + text if text.lstrip(" \n").startswith(FORMULA) else text


def import_scores(
    path: str | Path, practice: Practice, coach: str = "", when: str = ""
) -> Imported:
    """Take a file of scores into a practice, all of it or nothing.

    Raises ScoresRefused with every mistake of the file, NotSaved when the disk takes nothing.
    """
    found = read_scores(path, practice, coach, when)
    if found.scores or found.overrides:
        practice.add(*found.scores, *found.overrides)
    return found


def read_scores(path: str | Path, practice: Practice, coach: str = "", when: str = "") -> Imported:
    """Return what a file of scores holds and change nothing.

    Columns by name, in any order: answer_id, behaviours (0, 1, 2 or empty: not scored), coach
    (where empty: `coach`), override_reason; those about the answer are not looked at. Comma,
    semicolon or tab; UTF-8 with or without BOM, or GB18030 of a Chinese Excel.
    Raises ScoresRefused with every mistake of the file.
    """
    file = Path(path)
    try:
        text = read_text(file)
    except ScenarioError as error:
        mistakes = [(each.line or 1, _unreadable(each.message)) for each in error.problems]
        raise ScoresRefused(file, mistakes) from error
    reader = _Reader(text, practice, coach, when or now())
    reader.run()
    if reader.mistakes:
        raise ScoresRefused(file, sorted(reader.mistakes, key=lambda each: each[0]))
    return Imported(reader.scores, reader.overrides, reader.empty, reader.same)


def _unreadable(message: str) -> Text:
    zh = "读不出文字：文件不存在、是空的、太大、是 Excel 工作簿，或者编码混乱；" + SAVE_AS.zh
    return Text(en=message, zh=zh)


@dataclass
class _Reader:
    """Goes through the rows of one file and gathers scores and mistakes."""

    text: str
    practice: Practice
    coach: str
    when: str
    mistakes: list[tuple[int, Text]] = field(default_factory=list)
    scores: list[CoachScore] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    empty: int = 0
    same: int = 0

    def __post_init__(self) -> None:
        self.known = {each.id: each for each in self.practice.attempts}
        self.before = {(each.answer_id, each.coach): each for each in self.practice.scores}
        self.given: dict[tuple[str, str], int] = {}

    def run(self) -> None:
        rows = self.rows()
        line, header = next(rows, (1, []))
        names = [cell.strip().lower() for cell in header]
        if not self.header(line, names):
            return
        for number, (line, cells) in enumerate(rows):
            if number >= MAX_ROWS:
                en = f"there are more than {MAX_ROWS:,} rows; split the file"
                self.note(line, en, f"超过 {MAX_ROWS:,} 行，请拆成几个文件")
                return
            if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
                en = f"{len(cells)} cells, the header has {len(names)}; put text with the "
                zh = f"有 {len(cells)} 个单元格，表头是 {len(names)} 个；含分隔符的文字请加双引号"
                self.note(line, en + "separator in double quotes", zh)
                continue
            self.row(line, dict(zip(names, cells, strict=False)))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line the row starts on, cells) of every row that is not blank."""
        first = self.text.lstrip("\n").partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(self.text), delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            en = f"the row that starts here cannot be read ({error}); close its quotation marks"
            self.note(line, en, f"从这里开始的一行读不出来（{error}）；请检查双引号是否成对")

    def header(self, line: int, names: list[str]) -> bool:
        """Check the columns; return whether rows can be read."""
        for name in dict.fromkeys(names):
            if name and name not in COLUMNS:
                hint = did_you_mean(name, BEHAVIOURS)
                en = f"unknown column '{short(name)}'{hint}; rename or delete it"
                self.note(line, en, f"不认识“{short(name)}”这一列，请改名或删掉")
            elif name and names.count(name) > 1:
                en = f"the column '{name}' is there {names.count(name)} times; keep one"
                self.note(line, en, f"“{name}”这一列出现了 {names.count(name)} 次，请只留一列")
        missing = [name for name in ("answer_id", *BEHAVIOURS) if name not in names]
        for name in missing:
            en = f"the column '{name}' is missing; take the header of an export as it is"
            self.note(line, en, f"缺少“{name}”这一列；请原样保留导出文件的表头")
        return not missing

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        """Take in one row, or note all that is wrong with it."""
        before = len(self.mistakes)
        points = self.points(line, cells)
        reason = _as_typed(cells.get("override_reason", ""))
        if not points and not reason and len(self.mistakes) == before:
            self.empty += 1
            return
        name = cells["answer_id"].strip()
        coach = _as_typed(cells.get("coach", "")) or self.coach.strip()
        self.whose(line, name, coach)
        self.reason(line, reason, points)
        if len(self.mistakes) == before:
            self.keep(name, coach, points, reason)

    def points(self, line: int, cells: Mapping[str, str]) -> Points:
        found: Points = {}
        for name in BEHAVIOURS:
            text = unicodedata.normalize("NFKC", cells[name]).strip().removesuffix(".0")
            if text in map(str, range(MOST + 1)):
                found[name] = int(text)
            elif text:
                en = f"'{short(text)}' in {name}: give 0, 1, {MOST}, or leave it empty"
                zh = f"{name} 一列写的是“{short(text)}”：请填 0、1、{MOST}，不评就留空"
                self.note(line, en, zh)
        return found

    def whose(self, line: int, name: str, coach: str) -> None:
        """Check the answer and the coach of a row."""
        if name not in self.known:
            en = f"there is no answer '{short(name)}' in this practice; export it again"
            self.note(line, en, f"练习记录里没有编号“{short(name)}”的回答；请重新导出再评")
        try:
            must_have_name(coach)
        except ValueError:
            en = f"write in the column coach who scored, 1 to {LONGEST_NAME} characters"
            self.note(line, en, f"请在 coach 一列写明是谁评的，1 到 {LONGEST_NAME} 个字")
            return
        if first := self.given.get((name, coach)):
            en = f"'{short(coach)}' scored this answer in line {first} already; keep one of the two"
            self.note(line, en, f"“{short(coach)}”在第 {first} 行已经评过这条回答，请只留一行")
        elif has_seen(self.practice.overrides, name, coach) and (name, coach) not in self.before:
            self.mistakes.append((line, seen_text()))
        self.given.setdefault((name, coach), line)

    def reason(self, line: int, reason: str, points: Points) -> None:
        if len(reason) > LONGEST_REASON:
            en = f"the reason has {len(reason):,} characters; {LONGEST_REASON} are the most"
            self.note(line, en, f"理由有 {len(reason):,} 字，最多 {LONGEST_REASON} 字")
        if reason and not points:
            en = "there is a reason and no points; score a behaviour, or delete the reason"
            self.note(line, en, "写了理由却没有分数；请给至少一种行为打分，或删掉理由")

    def keep(self, name: str, coach: str, points: Points, reason: str) -> None:
        """Keep a good row; with a reason its points replace those of the scorer that differ."""
        earlier, scorer = self.before.get((name, coach)), self.known[name].points
        if earlier and earlier.points == points:
            self.same += 1
        else:
            self.scores.append(CoachScore(name, coach, points, self.when))
        if not reason or scorer is None:
            return
        done = {(each.answer_id, each.behaviour): each for each in self.practice.overrides}
        for behaviour, value in points.items():
            made = Override(name, behaviour, value, reason, coach, self.when)
            if value != scorer[behaviour] and not _says(done.get((name, behaviour)), made):
                self.overrides.append(made)

    def note(self, line: int, en: str, zh: str) -> None:
        self.mistakes.append((line, Text(en=en, zh=zh)))


def _says(earlier: Override | None, made: Override) -> bool:
    """Return whether an override says what an earlier one has said already."""
    same = ("points", "reason", "coach")
    return earlier is not None and all(getattr(earlier, k) == getattr(made, k) for k in same)


def _as_typed(cell: str) -> str:
    """Return the text of a cell without what keeps a spreadsheet from working it out."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
