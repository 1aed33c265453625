"""How much a request asked for and got, in tokens as OpenAI counts them: a measure that nothing is charged by."""

from typing import Final

from blazon.api.openai.answers import InputTokens, OutputTokens, Usage
from blazon.brief import Brief
from blazon.export.delivery import FileSpec

# Of text, a rule of thumb that tokenizers of English come close to.
_BYTES_A_TOKEN: Final = 4
# Of pictures: FLUX packs so many pixels, squared, into one token of its transformer. The same rule holds for drawn
# logos, so that a client can compare.
_PIXELS_A_TOKEN: Final = 16


def text_tokens(brief: Brief) -> int:
    """Return the tokens of all texts of a brief."""
    texts = [brief.prompt, brief.brand_name, brief.slogan, brief.negative_prompt, brief.letters, brief.established]
    texts += [*brief.show, *brief.avoid]
    return -(-sum(len(text.encode()) for text in texts) // _BYTES_A_TOKEN)


def image_tokens(spec: FileSpec) -> int:
    """Return the tokens of one image."""
    return -(-spec.width // _PIXELS_A_TOKEN) * -(-spec.height // _PIXELS_A_TOKEN)


def usage(brief: Brief, spec: FileSpec, images: int, *, text: bool = True) -> Usage:
    """Return the usage of `images` images; `text` says whether that of the request is counted with them."""
    read, made = text_tokens(brief) if text else 0, image_tokens(spec) * images
    return Usage(
        input_tokens=read,
        input_tokens_details=InputTokens(text_tokens=read, image_tokens=0),
        output_tokens=made,
        output_tokens_details=OutputTokens(image_tokens=made, text_tokens=0),
        total_tokens=read + made,
    )
