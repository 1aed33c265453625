"""From the settings to what they ask of the memory plan. Imports no torch."""

from blazon.diffusion.memory.footprint import Quantisation, TextEncoder
from blazon.diffusion.memory.plan import Wishes
from blazon.settings import Settings


def read_wishes(settings: Settings) -> Wishes:
    """Return what the settings ask of the memory plan."""
    encoders = {"gpu": TextEncoder.DEVICE, "cpu": TextEncoder.CPU, "quantised": TextEncoder.QUANTISED}
    return Wishes(
        half=settings.use_fp16,
        quantisation=None if settings.quantization == "auto" else Quantisation(settings.quantization),
        text_encoder=encoders.get(settings.text_encoder_device),
        max_batch=settings.max_batch,
    )
