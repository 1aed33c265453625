"""Whether a painted picture shows nudity, by the detector of the package nudenet (extra `nsfw`, AGPL-3.0)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from blazon.errors import InvalidSetting

if TYPE_CHECKING:
    from nudenet import NudeDetector

# Of the detector's labels, those that a logo has no use for. A bare belly, foot or male chest is no nudity here.
UNSAFE_LABELS: Final = frozenset(
    {
        "ANUS_EXPOSED",
        "BUTTOCKS_EXPOSED",
        "FEMALE_BREAST_EXPOSED",
        "FEMALE_GENITALIA_EXPOSED",
        "MALE_GENITALIA_EXPOSED",
    }
)
# The detector reports from 0.25 on; flat shapes reach that by chance, figures that are meant to be seen pass 0.5.
LEAST_SCORE: Final = 0.5


@dataclass(frozen=True, slots=True)
class SafetyResult:
    """What was found: `labels` are those that make a picture unsafe, in alphabetical order."""

    unsafe: bool
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NudityCheck:
    """A loaded detector, on one thread of the CPU. Threads may share it."""

    _detector: "NudeDetector"

    @classmethod
    def open(cls) -> "NudityCheck":
        """Load the model that comes with the package.

        Raises:
            InvalidSetting: the package is not installed.
        """
        try:
            import onnxruntime
            from nudenet import NudeDetector
        except ImportError:
            raise InvalidSetting(
                "NSFW_CHECK needs a detector that is not installed; run: pip install 'blazon[nsfw]'"
            ) from None
        detector = NudeDetector()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # The package offers no way to say so: its own session would take every core.
        detector.onnx_session = onnxruntime.InferenceSession(
            detector.onnx_session._model_path, options, providers=["CPUExecutionProvider"]
        )
        return cls(detector)

    def judge(self, picture: Image.Image) -> SafetyResult:
        """Look at a picture; a tenth of a second whatever its size."""
        import numpy as np

        return judge_detections(self._detector.detect(np.asarray(picture.convert("RGB"))))


def judge_detections(detections: Iterable[Mapping[str, Any]]) -> SafetyResult:
    """Return the verdict on what the detector saw: mappings with a `class` and a `score` of 0 to 1."""
    found = {str(one["class"]) for one in detections if float(one["score"]) >= LEAST_SCORE}
    labels = tuple(sorted(found & UNSAFE_LABELS))
    return SafetyResult(bool(labels), labels)
