import numpy as np
import pytest

from blazon.diffusion.generic_pictures import find_picture, fit_picture, to_finite_bitmap
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.errors import GenerationFailed


def test_a_picture_of_a_pipeline_that_knows_few_sizes_is_made_to_fit() -> None:
    ramp = np.repeat(np.linspace(0, 255, 128, dtype=np.uint8)[None, :, None], 128, axis=0).repeat(3, axis=2)
    fitted = fit_picture(ramp, DiffusionRequest("a fox", width=64, height=32))
    assert fitted.shape == (32, 64, 3)
    assert np.abs(fitted[0].astype(int) - ramp[0, ::2].astype(int)).max() <= 4
    assert fit_picture(ramp, DiffusionRequest("a fox", width=128, height=128)) is ramp
    with pytest.raises(GenerationFailed, match="draws 128 x 128 pixels where 256 x 128 are asked for"):
        fit_picture(ramp, DiffusionRequest("a fox", width=256, height=128))


def test_a_picture_is_found_by_either_name() -> None:
    from diffusers.pipelines.kandinsky5.pipeline_output import KandinskyImagePipelineOutput

    pictures = np.zeros((1, 8, 8, 3))
    assert find_picture(KandinskyImagePipelineOutput(image=pictures)).shape == (8, 8, 3)  # type: ignore[arg-type]
    with pytest.raises(GenerationFailed, match="returns a dict and no picture"):
        find_picture({})


def test_a_picture_with_opacity_lies_on_white_paper() -> None:
    ink, paper, veil = (0.0, 0.5, 1.0, 1.0), (0.0, 0.5, 1.0, 0.0), (0.0, 0.0, 0.0, 0.6)
    drawn = to_finite_bitmap(np.asarray([[ink, paper, veil]]))
    assert drawn.tolist() == [[[0, 128, 255], [255, 255, 255], [102, 102, 102]]]
