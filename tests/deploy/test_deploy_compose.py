"""Every promise of the compose file, read from the file itself: no engine is needed."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.carrier import GRACE
from bot.settings import DiscordSettings, TelegramSettings
from worker.settings import WorkerSettings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
GPU: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.gpu.yml").read_text())
EXAMPLE = (ROOT / ".env.example").read_text()
SERVICES: dict[str, Any] = COMPOSE["services"]
ALWAYS = {name for name, service in SERVICES.items() if "profiles" not in service}
OURS = {"redis", "worker", "discord", "telegram", "doctor", "queue-dashboard"}
FRONTENDS = {"discord": DiscordSettings, "telegram": TelegramSettings}

each = pytest.mark.parametrize("name", sorted(SERVICES))


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def variables(settings: type[Any]) -> set[str]:
    prefix = settings.model_config["env_prefix"]
    return {
        field.validation_alias or f"{prefix}{name}".upper()
        for name, field in settings.model_fields.items()
    }


def test_what_starts_by_itself():
    assert {"redis", "uploads", "worker", "discord", "telegram"} == ALWAYS


@each
def test_confinement(name):
    service = SERVICES[name]
    uid, _ = service["user"].split(":")
    assert int(uid) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["ulimits"] == {"core": 0}
    # The base image declares /data to be a volume, which would be on disk.
    in_memory = ("/tmp:size=", "/data:size=") if name == "uploads" else ("/tmp:size=",)
    assert all(entry.startswith(in_memory) for entry in service["tmpfs"])
    assert len(service["tmpfs"]) == len(in_memory)
    for volume in service.get("volumes", ()):
        source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
        # Nothing of the machine but our own files, and those read only.
        if "/" in source:
            assert source.startswith("./deploy/")
            assert volume.endswith(":ro")
        else:
            assert source in COMPOSE["volumes"]


@each
def test_limits_and_logs(name):
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert limits["memory"]
    assert limits["cpus"] is not None
    assert limits["pids"] > 0
    assert service["logging"]["driver"] == "json-file"
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


@each
def test_scaling_is_not_in_the_way(name):
    assert "container_name" not in SERVICES[name]
    assert "hostname" not in SERVICES[name]


@each
def test_ports(name):
    ports = SERVICES[name].get("ports", [])
    assert all(port.startswith("127.0.0.1:") for port in ports)
    if name in ALWAYS:
        assert ports == []


@each
def test_health(name):
    check = SERVICES[name]["healthcheck"]
    if name in ("doctor", "models"):
        assert check == {"disable": True}
        return
    # The exec form: no shell is needed, and no variable of the host gets in.
    assert check["test"][0] == "CMD"
    assert seconds(check["timeout"]) < seconds(check["interval"])


def test_health_commands_are_ours():
    for name in FRONTENDS:
        assert SERVICES[name]["healthcheck"]["test"][1:] == f"python -m bot health {name}".split()
        assert SERVICES[name]["command"] == [name]
    assert SERVICES["worker"]["healthcheck"]["test"][1:] == ["python", "-m", "worker", "health"]
    assert (ROOT / "deploy/redis/health.sh").exists()


def test_order_of_start():
    for name in OURS - {"redis"}:
        assert SERVICES[name]["depends_on"]["redis"] == {"condition": "service_healthy"}


def test_a_worker_may_finish_its_batch():
    settings = WorkerSettings(REDIS_URL="redis://x")
    # Four candidates a job at most.
    steps = math.ceil(settings.batch_jobs * 4 / settings.batch_pictures)
    grace = seconds(SERVICES["worker"]["stop_grace_period"])
    assert grace > steps * settings.step_timeout
    for name in FRONTENDS:
        # Once for what is being answered, once for what is being delivered.
        assert seconds(SERVICES[name]["stop_grace_period"]) > 2 * GRACE
    for service in SERVICES.values():
        assert "stop_signal" not in service


def test_restarts():
    for name in FRONTENDS:
        assert SERVICES[name]["restart"] == f"${{{name.upper()}_TOKEN:+unless-stopped}}"
        assert SERVICES[name]["environment"]["MOEMOJI_TOKEN_OPTIONAL"] == "true"
    for name in ALWAYS - set(FRONTENDS):
        assert SERVICES[name]["restart"] == "unless-stopped"


def test_redis_has_a_password_that_no_command_shows():
    assert "REDIS_PASSWORD" in SERVICES["redis"]["environment"]
    for service in SERVICES.values():
        assert "PASSWORD" not in json.dumps([service.get("command"), service.get("healthcheck")])
    assert COMPOSE["networks"]["store"]["internal"] == "${STORE_INTERNAL:-true}"
    assert SERVICES["redis"]["networks"] == ["store"]
    for name in OURS - {"redis"}:
        (volume,) = (v for v in SERVICES[name]["volumes"] if v["source"] == "secret")
        assert volume["read_only"] is True
        # Else whichever container is made first would give the volume its owner.
        assert volume["volume"] == {"nocopy": True}


def test_photos_have_a_redis_that_cannot_write():
    service = SERVICES["uploads"]
    assert service["environment"]["CONFIG"] == "/etc/moemoji/uploads.conf"
    (volume,) = service["volumes"]
    assert (volume["source"], volume["read_only"]) == ("secret", True)
    assert service["networks"] == ["store"]
    assert service["depends_on"]["redis"] == {"condition": "service_healthy", "restart": True}
    config = (ROOT / "deploy/redis/uploads.conf").read_text().splitlines()
    assert {'save ""', "appendonly no"} <= set(config)
    assert not [line for line in config if line.startswith("include")]
    for name in ("worker", *FRONTENDS, "doctor"):
        address = SERVICES[name]["environment"]["MOEMOJI_UPLOADS_URL"]
        assert address == "${MOEMOJI_UPLOADS_URL-redis://uploads:6379/0}"
    # Memory that holds photos is not swapped out either.
    for name in ("uploads", "worker", *FRONTENDS):
        limit = SERVICES[name]["deploy"]["resources"]["limits"]["memory"]
        assert SERVICES[name]["memswap_limit"] == limit


def test_only_one_program_may_change_packs():
    mounts = {
        (name, volume.get("read_only", False))
        for name, service in SERVICES.items()
        for volume in service.get("volumes", ())
        if isinstance(volume, dict) and volume["source"] == "packs"
    }
    assert mounts == {("worker", True), ("models", False)}
    for name, _ in mounts:
        volume = SERVICES[name]["volumes"][-1]
        assert SERVICES[name]["environment"]["MOEMOJI_PACKS"] == volume["target"]
        # The volume takes its owner from the image.
        made = f"install --directory --owner 10001 --group 10001 {volume['target']}"
        assert made in (ROOT / "Dockerfile").read_text()
    assert SERVICES["models"]["networks"] == ["outside"]
    assert SERVICES["models"]["image"] == SERVICES["worker"]["image"]


def test_secrets_go_only_where_they_are_needed():
    for secret, allowed in {
        "DISCORD_TOKEN": {"discord", "doctor"},
        "TELEGRAM_TOKEN": {"telegram", "doctor"},
        "TELEGRAM_WEBHOOK_SECRET": {"telegram"},
        "REDIS_PASSWORD": {"redis"},
    }.items():
        assert {n for n, s in SERVICES.items() if secret in s.get("environment", {})} == allowed
    assert all("env_file" not in service for service in SERVICES.values())
    for args in (s["build"].get("args", {}) for s in SERVICES.values() if "build" in s):
        assert set(args) <= {"TORCH_INDEX_URL"}


def test_every_setting_reaches_its_program():
    for name, settings in {**FRONTENDS, "worker": WorkerSettings}.items():
        missing = variables(settings) - set(SERVICES[name]["environment"])
        assert not missing, name


def test_every_variable_is_in_the_example():
    told = set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", EXAMPLE, re.M))
    used = set(re.findall(r"\$\{(\w+)", TEXT + (ROOT / "docker-compose.gpu.yml").read_text()))
    passed = {
        name
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    settings = set().union(*map(variables, (*FRONTENDS.values(), WorkerSettings)))
    assert used | passed | settings <= told
    # Nor is there one that nothing reads.
    assert told <= used | passed | settings


def test_defaults_in_the_example_are_those_of_the_settings():
    told = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.+)$", EXAMPLE, re.M))
    # What compose itself sets otherwise is told as compose has it.
    del told["MOEMOJI_LOG_JSON"], told["MOEMOJI_UPLOADS_URL"]
    for settings in (*FRONTENDS.values(), WorkerSettings):
        for name, field in settings.model_fields.items():
            variable = field.validation_alias or f"MOEMOJI_{name}".upper()
            if variable in told and not field.is_required():
                default = field.get_default()
                shown = str(default).lower() if isinstance(default, bool) else str(default)
                assert told[variable] in (shown, shown.removesuffix(".0")), variable


def test_defaults_in_compose_are_those_of_the_example():
    told = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE, re.M))
    for name, default in re.findall(r"\$\{(\w+):?-([^}]*)\}", TEXT):
        assert told[name] == default, name


def test_the_example_as_it_is_lacks_only_a_token():
    given = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE, re.M))
    assert given == {"DISCORD_TOKEN": "", "TELEGRAM_TOKEN": ""}
    assert ":?" not in TEXT


def test_memory():
    def megabytes(text: str) -> float:
        number, unit = re.search(r"(\d+)([mg])b?\}?$", text).groups()
        return int(number) * {"m": 1, "g": 1024}[unit]

    limit = SERVICES["redis"]["deploy"]["resources"]["limits"]["memory"]
    data = SERVICES["redis"]["environment"]["REDIS_MAXMEMORY"]
    assert megabytes(limit) >= 2 * megabytes(data)


def test_the_gpu_file_changes_only_the_worker():
    assert set(GPU["services"]) == {"worker"}
    (device,) = GPU["services"]["worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert device["driver"] == "nvidia"
    assert device["capabilities"] == ["gpu"]
    assert "devices" not in TEXT
    # The build with CUDA; the other file's default is the one without.
    assert GPU["services"]["worker"]["build"]["args"] == {"TORCH_INDEX_URL": ""}
    default = SERVICES["worker"]["build"]["args"]["TORCH_INDEX_URL"]
    assert default == "${TORCH_INDEX_URL-https://download.pytorch.org/whl/cpu}"
    assert f"ARG TORCH_INDEX_URL={default[18:-1]}\n" in (ROOT / "Dockerfile").read_text()


def test_no_swap_for_what_holds_photos_with_a_gpu_either():
    """An engine refuses a memory limit above that of memory and swap together."""
    worker = GPU["services"]["worker"]
    assert worker["memswap_limit"] == worker["deploy"]["resources"]["limits"]["memory"]


def test_images_are_pinned_and_targets_exist():
    stages = re.findall(r"^FROM .* AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.M)
    for service in SERVICES.values():
        if "build" in service:
            assert service["build"]["target"] in stages
        else:
            assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])


def test_monitoring_speaks_of_what_there_is():
    from prometheus_client import REGISTRY

    import worker.metrics  # noqa: F401 - registers what is counted

    families = {family.name for family in REGISTRY.collect()}
    source = (ROOT / "worker/metrics.py").read_text()
    families |= set(re.findall(r'GaugeMetricFamily\(\s*"(\w+)"', source))
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/moemoji.json").read_text())
    alerts = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in alerts["groups"][0]["rules"]]
    named = set(re.findall(r"\b(?:moemoji|process)_\w+", " ".join(asked)))
    bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in named}
    assert bare <= families
    # And everything that is counted is shown.
    ours = {name for name in families if name.startswith("moemoji_")}
    assert ours - bare <= {"moemoji_redis_up", "moemoji_running_jobs"}


def test_prometheus_asks_the_port_that_compose_opens():
    scrape = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    (found,) = scrape["scrape_configs"][0]["dns_sd_configs"]
    assert set(found["names"]) == {"worker", *FRONTENDS}
    for name in found["names"]:
        assert SERVICES[name]["environment"]["MOEMOJI_METRICS_PORT"] == found["port"]
        assert set(SERVICES[name]["networks"]) & set(SERVICES["prometheus"]["networks"])
