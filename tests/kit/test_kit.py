import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from blazon.design import Design
from blazon.draw.artwork import Materials
from blazon.kit.kit import make_kit
from blazon.kit.kit_file import slug_of
from blazon.kit.order import KitOrder

_AGAIN = """
import hashlib, json, sys
from blazon.design import Design
from blazon.draw.artwork import Materials
from blazon.kit.kit import make_kit
from blazon.kit.order import KitOrder
print(hashlib.sha256(make_kit(KitOrder(Design.from_dict(json.load(sys.stdin))), Materials.open())).hexdigest())
"""


def test_another_process_makes_the_same_bytes(designs: dict[str, Design], materials: Materials) -> None:
    design = designs["gradient"]
    again = subprocess.run(
        [sys.executable, "-c", _AGAIN],
        input=json.dumps(design.to_dict()),
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert hashlib.sha256(make_kit(KitOrder(design), materials)).hexdigest() == again


def test_all_is_in_one_folder_and_every_file_opens(designs: dict[str, Design], materials: Materials) -> None:
    with zipfile.ZipFile(io.BytesIO(make_kit(KitOrder(designs["lockup"]), materials))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert all(archive.read(name) for name in names)
    assert {name.partition("/")[0] for name in names} == {"fox-sons"}
    assert len(set(names)) == len(names)
    assert all(name.isascii() and len(name) < 200 for name in names)


def test_the_readme_names_files_that_are_there(kit_of: Callable[[str], dict[str, bytes]]) -> None:
    files = kit_of("lockup")
    text = files["README.txt"].decode()
    assert "Coffee by Somebody, CC BY 4.0" in text
    folder = ""
    named = 0
    for line in text.partition("All files")[2].partition("Rights")[0].splitlines():
        if line.endswith("/") and not line.startswith(" "):
            folder = line.removeprefix("./")
        elif line.startswith("  ") and not line.startswith("   "):
            assert folder + line.split()[0] in files
            named += 1
    assert named > 5


@given(st.text(max_size=80))
def test_any_name_gives_a_name_for_files(name: str) -> None:
    slug = slug_of(name)
    assert 0 < len(slug) <= 40
    assert all(char.isascii() and (char.isalnum() or char == "-") for char in slug)
