"""compose.yaml, by the schema that its specification publishes and by what must hold of every service."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from blazon.settings import Settings

ROOT = Path(__file__).parents[2]
# Of https://github.com/compose-spec/compose-spec (Apache-2.0), as check-jsonschema 0.39.0 on PyPI has it.
SCHEMA = Path(__file__).with_name("compose-spec.json")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def _of_profile(compose: dict, profile: str) -> dict[str, dict]:
    return {name: service for name, service in compose["services"].items() if profile in service["profiles"]}


def test_it_keeps_to_the_schema(compose):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert [error.message for error in validator.iter_errors(compose)] == []
    assert not validator.is_valid({**compose, "services": {"a": {"imag": "b"}}})  # it would tell


def test_each_profile_starts_what_it_says(compose):
    profiles = {profile for service in compose["services"].values() for profile in service["profiles"]}
    assert profiles == {"cpu", "gpu", "full"}
    assert set(_of_profile(compose, "cpu")) == {"blazon-cpu"}
    assert set(_of_profile(compose, "gpu")) == {"blazon-gpu"}
    assert set(_of_profile(compose, "full")) == {"blazon-full", "postgres", "s3", "prometheus", "grafana"}
    for profile in profiles:
        started = _of_profile(compose, profile)
        assert {needed for service in started.values() for needed in service.get("depends_on", {})} <= set(started)


def test_every_service_restarts_is_checked_has_no_rights_and_keeps_its_data_in_named_volumes(compose):
    images = {f"blazon:{target}" for target in ("cpu", "gpu", "full")}  # these have a HEALTHCHECK of their own
    for service in compose["services"].values():
        assert service["restart"] == "unless-stopped"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert ("healthcheck" in service) != (service["image"] in images)
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (source == "./deploy/monitoring" and volume.endswith(":ro"))


def test_ports_are_published_on_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("${BIND:-127.0.0.1}:") for port in ports)


def test_servers_ask_for_keys_and_are_given_time_to_stop(compose):
    for name in ("blazon-cpu", "blazon-gpu", "blazon-full"):
        service = compose["services"][name]
        assert service["environment"]["API_KEYS"] == "${API_KEYS:-required}"
        drain = int(re.search(r"\d+", service["environment"]["DRAIN_TIMEOUT"])[0])
        assert int(service["stop_grace_period"].rstrip("s")) >= drain + 10  # what the supervisor waits beyond it


def test_flux_gets_a_gpu_and_keeps_its_models(compose):
    flux = compose["services"]["blazon-gpu"]
    [device] = flux["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert "models:/models" in flux["volumes"]


def test_no_password_is_written_down(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN", name):
                assert re.fullmatch(r"\$\{[A-Z0-9_]+:-\}|/run/secrets/\w+", value), name
    assert all(set(secret) == {"environment"} for secret in compose["secrets"].values())


def test_settings_are_settings_and_files_are_there(compose):
    own = {name.upper() for name in Settings.model_fields}
    for name in ("blazon-cpu", "blazon-gpu", "blazon-full"):
        given = compose["services"][name]["environment"]
        assert {key for key in given if not key.startswith(("AWS_", "PG"))} <= own
    for config in compose["configs"].values():
        assert (ROOT / config["file"]).is_file()
