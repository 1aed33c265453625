"""The models of a server, by the official client."""

import openai
import pytest
from openai.types import Model


def test_models_are_listed_with_their_licence(client):
    (model,) = client.models.list().data
    assert Model.model_validate_json(model.model_dump_json(), strict=True)
    assert (model.id, model.owned_by, model.licence) == ("blazon/vector-1", "blazon", "Apache-2.0")
    assert (model.commercial_use, model.painted, model.default) == (True, False, True)


def test_a_model_has_a_name_and_an_identifier(painter):
    assert [model.id for model in painter.models.list()] == ["default", "tiny-flux", "blazon/vector-1"]
    assert [model.default for model in painter.models.list()] == [True, True, False]
    assert [painter.models.retrieve(name).identifier for name in ("default", "tiny-flux")] == ["tiny-flux"] * 2


def test_every_id_can_be_asked_for(painter):
    for model in painter.models.list():
        made = painter.images.generate(prompt="a bakery", size="64x64", model=model.id)
        assert made.model == model.identifier


def test_names_of_openai_stand_for_the_default(client):
    model = client.models.retrieve("gpt-image-1")
    assert (model.id, model.identifier) == ("gpt-image-1", "blazon/vector-1")


def test_an_unknown_one_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-4")
    assert missing.value.code == "model_not_found"


def test_while_the_studio_opens_nothing_is_known(start, stand_in, connect, gate):
    def opening():
        gate.wait()
        return stand_in()

    with pytest.raises(openai.InternalServerError) as refused:
        connect(start(opening, wait=False)).models.list()
    assert (refused.value.status_code, refused.value.response.headers["Retry-After"]) == (503, "1")
