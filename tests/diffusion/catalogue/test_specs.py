import json
import subprocess
import sys
from pathlib import Path

import pytest

from blazon.diffusion.catalogue.specs import UNKNOWN_LICENCE, Family, describe, parse_models
from blazon.errors import InvalidSetting


def folder_of(path: Path, pipeline: str, *, guidance: bool = True, **index: object) -> str:
    (path / "transformer").mkdir(parents=True)
    (path / "model_index.json").write_text(json.dumps({"_class_name": pipeline, **index}))
    (path / "transformer" / "config.json").write_text(json.dumps({"guidance_embeds": guidance}))
    return str(path)


def test_the_catalogue_needs_no_torch() -> None:
    code = "import sys, blazon.diffusion.catalogue.specs; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("source", "family", "licence", "commercial", "steps", "guidance"),
    [
        ("black-forest-labs/FLUX.1-dev", Family.FLUX, "FLUX.1 [dev] Non-Commercial", False, 28, 3.5),
        ("black-forest-labs/FLUX.1-schnell", Family.FLUX, "Apache-2.0", True, 4, 0.0),
        ("black-forest-labs/FLUX.2-klein-4B", Family.FLUX_2_KLEIN, "Apache-2.0", True, 4, 1.0),
        ("black-forest-labs/FLUX.2-klein-9B", Family.FLUX_2_KLEIN, "FLUX Non-Commercial", False, 4, 1.0),
        ("black-forest-labs/FLUX.2-klein-base-4B", Family.FLUX_2_KLEIN, "Apache-2.0", True, 50, 4.0),
        ("Tongyi-MAI/Z-Image-Turbo", Family.Z_IMAGE, "Apache-2.0", True, 8, 0.0),
        ("Tongyi-MAI/Z-Image", Family.Z_IMAGE, "Apache-2.0", True, 50, 4.0),
        ("baidu/ERNIE-Image-Turbo", Family.ERNIE_IMAGE, "Apache-2.0", True, 8, 1.0),
        ("baidu/ERNIE-Image", Family.ERNIE_IMAGE, "Apache-2.0", True, 50, 4.0),
        ("Qwen/Qwen-Image-2512", Family.QWEN_IMAGE, "Apache-2.0", True, 50, 4.0),
        ("black-forest-labs/FLUX.2-dev", Family.FLUX_2, "FLUX Non-Commercial", False, 50, 4.0),
        ("Qwen/Qwen-Image", Family.QWEN_IMAGE, "Apache-2.0", True, 50, 4.0),
        # A later model of the same house with another licence.
        ("Qwen/Qwen-Image-2.1", Family.OTHER, UNKNOWN_LICENCE, None, None, None),
        ("somebody/flux.1-dev", Family.OTHER, UNKNOWN_LICENCE, None, None, None),
    ],
)
def test_known_models_are_described_and_others_are_said_to_be_unknown(
    source: str, family: Family, licence: str, commercial: bool | None, steps: int | None, guidance: float | None
) -> None:
    spec = describe(source)
    assert (spec.family, spec.licence, spec.commercial) == (family, licence, commercial)
    assert (spec.steps, spec.guidance) == (steps, guidance)
    assert spec.source == source
    assert spec.name == source.partition("/")[2]


def test_families_of_the_step_engine_are_batched_and_distilled_models_take_no_guidance() -> None:
    can = {
        name: describe(name).capabilities
        for name in (
            "black-forest-labs/FLUX.1-dev",
            "black-forest-labs/FLUX.1-schnell",
            "black-forest-labs/FLUX.2-klein-4B",
            "Qwen/Qwen-Image",
            "Tongyi-MAI/Z-Image-Turbo",
            "baidu/ERNIE-Image",
            "black-forest-labs/FLUX.2-dev",
        )
    }
    assert [able.mixed_batching for able in can.values()] == [True, True, True, True, True, True, False]
    assert [able.guidance for able in can.values()] == [True, False, False, True, False, True, True]
    assert all(able.cancel for able in can.values())
    assert describe("baidu/ERNIE-Image").capabilities.names == (
        "batching",
        "previews",
        "cancel",
        "guidance",
        "negative_prompt",
    )
    told = ["Qwen/Qwen-Image", "baidu/ERNIE-Image"]
    assert [name for name, able in can.items() if able.negative_prompt] == told


@pytest.mark.parametrize(
    "place",
    ["FLUX.1-schnell", "models--black-forest-labs--FLUX.1-schnell/snapshots/741f7c3ce8b383c54771c7003378a50191e9efe9"],
)
def test_a_folder_is_recognised_by_the_name_that_the_model_has(place: str, tmp_path: Path) -> None:
    spec = describe(folder_of(tmp_path / place, "FluxPipeline", guidance=False), "fast")
    assert (spec.name, spec.licence, spec.steps) == ("fast", "Apache-2.0", 4)
    assert spec.is_folder


def test_a_folder_of_another_name_is_known_by_its_files_but_for_its_licence(tmp_path: Path) -> None:
    made = {
        name: describe(folder_of(tmp_path / name, pipeline, guidance=guidance, **index))
        for name, pipeline, guidance, index in (
            ("mine", "FluxPipeline", True, {}),
            ("quick", "FluxPipeline", False, {}),
            ("small", "Flux2KleinPipeline", False, {"is_distilled": True}),
            ("base", "Flux2KleinPipeline", False, {}),
            ("strange", "StrangePipeline", False, {}),
        )
    }
    assert {name: (spec.family, spec.steps) for name, spec in made.items()} == {
        "mine": (Family.FLUX, 28),
        "quick": (Family.FLUX, 4),
        "small": (Family.FLUX_2_KLEIN, 4),
        "base": (Family.FLUX_2_KLEIN, 50),
        "strange": (Family.OTHER, None),
    }
    assert {(spec.licence, spec.commercial) for spec in made.values()} == {(UNKNOWN_LICENCE, None)}


@pytest.mark.parametrize("content", ["", "[]", "{", "\xff", "[" * 200_000])
def test_a_broken_folder_is_described_all_the_same(content: str, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(content, encoding="latin-1")
    assert describe(str(tmp_path)).family is Family.OTHER
    assert describe(str(tmp_path / "missing")).family is Family.OTHER


def test_several_models_are_read() -> None:
    dev, fast, near = parse_models("Dev=black-forest-labs/FLUX.1-dev, fast = /models/schnell,near=./klein")
    assert (dev.name, dev.source, dev.is_folder) == ("dev", "black-forest-labs/FLUX.1-dev", False)
    assert (fast.name, fast.source, fast.is_folder) == ("fast", "/models/schnell", True)
    assert (near.name, near.is_folder) == ("near", True)
    (windows,) = parse_models(r"dev=C:\models\FLUX.1-dev")
    assert windows.is_folder


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "name=folder"),
        ("dev", "name=folder"),
        ("dev=", "name=folder"),
        ("=a/b", "name=folder"),
        ("dev=a/b,", "name=folder"),
        ("de v=a/b", "is no name"),
        ("-dev=a/b", "is no name"),
        ("dev=a/b/c", "neither a path"),
        ("dev=nonsense", "neither a path"),
        ("dev=https://example.com/dev", "neither a path"),
        ("dev=a/b,DEV=c/d", "two models 'dev'"),
    ],
)
def test_rubbish_is_refused_and_the_setting_named(text: str, complaint: str) -> None:
    with pytest.raises(InvalidSetting, match=complaint) as refusal:
        parse_models(text)
    assert "MODELS" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_licences_are_shown_one_a_line() -> None:
    models = parse_models("dev=black-forest-labs/FLUX.1-dev,z=Tongyi-MAI/Z-Image-Turbo,x=a/b")
    assert [model.licence_line for model in models] == [
        "dev (black-forest-labs/FLUX.1-dev): FLUX.1 [dev] Non-Commercial; no commercial use",
        "z (Tongyi-MAI/Z-Image-Turbo): Apache-2.0; commercial use allowed",
        "x (a/b): unknown, see the model's page; commercial use not known",
    ]
