"""The manifests for Kubernetes: against the schema of KubeRay, against Ray's own, and against each other."""

import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from blazon.errors import InvalidSetting
from blazon.settings import Settings

pytest.importorskip("ray", reason="Ray is not installed: pip install 'blazon[cluster]'")

from ray import serve
from ray.serve.schema import ServeDeploySchema

from blazon.serve.cluster.deployment import build_application

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/kubernetes"
SCHEMA = Path(os.environ.get("KUBERAY_SCHEMA", ROOT.parent / "shared/kuberay/ray.io_rayservices.yaml"))


def read(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    (found,) = read("rayservice.yaml")
    return found


@pytest.fixture(scope="module")
def api() -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in read("api.yaml")}


def serve_config(service: dict[str, Any]) -> dict[str, Any]:
    return yaml.safe_load(service["spec"]["serveConfigV2"])


def test_kuberay_takes_it(service):
    if not SCHEMA.is_file():
        pytest.skip("the schema of KubeRay is not here; KUBERAY_SCHEMA may name it")
    definition = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    (version,) = (one for one in definition["spec"]["versions"] if one["name"] == "v1")
    schema = version["schema"]["openAPIV3Schema"]
    jsonschema.validate(service, schema)
    wrong = {**service, "spec": {**service["spec"], "serveConfigV2": 1}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_ray_takes_the_configuration_and_it_names_our_replicas(service, monkeypatch):
    config = ServeDeploySchema.model_validate(serve_config(service))
    (application,) = config.applications
    monkeypatch.setenv("CLUSTER_TOKEN", "a-token")
    assert application.import_path == f"{build_application.__module__}:{build_application.__name__}"
    assert isinstance(build_application(dict(application.args)), serve.Application)


@pytest.mark.parametrize("arguments", [{"replicas": 2}, {"most": "many"}, {"least": None}])
def test_what_is_no_plan_is_one_line(arguments, monkeypatch):
    monkeypatch.setenv("CLUSTER_TOKEN", "a-token")
    with pytest.raises(InvalidSetting, match=next(iter(arguments))):
        build_application(arguments)


def test_without_a_token_nothing_is_deployed(monkeypatch):
    monkeypatch.delenv("CLUSTER_TOKEN", raising=False)
    with pytest.raises(InvalidSetting, match="CLUSTER_TOKEN"):
        build_application({})


def test_server_and_replicas_fit_each_other(service, api):
    (container,) = api["Deployment"]["spec"]["template"]["spec"]["containers"]
    given = {one["name"]: one["value"] for one in container["env"]}
    plan = serve_config(service)["applications"][0]["args"]
    assert given["CLUSTER"] == f"http://{service['metadata']['name']}-serve-svc:8000"
    assert int(given["MAX_CONCURRENT_JOBS"]) >= plan["most"] * plan["threads"]
    (workers,) = service["spec"]["rayClusterConfig"]["workerGroupSpecs"]
    assert workers["maxReplicas"] * int(limits(workers)["nvidia.com/gpu"]) >= plan["most"] * plan["gpus"]
    groups = [service["spec"]["rayClusterConfig"]["headGroupSpec"], workers]
    head, worker = (group["template"]["spec"]["containers"][0] for group in groups)
    assert head["image"] == worker["image"]
    assert head["envFrom"] == worker["envFrom"] == container["envFrom"]


def test_each_image_is_built_with_what_it_needs(service, api):
    (container,) = api["Deployment"]["spec"]["template"]["spec"]["containers"]
    (workers,) = service["spec"]["rayClusterConfig"]["workerGroupSpecs"]
    replica = workers["template"]["spec"]["containers"][0]
    guide = (ROOT / "docs/deploy/kubernetes.md").read_text(encoding="utf-8")
    built = dict(re.findall(r"^\$ docker build --target (\w+) --build-arg EXTRAS=\w+ -t (\S+) \.", guide, re.MULTILINE))
    assert built == {"cpu": container["image"], "gpu": replica["image"]}


def limits(group: dict[str, Any]) -> dict[str, str]:
    return group["template"]["spec"]["containers"][0]["resources"]["limits"]


def test_every_setting_is_one(api):
    (container,) = api["Deployment"]["spec"]["template"]["spec"]["containers"]
    names = [*api["ConfigMap"]["data"], *(one["name"] for one in container["env"])]
    assert set(names) <= {name.upper() for name in Settings.model_fields}


def test_a_pod_is_given_as_long_to_end_as_a_drain_takes(api):
    seconds = api["Deployment"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert seconds > Settings.model_fields["drain_timeout"].default + 10
