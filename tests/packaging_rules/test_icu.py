"""packaging/icu.py: which tables stay, and that what is written is what ICU reads."""

import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from tests.packaging_rules.test_prune import script

LIBRARIES = sorted((Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicudata.so.*"))
pytestmark = pytest.mark.skipif(
    not LIBRARIES or not shutil.which("ld"), reason="Qt comes without ICU here, or there is no linker"
)
SORTS = """
from PySide6.QtCore import QCollator, QLocale, QStringConverter
for language in ("en", "de", "zh", "sv"):
    order = QCollator(QLocale(language))
    print(language, *sorted(["zebra", "äpfel", "ofen", "öl", "泵", "安"], key=order.sortKey))
print(QLocale("de").toUpper("straße"))
print([line.split()[-1] for line in open("/proc/self/maps") if "icudata" in line][0])
"""


@pytest.fixture
def icu(monkeypatch):
    return script("icu", monkeypatch)


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("de.res", True),
        ("en_GB.res", True),
        ("zh_Hans_CN.res", True),
        ("sv.res", False),
        ("sv_SE.res", False),
        ("root.res", True),
        ("pool.res", True),
        ("res_index.res", True),
        ("supplementalData.res", True),
        ("coll/de.res", True),
        ("coll/res_index.res", True),
        ("coll/ko.res", False),
        ("coll/ucadata.icu", True),
        ("unit/de.res", False),
        ("translit/root.res", False),
        ("euc-jp-2007.cnv", False),
        ("cnvalias.icu", True),
        ("brkitr/char.brk", True),
        ("brkitr/cjdict.dict", False),
    ],
)
def test_the_programs_own_languages_stay(icu, name, stays):
    assert icu.is_wanted(name) is stays


def test_what_is_read_is_written_bit_by_bit(icu):
    (library,) = LIBRARIES
    package = icu._package(library, f"icudt{library.suffix[1:]}_dat")
    header, items = icu.read(package)
    assert len(items) > 3000
    assert icu.write(header, items) == package


def sorts(folder: str) -> list[str]:
    """How Qt sorts with the tables of a folder; where they came from stands last."""
    env = {"LD_LIBRARY_PATH": folder, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", SORTS], env=env, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_qt_sorts_with_what_is_left_as_before(icu, tmp_path):
    library = tmp_path / LIBRARIES[0].name
    shutil.copy(LIBRARIES[0], library)
    before = library.stat().st_size
    assert icu.cut(library, tmp_path / "work") > 500
    assert library.stat().st_size < before // 5
    whole, cut = sorts(""), sorts(str(tmp_path))
    assert cut[-1] == str(library)
    assert cut[:3] == whole[:3]
    assert cut[4] == whole[4] == "STRASSE"
    assert cut[3] != whole[3]  # Swedish sorts as the root does
