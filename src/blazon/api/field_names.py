"""What a field is called here that another API of images calls otherwise, or that was misspelt."""

import difflib
from collections.abc import Collection
from typing import Final

_LONGEST: Final = 40  # characters of a name that is worth comparing
_CLOSE: Final = 0.75

# Names of this API, each with those of others (diffusers, Automatic1111, Stability, Replicate, fal, Ideogram).
_SYNONYMS: Final[dict[str, str]] = {
    "prompt": "text description input query positive_prompt text_prompt prompts text_prompts",
    "negative_prompt": "negative negative_text",
    "show": "motif motifs symbol symbols icon icons depict include things must_show must_have",
    "avoid": "exclude without unwanted hide must_not_show not_show",
    "letters": "initials monogram lettermark letter_mark",
    "established": "est est_date since year founded date established_in",
    "mark": "mark_type mark_kind logo_type logo_kind kind",
    "type": "typeface font fonts font_style font_family type_kind typography lettering",
    "case": "letter_case text_case name_case capitalisation capitalization capitals",
    "steps": "num_inference_steps inference_steps num_steps sampling_steps sample_steps default_inference_steps",
    "guidance": "guidance_scale cfg_scale cfg scale default_guidance_scale prompt_strength true_cfg_scale",
    "n": "count num_images num_images_per_prompt num_outputs num_samples number_of_images samples batch_size",
    "size": "aspect_ratio width height resolution image_size dimensions sizes max_size",
    "seed": "random_seed noise_seed manual_seed generator",
    "model": "model_name model_id checkpoint sd_model_checkpoint engine_id",
    "loras": "lora lora_weights adapters",
    "brand_name": "name brand company company_name logo_text title",
    "slogan": "tagline subtitle motto claim",
    "palette": "color colors colour colours color_palette colour_palette",
    "style": "style_preset style_type logo_style",
    "webhook_url": "webhook callback callback_url notify_url",
    "timeout": "deadline max_time ttl",
    "previews": "preview partial_images",
    "output_format": "format image_format file_format",
    "output_compression": "output_quality compression",
    "credit_allowed": "credits allow_credit",
}
_NAMES: Final = {other: name for name, others in _SYNONYMS.items() for other in others.split()}


def suggest_field(unknown: str, fields: Collection[str]) -> str:
    """Return which of `fields` is probably meant by a name that is not among them; empty if none is."""
    if len(unknown) > _LONGEST:
        return ""
    name = unknown.lower().replace("-", "_")
    meant = _NAMES.get(name, name)
    if meant in fields:
        return meant
    close = difflib.get_close_matches(name, fields, 1, _CLOSE)
    return close[0] if close else ""
