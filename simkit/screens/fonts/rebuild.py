"""Make `simkit-cjk.otf`, the Chinese font of the charts, from the full Noto Sans CJK.

Run ``python simkit/screens/fonts/rebuild.py NotoSansCJK-Regular.ttc``; Debian's package
fonts-noto-cjk has the file, and fontTools is among the test requirements. It takes a few seconds.
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

TARGET = Path(__file__).with_name("simkit-cjk.otf")
FAMILY = "simkit CJK"
SOURCE_FAMILY = "Noto Sans CJK SC"
# Characters that today's names use and GB 2312 (1980) lacks.
NAMES = "玥喆堃祎珺翀昇琇瑀甦犇玘瑄峣镕頔堉彧嫄焜瞾昉昳曈旻暐晞晢玠珅珣珽"
PUNCTUATION = "–—‘’“”…‰€→←↑↓≤≥≈−×÷±·•°²³■□▲△▼▽●○★☆"


def characters() -> str:
    """Return what the font holds: GB 2312 (6,763 Chinese characters), Latin-1, and a few more."""
    latin = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)]))
    codes = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    gb2312 = "".join(code.decode("gb2312", errors="ignore") for code in codes)
    return latin + gb2312 + NAMES + PUNCTUATION


def simplified_chinese(path: Path) -> TTFont:
    """Return the Simplified Chinese face of the collection at `path`."""
    faces = TTCollection(path).fonts
    return next(face for face in faces if face["name"].getDebugName(1) == SOURCE_FAMILY)


def rename(font: TTFont) -> None:
    """Give the subset a name of its own, so that no installed Noto is taken for it."""
    for name_id, text in {1: FAMILY, 4: FAMILY, 6: "simkit-CJK", 3: "simkit-CJK subset"}.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    for name_id in (16, 17):
        font["name"].removeNames(nameID=name_id)
    top = font["CFF "].cff
    top.fontNames = ["simkit-CJK"]
    top[0].FullName, top[0].FamilyName = FAMILY, FAMILY


def rebuild(source: Path) -> None:
    """Write the subset of the collection at `source` beside this file."""
    font = simplified_chinese(source)
    options = subset.Options(hinting=False, layout_features=[], name_languages=[0x409])
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters())
    cutter.subset(font)
    rename(font)
    font.recalcTimestamp = False  # the same source gives the same bytes
    font.save(TARGET)


if __name__ == "__main__":
    rebuild(Path(sys.argv[1]))
