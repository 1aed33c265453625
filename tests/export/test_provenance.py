import io
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from blazon import __version__
from blazon.draw.svg import xml_safe
from blazon.export.formats import PictureFormat, encode
from blazon.export.provenance import DigitalSourceType, Provenance, parameters, rdf, xmp_packet
from blazon.generation import Drawn

IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
DC = "{http://purl.org/dc/elements/1.1/}"
BLAZON = "{urn:x-blazon:provenance#}"

# Everything Python allows in a text, the worst of XML first; a lone surrogate cannot reach a file either.
hostile = st.one_of(
    st.sampled_from(
        ["]]></rdf:RDF><script>alert(1)</script>", "--><?xpacket end='w'?>", "\x00\x1b\ufffe", "a\r\nSeed: 0"]
    ),
    st.text(max_size=500),
)


@given(prompt=hostile, model=hostile, credit=hostile)
def test_any_text_makes_well_formed_xml_and_comes_back(prompt: str, model: str, credit: str) -> None:
    painted = DigitalSourceType.PAINTED
    made = replace(_plain(), prompt=prompt, model=model, credits=(credit,), digital_source_type=painted)
    for root in (ElementTree.fromstring(rdf(made)), ElementTree.fromstring(xmp_packet(made))):
        assert root.find(f".//{DC}description//*[@{{http://www.w3.org/XML/1998/namespace}}lang]").text == (
            xml_safe(prompt) or None
        )
        assert (root.findtext(f".//{IPTC}AIPromptInformation") or "") == xml_safe(prompt)
        assert (root.findtext(f".//{IPTC}AISystemUsed") or "") == xml_safe(model)
        assert root.findtext(f".//{BLAZON}seed") == "7"
        assert root.findtext(f".//{IPTC}DigitalSourceType") == str(DigitalSourceType.PAINTED)


@given(prompt=hostile)
def test_a_png_with_any_prompt_can_be_read_and_tells_it(prompt: str) -> None:
    made = replace(_plain(), prompt=prompt)
    with Image.open(io.BytesIO(encode(Image.new("RGB", (3, 2)), PictureFormat.PNG, provenance=made))) as picture:
        picture.load()
        assert picture.text["parameters"] == parameters(made)
        assert picture.text["XML:com.adobe.xmp"].encode() == xmp_packet(made)


@given(prompt=hostile, model=hostile)
def test_no_prompt_or_model_can_pass_for_a_value(prompt: str, model: str) -> None:
    said, last = parameters(replace(_plain(), prompt=prompt, model=model)).rsplit("\n", 1)
    assert said == xml_safe(prompt)
    assert last.startswith("Seed: 7, Model: ")


def test_credits_are_named_and_left_out_where_there_are_none(provenance: Provenance) -> None:
    items = ElementTree.fromstring(rdf(provenance)).findall(f".//{DC}contributor//*")
    assert [item.text for item in items if item.text] == ["Croissant by Delapouite, CC BY 3.0"]
    assert "contributor" not in rdf(replace(provenance, credits=()))


def test_without_a_moment_none_is_told(provenance: Provenance) -> None:
    timeless = replace(provenance, created=None)
    assert "2025-03-04T05:06:07+00:00" in rdf(provenance)
    assert "2025-03-04T05:06:07+00:00" in parameters(provenance)
    assert "CreateDate" not in rdf(timeless)
    assert "Created" not in parameters(timeless)


def test_the_origin_of_a_logo_is_what_is_known_of_it() -> None:
    logo = Drawn(b"", "image/png", "flux", 5, painted=True, licence="Apache-2.0", credits=("a", "b"))
    origin = Provenance.of(logo, "a fox")
    assert origin == Provenance(
        "a fox", 5, "flux", "Apache-2.0", __version__, ("a", "b"), DigitalSourceType.PAINTED, None
    )
    assert Provenance.of(replace(logo, painted=False), "a fox").digital_source_type is DigitalSourceType.DRAWN


def test_a_painted_logo_names_its_model_and_a_drawn_one_says_that_there_was_none(provenance: Provenance) -> None:
    painted = provenance
    drawn = replace(provenance, digital_source_type=DigitalSourceType.DRAWN, model="blazon/vector-1")
    for origin, told in ((painted, "Painted by the AI model black-forest-labs"), (drawn, "no AI model painted it")):
        root = ElementTree.fromstring(rdf(origin))
        assert told in root.findtext(f".//{BLAZON}disclosure")
        assert told in parameters(origin)
        assert root.findtext(f".//{IPTC}AISystemUsed") == (origin.model if origin is painted else None)
        assert root.findtext(f".//{BLAZON}model") == origin.model


def test_a_prompt_that_is_not_told_is_nowhere_and_the_rest_is_there(provenance: Provenance) -> None:
    kept = provenance.without_prompt()
    for told in (rdf(kept), parameters(kept), xmp_packet(kept).decode()):
        assert "bakery" not in told
        assert "4711" in told
        assert "FLUX.1-schnell" in told
    assert "AIPromptInformation" not in rdf(kept)
    assert "description>" not in rdf(kept)


def _plain() -> Provenance:
    created = datetime(2025, 1, 2, tzinfo=UTC)
    return Provenance("", 7, "blazon/vector-1", "Apache-2.0", "1", (), DigitalSourceType.DRAWN, created)
