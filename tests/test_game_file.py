"""The file of a game: nothing confirmed is lost, nothing edited is believed, one window writes."""

import errno
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from regions import lively

from simkit.study import journal
from simkit.study.chain import Content, GameContinued, GameError, GameInUse
from simkit.study.game import Game

unix = pytest.mark.skipif(sys.platform == "win32", reason="forks, signals or limits of Unix")


@pytest.fixture
def path(tmp_path):
    """A game of two weeks and a note, that no window has open."""
    with Game.new(tmp_path / "a.game", lively(), 5) as game:
        play(game, 0.9)
        play(game, 0.95)
        game.note("memo", {"text": "“今天”"})
    return game.path


def play(game, price):
    return game.play(game.report.decision.but(price=price))


def facts(game):
    """Return what a person would miss."""
    return game.week, [decision.price for decision in game.decisions], game.notes()


def visible(folder):
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


# A torn end


def test_a_line_torn_anywhere_costs_that_line_only(path):
    raw = path.read_bytes()
    start = raw[:-1].rindex(b"\n") + 1
    whole, before = Content(path, raw).lines, Content(path, raw[:start]).lines
    for cut in range(start, len(raw)):
        content = Content(path, raw[:cut])
        if cut == len(raw) - 1:  # only the end of the line is missing
            assert (content.lines, content.warnings()) == (whole, [])
            continue
        assert content.lines == before
        assert len(content.warnings()) == (cut > start)
    for mark in (b"\0" * 40, b"\n", b'{"kind":"note","week":2}\n', b"\xff\xfe"):
        content = Content(path, raw[:start] + mark)
        assert content.lines == before
        assert "the last line (6)" in content.warnings()[0]


@pytest.mark.parametrize("back", [1, 2, 3, 40, 120])
def test_after_a_torn_line_the_game_goes_on_and_reads_cleanly(path, back):
    raw = path.read_bytes()
    path.write_bytes(raw[:-back])
    with Game.open(path) as game:
        assert path.read_bytes() == raw[:-back]  # to look at it changes nothing
        assert bool(game.warnings) == (back > 1)
        assert len(game.notes()) == (back == 1)
        play(game, 1.1)
        game.note("memo", {"text": "again"})
        expected = facts(game)
    again = Game.open(path)
    assert (again.warnings, facts(again)) == ([], expected)
    assert again.agrees
    assert [json.loads(line)["kind"] for line in path.read_text("utf-8").splitlines()][-3:] == [
        "play",
        "week",
        "note",
    ]


def test_looking_leaves_no_trace_and_waits_for_a_line_that_is_being_written(path, monkeypatch):
    raw = path.read_bytes()
    for hidden in path.parent.glob(".*"):
        hidden.unlink()
    path.write_bytes(raw[:-30])
    monkeypatch.setattr(time, "sleep", lambda _: path.write_bytes(raw))
    game = Game.open(path, look_only=True)
    assert (len(game.notes()), game.warnings) == (1, [])
    game.close()
    assert [file.name for file in path.parent.iterdir()] == ["a.game"]


def test_the_warning_says_what_was_lost(path):
    raw = path.read_bytes()
    for line, what in [
        (b'{"kind":"play","week":2,"levers":{"pri', "the decision in week 2"),
        (b'{"kind":"note","week":11,"as', "a note in week 11"),
        (b'{"kind":"undo","week":2,', "an undo in week 2"),
        (b'{"ki', "the last line (7) was not"),
    ]:
        path.write_bytes(raw + line)
        with Game.open(path, look_only=True) as game:
            assert what in game.warnings[0]
            assert "never confirmed" in game.warnings[0]


# What is not believed


def test_an_edit_of_any_byte_of_an_earlier_line_is_refused(path):
    raw = path.read_bytes()
    last = raw[:-1].rindex(b"\n") + 1
    for place in range(last):
        edited = bytearray(raw)
        edited[place] = ord("\n") if place % 7 == 0 and raw[place] != 10 else raw[place] ^ 1
        with pytest.raises(GameError, match=r"line \d+ was changed|is not a game|newer simkit"):
            Content(path, bytes(edited))


def test_the_line_that_was_edited_is_named(path):
    pieces = path.read_bytes().splitlines(keepends=True)
    for number, piece in enumerate(pieces, 1):
        other = piece.replace(b'"week":', b'"week" :') if number > 1 else piece.replace(b"5", b"6")
        assert other != piece
        path.write_bytes(b"".join([*pieces[: number - 1], other, *pieces[number:]]))
        with pytest.raises(GameError, match=f"line {number} was changed after the game was played"):
            Game.open(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [rows[0], *rows[2:]],  # one taken out
        lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]],  # two exchanged
        lambda rows: [*rows[:2], rows[1], *rows[2:]],  # one twice
        lambda rows: [*rows[:2], b"\n", *rows[2:]],
        lambda rows: [*rows[:2], b"hello\n", *rows[2:]],
        lambda rows: [row.replace(b"\n", b"\r\n") for row in rows],
        lambda rows: [*rows, b"one\n", b"two"],
    ],
)
def test_lines_moved_about_are_refused(path, change):
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    before = path.read_bytes()
    for look_only in (False, True):
        with pytest.raises(GameError, match=r"line \d was changed"):
            Game.open(path, look_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the file is empty, there is no game in it"),
        (b" \n", "the file is empty"),
        (b"hello", "is not a game of simkit"),
        (b"\x89PNG\0\0", "is not a game of simkit"),
        (b'{\n "format": "simkit-manifest-1"}', "'simkit replay' reads manifests"),
        (b'{"kind":"game","format":"simkit-game-2"}\n', "made with a newer simkit .*: update"),
        (b'{"v":"simkit-game-17","x":1', "made with a newer simkit .simkit-game-17.: update"),
        (b'{"kind":"game","format":"simkit-game-1","se', "its beginning is not whole"),
    ],
)
def test_what_is_no_game_is_refused_with_a_reason(tmp_path, raw, message):
    (tmp_path / "x").write_bytes(raw)
    for look_only in (False, True):
        with pytest.raises(GameError, match=message):
            Game.open(tmp_path / "x", look_only)
    assert (tmp_path / "x").read_bytes() == raw


def test_folders_and_missing_files_are_refused(tmp_path):
    for look_only in (False, True):
        with pytest.raises(GameError, match="is a folder, not a game"):
            Game.open(tmp_path, look_only)
        with pytest.raises(GameError, match="there is no such file"):
            Game.open(tmp_path / "x", look_only)
        with pytest.raises(GameError, match="is not a file"):
            Game.open(os.devnull, look_only)
    assert visible(tmp_path) == []


# Two windows


class Window:
    """Another process with a game open; `do` has it play, note or close and returns the outcome."""

    def __init__(self, path, take_over=False):
        self.pipe, inner = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(target=window, args=(path, take_over, inner), daemon=True)
        self.process.start()
        inner.close()
        self.said = self.pipe.recv()

    def do(self, what):
        self.pipe.send(what)
        return self.pipe.recv()

    def kill(self):
        self.process.kill()
        self.process.join()


def window(path, take_over, pipe):
    journal._WRITING.clear()  # this is another process
    try:
        game = Game.open(path, take_over=take_over)
        pipe.send("open")
    except GameError as error:
        pipe.send(type(error).__name__)
        return
    doing = {"play": lambda: play(game, 1.05), "note": lambda: game.note("note", {})}
    while True:
        try:
            pipe.send((doing | {"close": game.close})[pipe.recv()]() and "done")
        except GameError as error:
            pipe.send(f"{type(error).__name__}: {error.message}")


@unix
def test_a_second_window_is_told_and_cannot_overwrite(path):
    other = Window(path)
    assert (other.said, other.do("play")) == ("open", "done")
    before = path.read_bytes()
    with pytest.raises(GameInUse, match="open in another window; close it there, look only, or"):
        Game.open(path)
    looking = Game.open(path, look_only=True)
    assert (looking.week, looking.look_only, looking.warnings) == (3, True, [])
    for act in (lambda: play(looking, 1), lambda: looking.note("n", {}), looking.undo):
        with pytest.raises(GameError, match="opened to look only"):
            act()
    assert path.read_bytes() == before
    assert other.do("play") == "done"
    other.do("close")
    assert Game.open(path).week == 4
    other.kill()


@unix
def test_who_takes_over_is_the_only_one_that_writes(path):
    other = Window(path)
    game = Game.open(path, take_over=True)
    before = path.read_bytes()
    assert Window(path).said == "GameInUse"
    for act in ("play", "note", "play"):
        assert other.do(act) == (
            "GameContinued: this game was continued in another window; open it again"
        )
    assert path.read_bytes() == before
    play(game, 1.1)
    other.kill()
    assert Window(path).said == "GameInUse"  # the one that is alive now
    expected = facts(game)
    game.close()
    assert facts(Game.open(path)) == expected


@unix
def test_two_that_take_over_from_each_other_lose_nothing(path):
    mine = Game.open(path)
    for week in range(2, 6):
        other = Window(path, take_over=True)
        assert (other.said, other.do("play")) == ("open", "done")
        with pytest.raises(GameContinued):
            play(mine, 0.8)
        mine = Game.open(path, take_over=True)
        assert mine.week == week + 1
        assert other.do("note").startswith("GameContinued")
        other.kill()


@unix
def test_a_dead_window_locks_nobody_out(path):
    other = Window(path)
    assert other.do("play") == "done"
    other.kill()
    game = Game.open(path)
    assert game.week == 3
    play(game, 1.1)


def test_a_cell_that_is_run_again_takes_over_in_its_own_process(path):
    first = Game.open(path)
    second = Game.open(str(path.parent / ".." / path.parent.name / path.name))
    before = path.read_bytes()
    with pytest.raises(GameContinued, match="continued in another window"):
        play(first, 1)
    assert path.read_bytes() == before
    assert first.look_only
    play(second, 1)
    first.close()
    play(second, 1)
    with pytest.raises(GameError, match="this game was closed; open it again"):
        second.close() or play(second, 1)
    del first, second
    assert Game.open(path).week == 4


def test_whatever_else_wrote_into_the_file_is_not_overwritten(path):
    for change in (
        lambda raw: raw + b"x",
        lambda raw: raw[:-9],
        lambda raw: raw.replace(b"5", b"6"),
    ):
        raw = path.read_bytes()
        game = Game.open(path)
        path.write_bytes(change(raw))
        with pytest.raises(GameContinued):
            play(game, 1)
        assert path.read_bytes() == change(raw)
        path.write_bytes(raw)


def test_a_game_whose_file_is_gone_can_be_branched(path):
    game = Game.open(path)
    raw = path.read_bytes()
    path.unlink()
    with pytest.raises(GameError, match="moved or deleted; put it back, or branch the game"):
        play(game, 1)
    branch = game.branch(path.with_name("b.game"), 2)
    assert facts(branch) == facts(game)
    path.write_bytes(raw)
    play(game, 1)
    assert game.week == 3


# A disk that fills up


class Disk:
    """A disk on which only some bytes are free, then none."""

    def __init__(self, monkeypatch, free, also=()):
        self.free, self.write = free, os.write
        monkeypatch.setattr(os, "write", self._write)
        for name in also:
            monkeypatch.setattr(os, name, self._full)

    def _write(self, fd, data):
        if not self.free:
            self._full()
        done = self.write(fd, bytes(data)[: self.free])
        self.free -= done
        return done

    def _full(self, *_):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("free", [0, 1, 30, 4096])
def test_a_full_disk_changes_nothing_and_the_play_can_be_tried_again(path, free, monkeypatch):
    game = Game.open(path)
    before, known = path.read_bytes(), facts(game)
    with monkeypatch.context() as patch:
        Disk(patch, free, also=["fsync"])
        for act in (lambda: play(game, 1.1), lambda: game.note("memo", {"a": 1}), game.undo):
            with pytest.raises(GameError, match="nothing was saved: the disk is full; free some"):
                act()
            assert path.read_bytes() == before
            assert facts(game) == known
        with pytest.raises(GameError, match="the game was not begun: the disk is full"):
            game.branch(path.with_name("b"), 1)
    assert visible(path.parent) == ["a.game"]
    assert not path.with_name(".b.part").exists()
    play(game, 1.1)
    assert facts(game) == (3, [0.9, 0.95, 1.1], known[2])
    game.close()
    assert facts(Game.open(path)) == facts(game)


@pytest.mark.parametrize("free", [1, 30, 4096])
def test_a_torn_end_that_cannot_be_taken_away_does_no_harm(path, free, monkeypatch):
    """The same disk, on which the file cannot even be made shorter again."""
    game = Game.open(path)
    before, known = path.read_bytes(), facts(game)
    with monkeypatch.context() as patch:
        Disk(patch, free, also=["fsync", "ftruncate"])
        with pytest.raises(GameError, match="the disk is full"):
            play(game, 1.1)
    torn = path.read_bytes()
    assert torn.startswith(before)
    assert len(torn) > len(before)
    assert facts(game) == known
    assert Game.open(path, look_only=True).week in (2, 3)
    play(game, 1.2)
    assert game.decisions[-1].price == 1.2
    game.close()
    assert facts(Game.open(path)) == facts(game)


@unix
def test_a_real_limit_on_the_size_of_files(path):
    """As a quota; the process goes on when there is room again."""
    import resource

    def grow(pipe):
        game = Game.open(path)
        limit = path.stat().st_size + 20
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            play(game, 1.1)
        except GameError as error:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            size = path.stat().st_size
            play(game, 1.1)
            pipe.send((error.message, size, limit - 20, facts(game)))

    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=grow, args=(theirs,))
    process.start()
    assert mine.poll(30)
    message, size, before, found = mine.recv()
    process.join()
    assert message == "nothing was saved: the disk is full; free some space and try again"
    assert size == before
    assert found == facts(Game.open(path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_game_does_not_outgrow_what_can_be_opened(path, monkeypatch):
    size = path.stat().st_size
    monkeypatch.setattr(journal, "MAX_BYTES", size + 500)
    with Game.open(path) as game:
        with pytest.raises(GameError, match="nothing was saved"):
            game.note("memo", {"text": "x" * 500})
        assert path.stat().st_size == size
        game.note("memo", {"text": "short"})
    assert Game.open(path, look_only=True).notes()[-1].data == {"text": "short"}


def test_a_folder_that_lets_only_read(path):
    path.parent.chmod(0o500)
    path.chmod(0o400)
    try:
        assert Game.open(path, look_only=True).week == 2
    finally:
        path.parent.chmod(0o700)


def test_nothing_is_confirmed_before_it_is_on_the_disk(path, monkeypatch):
    """The order of things: written, synced, then stepped."""
    from simkit.region.simulation import Simulation

    game, seen = Game.open(path), []
    fsync, step = os.fsync, Simulation.step
    monkeypatch.setattr(os, "fsync", lambda fd: (seen.append("synced"), fsync(fd)))

    def stepped(region, decision):
        on_disk = Content(path, path.read_bytes()).lines[-1]
        seen.append(("stepped", on_disk["kind"], on_disk["week"]))
        return step(region, decision)

    monkeypatch.setattr(Simulation, "step", stepped)
    play(game, 1.1)
    assert seen == ["synced", ("stepped", "play", 2)]
    game.note("memo", {})
    assert seen[-1] == "synced"
    assert len(seen) == 3


# SIGKILL


def acts(path):
    """What was done in a game, in order, as its file tells it."""
    content = Content(path, path.read_bytes()) if path.exists() else None
    told = {"play": lambda a: a["levers"].get("price"), "note": lambda a: a["data"]["n"]}
    told["undo"] = lambda a: a["week"] - a["to"]
    lines = content.lines[1:] if content else []
    return [(a["kind"], told[a["kind"]](a)) for a in lines if a["kind"] in told]


def restless(path, number, pipe):
    """Play, note and undo until killed, and tell what was confirmed."""
    journal._WRITING.clear()
    luck = random.Random(number)
    game = Game.open(path) if path.exists() else Game.new(path, lively(), 5)
    while True:
        choice = "undo" if game.done else luck.choice(["play", "play", "note", "undo"])
        if choice == "play":
            price = round(luck.uniform(0.7, 1.3), 6)
            play(game, price)
            pipe.send((choice, price))
        elif choice == "note":
            pipe.send((choice, game.note("note", {"n": luck.random()}).data["n"]))
        elif game.week:
            weeks = luck.randint(1, min(game.week, 3))
            game.undo(weeks)
            pipe.send((choice, weeks))


def until_killed(target, *args, after, seconds):
    """Kill `target` `seconds` after its first `after` confirmations; return all that came."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=target, args=(*args, theirs))
    process.start()
    theirs.close()
    confirmed = []
    while len(confirmed) < after:
        assert mine.poll(60)
        confirmed.append(mine.recv())
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with suppress(EOFError):  # the last message may be cut
        while mine.poll():
            confirmed.append(mine.recv())
    return confirmed


@unix
def test_a_game_killed_at_thirty_moments_has_lost_nothing_confirmed(tmp_path):
    path, luck, known = tmp_path / "a.game", random.Random(20), []
    confirmed_in_all = 0
    for number in range(30):
        when = {"after": luck.randint(0, 8), "seconds": luck.uniform(0.0, 0.1)}
        confirmed = until_killed(restless, path, number, **when)
        confirmed_in_all += len(confirmed)
        found = acts(path)
        assert found[: len(known) + len(confirmed)] == known + confirmed
        assert len(found) <= len(known) + len(confirmed) + 1  # the one that was under way
        known = found
        if path.exists():
            with Game.open(path) as game:
                assert game.agrees
                play(game, 1.0) if not game.done else game.undo()
            known = acts(path)
    assert confirmed_in_all > 60
    game = Game.open(path)
    assert game.warnings == []
    assert game.replayed().digest() == game.simulation.digest()


def dies_writing(path, after, pipe):
    """Die in the middle of a line, `after` so many bytes of it."""
    journal._WRITING.clear()
    game, write = Game.open(path), os.write
    pipe.send("open")

    def some(fd, data):
        write(fd, bytes(data)[:after])
        os.fsync(fd)
        os.kill(os.getpid(), signal.SIGKILL)

    os.write = some
    play(game, 1.1)


@unix
@pytest.mark.parametrize("after", [0, 1, 60, 10_000])
def test_killed_in_the_middle_of_a_line(path, after):
    known = facts(Game.open(path, look_only=True))
    confirmed = until_killed(dies_writing, path, after, after=1, seconds=60)
    assert confirmed == ["open"]
    game = Game.open(path)
    if after < 10_000:
        assert facts(game) == known
        assert len(game.warnings) == (after > 0)
    else:  # it was all there, if only nobody had been told
        assert game.week == known[0] + 1
    play(game, 1.2)
    again = Game.open(Path(path))
    assert (again.warnings, facts(again)) == ([], facts(game))
