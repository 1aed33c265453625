import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.diffusion.catalogue.licences import UNKNOWN, Licence, choose_strict, judge
from blazon.diffusion.catalogue.model_card import read_card
from blazon.diffusion.catalogue.specs import UNKNOWN_LICENCE, Family, describe

CARD = """---
license: {licence}
license_name: {name}
tags: [text-to-image]
---
# A model

```python
pipe = DiffusionPipeline.from_pretrained("somebody/painter")
image = pipe("a cat", num_inference_steps=12, guidance_scale=2.5).images[0]
```
"""


def folder_of(path: Path, pipeline: str, card: str | bytes = "", **configs: dict[str, object]) -> str:
    path.mkdir(parents=True)
    (path / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **configs.pop("index", {})}))
    for part, config in configs.items():
        (path / part).mkdir()
        name = "scheduler_config.json" if part == "scheduler" else "config.json"
        (path / part / name).write_text(json.dumps(config))
    if card:
        (path / "README.md").write_bytes(card if isinstance(card, bytes) else card.encode())
    return str(path)


def test_a_folder_has_the_licence_steps_and_guidance_of_its_card(tmp_path: Path) -> None:
    card = CARD.format(licence="mit", name="")
    spec = describe(folder_of(tmp_path / "painter", "StableDiffusionXLPipeline", card))
    assert (spec.licence, spec.commercial, spec.steps, spec.guidance) == ("MIT", True, 12, 2.5)


TRAILING = {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing"}


@pytest.mark.parametrize("pipeline", ["StableDiffusionPipeline", "StableDiffusionXLPipeline"])
@pytest.mark.parametrize(
    ("schedule", "quick"),
    [
        (TRAILING, True),
        ({**TRAILING, "prediction_type": "epsilon"}, True),
        ({**TRAILING, "timestep_spacing": "leading"}, False),
        ({**TRAILING, "prediction_type": "v_prediction", "rescale_betas_zero_snr": True}, False),
        ({**TRAILING, "rescale_betas_zero_snr": True}, False),
        ({}, False),
    ],
)
def test_a_stable_diffusion_in_few_steps_is_known_by_its_schedule(
    pipeline: str, schedule: dict[str, object], quick: bool, tmp_path: Path
) -> None:
    spec = describe(folder_of(tmp_path / "mine", pipeline, scheduler=schedule))
    assert (spec.steps == 4, spec.guidance == 0) == (quick, quick)
    assert spec.steps is not None
    assert spec.capabilities.guidance


def test_the_card_of_a_stable_diffusion_in_few_steps_says_more_than_its_schedule(tmp_path: Path) -> None:
    card = "```python\npipe(prompt, num_inference_steps=1, guidance_scale=0.0)\n```"
    for name, schedule in (("turbo", TRAILING), ("other", {**TRAILING, "timestep_spacing": "leading"})):
        spec = describe(folder_of(tmp_path / name, "StableDiffusionXLPipeline", card, scheduler=schedule))
        assert (spec.steps, spec.guidance) == (1, 0.0)


@pytest.mark.parametrize(
    ("identifier", "name", "told", "commercial"),
    [
        ("apache-2.0", "", "Apache-2.0", True),
        ("Apache-2.0", "", "Apache-2.0", True),
        ("openrail++", "", "CreativeML OpenRAIL++-M, with uses that it forbids", True),
        ("cc-by-nc-4.0", "", "cc-by-nc-4.0", False),
        ("other", "flux-1-dev-non-commercial-license", "flux-1-dev-non-commercial-license", False),
        ("other", "stabilityai-ai-community", "stabilityai-ai-community", None),
        ("other", "", UNKNOWN_LICENCE, None),
        ("made-up-2.0", "", "made-up-2.0", None),
        ("other", "Ünïcode\r\nX-Evil: 1\x00", "n code X-Evil: 1", None),
    ],
)
def test_only_licences_that_are_known_to_allow_it_allow_commercial_use(
    identifier: str, name: str, told: str, commercial: bool | None
) -> None:
    assert judge(identifier, name) == Licence(told, commercial)


def test_what_a_card_does_not_say_is_unknown(tmp_path: Path) -> None:
    spec = describe(folder_of(tmp_path / "mine", "FluxPipeline", "# No metadata"))
    assert (spec.licence, spec.commercial, spec.steps) == (UNKNOWN_LICENCE, None, 28)


def test_a_licence_text_counts_where_the_card_names_none(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mine", "FluxPipeline", CARD.format(licence="other", name=""))
    (tmp_path / "mine" / "LICENSE").write_text("\n      Apache License\n   Version 2.0, January 2004\n")
    assert (describe(folder).licence, describe(folder).commercial) == ("Apache-2.0", True)


@pytest.mark.parametrize(
    ("place", "licence", "name", "commercial"),
    [
        # The name promises what the card takes back, and the other way round.
        ("FLUX.1-schnell", "other", "flux-1-dev-non-commercial-license", False),
        ("FLUX.1-dev", "apache-2.0", "", False),
        ("FLUX.1-schnell", "other", "house-rules", None),
    ],
)
def test_the_stricter_of_name_and_card_holds(
    place: str, licence: str, name: str, commercial: bool | None, tmp_path: Path
) -> None:
    spec = describe(folder_of(tmp_path / place, "FluxPipeline", CARD.format(licence=licence, name=name)))
    assert spec.commercial is commercial


@pytest.mark.parametrize(
    ("shift", "example", "steps", "guidance", "guided"),
    [
        (6.0, "", 50, 4.0, True),
        (3.0, "", 8, 0.0, False),
        (None, "", 50, 4.0, True),
        (3.0, "num_inference_steps=40, guidance_scale=5", 40, 5.0, True),
        (6.0, "num_inference_steps=9, guidance_scale=0.0", 9, 0.0, False),
    ],
)
def test_a_base_z_image_is_told_from_turbo(
    shift: float | None, example: str, steps: int, guidance: float, guided: bool, tmp_path: Path
) -> None:
    card = f"```python\npipe(prompt, {example})\n```\n" if example else ""
    scheduler = {} if shift is None else {"shift": shift}
    spec = describe(folder_of(tmp_path / "z", "ZImagePipeline", card, scheduler=scheduler))
    assert spec.family is Family.Z_IMAGE
    assert (spec.steps, spec.guidance, spec.capabilities.guidance) == (steps, guidance, guided)


@pytest.mark.parametrize(
    ("pipeline", "steps", "guidance"),
    [
        ("SanaSprintPipeline", 2, 4.5),
        ("StableDiffusionXLPipeline", 50, 5.0),
        ("Krea2Pipeline", 28, 4.5),
        ("ErnieImagePipeline", 50, 4.0),
        ("NoSuchPipeline", None, None),
        ("../../../../etc/passwd", None, None),
    ],
)
def test_without_a_card_the_call_of_the_pipeline_tells(
    pipeline: str, steps: int | None, guidance: float | None, tmp_path: Path
) -> None:
    spec = describe(folder_of(tmp_path / "mine", pipeline))
    assert (spec.steps, spec.guidance) == (steps, guidance)


def test_the_example_with_the_name_of_the_model_counts(tmp_path: Path) -> None:
    blocks = "".join(
        f'```python\nfrom_pretrained("house/{name}")\npipe(num_inference_steps={steps}, true_cfg_scale={scale})\n```\n'
        for name, steps, scale in (("fast", 4, 1.0), ("slow", 60, 6.5))
    )
    spec = describe(folder_of(tmp_path / "models--house--slow" / "snapshots" / "1", "QwenImagePipeline", blocks))
    assert (spec.steps, spec.guidance) == (60, 6.5)


@pytest.mark.parametrize(
    "metadata",
    [
        b"license: [apache-2.0, mit",
        b"license: !!python/object/apply:os.system ['true']",
        b"license: {a: b}",
        b"license: 7",
        b"license:",
        b"- a\n- list",
        b"a: &a [x]\nlicense: *b",
        b"license: " + b"[" * 20_000,
        b"\xff\xfe\x00",
        b"a: &a [" + b"x, " * 100 + b"]\nb: &b [" + b"*a, " * 1000 + b"]\nc: [" + b"*b, " * 1000 + b"]",
    ],
)
def test_metadata_that_lies_or_is_broken_says_nothing(metadata: bytes, tmp_path: Path) -> None:
    spec = describe(folder_of(tmp_path / "mine", "FluxPipeline", b"---\n" + metadata + b"\n---\n"))
    assert spec.commercial is None
    assert spec.licence.isascii()
    assert "\n" not in spec.licence


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_reading_a_card_never_fails(metadata: bytes, text: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        Path(place, "README.md").write_bytes(b"---\n" + metadata + b"\n---\n```\n" + text + b"\n```")
        Path(place, "LICENSE").write_bytes(text)
        facts = read_card(Path(place), "mine")
    assert facts.licence.name.isascii()
    assert facts.steps is None or 1 <= facts.steps <= 200


def test_only_the_beginning_of_a_huge_card_is_read_and_no_pipe_waited_for(tmp_path: Path) -> None:
    with (tmp_path / "README.md").open("wb") as file:
        file.write(b"---\nlicense: mit\n---\n")
        file.truncate(1 << 34)  # sparse: takes no room
    os.mkfifo(tmp_path / "LICENSE")
    assert read_card(tmp_path, "mine").licence == Licence("MIT", commercial=True)


def test_the_strictest_licence_is_chosen_among_those_that_are_known() -> None:
    free, kept = Licence("MIT", commercial=True), Licence("x", commercial=False)
    assert choose_strict() == UNKNOWN
    assert choose_strict(UNKNOWN, free) == free
    assert choose_strict(free, kept, UNKNOWN) == kept


def test_reading_a_folder_needs_no_torch(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mine", "SanaSprintPipeline", CARD.format(licence="mit", name=""))
    code = f"import sys, blazon.diffusion.catalogue.specs as c; c.describe({folder!r})"
    code += "; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
