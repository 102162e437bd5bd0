"""Results kept by content: found again, computed anew when damaged, never in the way."""

import json
import os
from pathlib import Path

import pytest

from simkit.study.cache import FOLDER, MOST_FILES, cache_folder, cached, key_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


class Work:
    """Counts how often it is done."""

    def __init__(self):
        self.times = 0

    def __call__(self, number=1):
        def make():
            self.times += 1
            return (number, 0.1 + 0.2)

        return cached("sums", {"number": number}, make, list, lambda data: (data[0], data[1]))


def test_a_result_is_found_again_and_is_the_same(folder):
    work = Work()
    assert work() == work() == (1, 0.1 + 0.2)
    assert work.times == 1 and len(list(folder.iterdir())) == 1


def test_other_inputs_are_another_result(folder):
    work = Work()
    assert work(1) != work(2) and work.times == 2
    assert key_of("sums", {"number": 1}) != key_of("means", {"number": 1})


DAMAGE = {
    "cut off": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "a number changed": lambda text: text.replace("[1,", "[7,"),
    "not JSON": lambda text: "PK\x03\x04",
    "other JSON": lambda text: "[1, 2, 3]",
    "a foreign program's": lambda text: json.dumps({"format": "other", "data": [7, 7]}),
    "nested without end": lambda text: "[" * 100_000,
    "a list too short": lambda text: text.replace(",0.30000000000000004]", "]"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_computed_anew_and_mended(folder, damage):
    work = Work()
    work()
    (file,) = folder.iterdir()
    good = file.read_text("utf-8")
    bad = DAMAGE[damage](good)
    assert bad != good
    file.write_text(bad, "utf-8")
    assert work() == (1, 0.1 + 0.2) and work.times == 2
    assert file.read_text("utf-8") == good


def test_bytes_that_are_no_text_are_computed_anew(folder):
    work = Work()
    work()
    (file,) = folder.iterdir()
    file.write_bytes(b"\xff\xfe\x00")
    assert work() == (1, 0.1 + 0.2) and work.times == 2


def test_a_folder_in_the_place_of_the_file_is_no_error(folder):
    work = Work()
    work()
    (file,) = folder.iterdir()
    file.unlink()
    file.mkdir()
    assert work() == (1, 0.1 + 0.2) and work.times == 2
    assert not list(folder.glob("*.tmp"))


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(FOLDER, str(tmp_path / "file" / "cache"))
    work = Work()
    assert work() == work() and work.times == 2


def test_the_oldest_files_go_and_others_stay(folder):
    work = Work()
    work(0)
    (own,) = folder.iterdir()
    (folder / "notes.json").write_text("{}")
    for number in range(1, MOST_FILES + 5):
        work(number)
        os.utime(own, (2e9, 2e9))  # looked at last
    kept = list(folder.glob("sums-*.json"))
    assert len(kept) == MOST_FILES and own in kept
    assert (folder / "notes.json").exists() and not list(folder.glob("*.tmp"))


def test_what_the_work_raises_is_raised(folder):
    with pytest.raises(ZeroDivisionError):
        cached("sums", {}, lambda: 1 / 0, list, tuple)
    assert not folder.exists() or not list(folder.iterdir())


def test_the_usual_folder_is_the_persons_own(monkeypatch):
    monkeypatch.delenv(FOLDER, raising=False)
    assert "simkit" in cache_folder().parts and Path.home() in cache_folder().parents
