"""Whether a negative prompt, the text that guidance leads away from, has an effect. Imports no torch."""

from blazon.errors import InvalidBrief


def check_effect(name: str, scale: float, *, taken: bool, guided: bool) -> None:
    """Refuse a negative prompt that would change nothing.

    Args:
        name: of the model. scale: that of the guidance.
        taken: whether the model is guided away from a text at some scale. guided: whether at this one.

    Raises:
        InvalidBrief: it has no effect; says what to do.
    """
    if not taken:
        raise InvalidBrief("negative_prompt", f"cannot be told to {name}; say what you want in the prompt")
    if not guided:
        raise InvalidBrief(
            "negative_prompt", f"has no effect on {name} with guidance {scale:g}; leave it out or raise guidance"
        )
