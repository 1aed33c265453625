"""The package from outside: what it offers, what it costs to import, what is shipped."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import blazon

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", blazon.__all__)
def test_every_public_name_is_there(name):
    assert getattr(blazon, name) is not None
    assert name in dir(blazon)


def test_public_names_are_loaded_from_where_they_live():
    from blazon import Brief

    assert Brief is import_module("blazon.brief").Brief
    assert blazon.__version__ == version("blazon")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Logo'"):
        blazon.Logo  # noqa: B018


def test_import_loads_nothing_but_itself():
    code = "import sys; import blazon; print([name for name in sys.modules if name.startswith('blazon')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['blazon']\n"


def test_drawing_never_imports_torch():
    code = """
import sys
from blazon import Brief, generate
(candidate,) = generate(Brief("a bakery", count=1))
assert candidate.png(64).startswith(b"\\x89PNG")
print(sorted({"torch", "diffusers", "transformers", "fastapi"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_dependency_is_pinned_for_the_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(name for extra in extras.values() for name in extra)]
    names = [re.split(r"[\[<>=; ]", requirement)[0].lower() for requirement in wanted]
    assert [name for name in names if name not in pins and name != "blazon"] == []


def test_run_py_hints_at_make_run_without_the_packages():
    done = subprocess.run([sys.executable, "-S", "-I", ROOT / "run.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "`make run`" in done.stderr


def test_run_py_is_blazon_serve():
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", "--port", "65536"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "'--port'" in done.stderr
