"""docker-compose.yml, Dockerfile and what they lean on: everything that can be known without Docker."""

import re
import stat
import subprocess
import tomllib

import pytest
from cryptography.fernet import Fernet

from tests.production.compose import HOST, ROOT, compose, made_env, services

SECRETS = (
    "NIGHTDESK_HOST",
    "POSTGRES_PASSWORD",
    "DATABASE_OWNER_PASSWORD",
    "DATABASE_PASSWORD",
    "SECRET_KEY",
    "NIGHTDESK_ENCRYPTION_KEYS",
)
OURS = ("migrate", "web", "live", "worker")


def test_compose_reads_it_and_these_are_its_services() -> None:
    assert set(services()) == {*OURS, "db", "redis", "proxy"}
    assert {name: found.get("deploy", {}).get("replicas", 1) for name, found in services().items()} == {
        "migrate": 1, "web": 2, "live": 1, "worker": 2, "db": 1, "redis": 1, "proxy": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_nothing_starts(name: str) -> None:
    env = "\n".join(line for line in made_env().splitlines() if not line.startswith(f"{name}="))
    for missing in (env, f"{env}\n{name}="):
        refused = compose("-q", env=missing)
        assert refused.returncode == 1
        assert f"required variable {name} is missing a value: see .env.example" in refused.stderr


def test_the_example_names_what_must_be_set_and_holds_no_value() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and line[0] != "#"] == [f"{name}=" for name in SECRETS]
    assert compose("-q", env="\n".join(lines)).returncode == 1


def test_a_made_env_has_fresh_secrets_that_fit() -> None:
    first = dict(line.split("=", 1) for line in made_env().splitlines())
    made_env.cache_clear()
    second = dict(line.split("=", 1) for line in made_env().splitlines())
    assert list(first) == list(SECRETS)
    assert first["NIGHTDESK_HOST"] == second["NIGHTDESK_HOST"] == HOST
    assert all(first[name] != second[name] for name in SECRETS[1:])
    assert all(re.fullmatch(r"[0-9a-f]{48,}", first[name]) for name in SECRETS[1:5])
    Fernet(first["NIGHTDESK_ENCRYPTION_KEYS"])


@pytest.mark.parametrize("host", ["", "https://x.example.org", "x.example.org:8443", "x y", "$(reboot)"])
def test_make_env_wants_a_host(host: str) -> None:
    refused = subprocess.run(["sh", ROOT / "scripts" / "make-env", host], capture_output=True, text=True)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)


def names_in_code() -> set[str]:
    """Every variable that settings and first start read."""
    text = "".join(
        path.read_text() for path in [ROOT / "config/settings.py", ROOT / "accounts/first_start.py"]
    )
    return set(re.findall(r'env(?:\.\w+|iron\.get)?\(\s*"([A-Z_]+)"', text))


def test_every_name_that_compose_sets_is_one_that_nightdesk_knows() -> None:
    known = names_in_code()
    set_here = {name for service in OURS for name in services()[service]["environment"]}
    # Python's own name for where it puts what does not last.
    assert set_here - known == {"TMPDIR"}


def test_big_backups_are_unpacked_on_the_volume_and_not_in_memory() -> None:
    migrate = services()["migrate"]
    assert (migrate["environment"]["TMPDIR"], migrate["tmpfs"]) == ("/var/lib/nightdesk", ["/tmp"])


def test_readme_explains_every_variable() -> None:
    table = (ROOT / "README.md").read_text().split("## Settings")[1]
    explained = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])
    }
    assert names_in_code() - explained == {"NIGHTDESK_AS_OWNER"}  # between our own processes
    assert explained - names_in_code() == set()


def test_only_migrate_knows_the_owner_and_nobody_the_superuser() -> None:
    knows = {name for name in OURS if "DATABASE_OWNER_URL" in services()[name]["environment"]}
    assert knows == {"migrate"}
    superuser = services()["db"]["environment"]["POSTGRES_PASSWORD"]
    assert superuser not in str([services()[name] for name in (*OURS, "redis", "proxy")])


def test_each_command_exists_and_web_listens_where_the_proxy_looks() -> None:
    web = ["python", "-m", "config.web", "--host", "0.0.0.0", "--port", "8000"]
    assert services()["web"]["command"] == services()["live"]["command"] == web
    assert services()["migrate"]["command"] == ["python", "manage.py", "prepare"]
    assert services()["worker"]["command"][:5] == ["celery", "--quiet", "-A", "config", "worker"]
    assert f'CMD ["{'", "'.join(web)}"]' in (ROOT / "Dockerfile").read_text()
    assert (ROOT / "config" / "web.py").exists()
    proxied = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "reverse_proxy live:8000" in proxied
    assert "dynamic a web 8000" in proxied


def test_only_the_proxy_is_reached_from_outside() -> None:
    ports = {
        name: [(port["published"], port["protocol"]) for port in found.get("ports", [])]
        for name, found in services().items()
    }
    assert ports.pop("proxy") == [("80", "tcp"), ("443", "tcp"), ("443", "udp")]
    assert set(map(tuple, ports.values())) == {()}


def test_the_proxy_s_network_is_the_one_that_is_trusted_and_holds_nobody_else() -> None:
    front = {name for name, found in services().items() if "front" in found["networks"]}
    assert front == {"proxy", "web", "live"}
    assert services()["web"]["environment"]["NIGHTDESK_TRUSTED_PROXIES"] == "172.31.251.0/24"
    moved = compose("--format", "json", env=f"{made_env()}NIGHTDESK_SUBNET=10.9.8.0/24\n").stdout
    assert '"subnet": "10.9.8.0/24"' in moved
    assert '"NIGHTDESK_TRUSTED_PROXIES": "10.9.8.0/24"' in moved
    assert "172.31.251" not in moved


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_do_little(name: str) -> None:
    found = services()[name]
    assert (found["read_only"], found["cap_drop"], found["security_opt"]) == (
        True, ["ALL"], ["no-new-privileges:true"],
    )  # fmt: skip


def test_everything_comes_back_except_what_runs_once() -> None:
    assert {name: found["restart"] for name, found in services().items()} == {
        name: "no" if name == "migrate" else "unless-stopped" for name in services()
    }
    assert {name for name, found in services().items() if "healthcheck" not in found} == {"migrate", "proxy"}
    assert all("stop_grace_period" in found for found in services().values())
    waits = {name: services()[name]["depends_on"]["migrate"]["condition"] for name in OURS[1:]}
    assert set(waits.values()) == {"service_completed_successfully"}


def test_images_are_the_ones_that_were_decided() -> None:
    images = {name: services()[name]["image"] for name in ("db", "redis", "proxy")}
    assert images == {"db": "postgres:18-bookworm", "redis": "redis:8-bookworm", "proxy": "caddy:2"}
    mounts = {mount["target"] for mount in services()["db"]["volumes"]}
    assert mounts == {"/var/lib/postgresql", "/docker-entrypoint-initdb.d/10-roles.sh"}
    assert services()["redis"]["command"] == [
        "redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


def test_the_image_is_built_from_the_lock_by_hash_and_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text()
    assert lines.count("FROM python:3.13-slim-bookworm") == 2
    assert "--require-hashes" in lines
    assert re.findall(r"^USER (\S+)$", lines, re.MULTILINE) == ["nightdesk"]
    assert not re.search(r"(SECRET|PASSWORD|_KEYS?)=", lines)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", lines, re.MULTILINE)
    assert copied == ["requirements-prod.lock", "."]


def test_what_is_copied_into_the_image_is_named_and_holds_no_data() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert not let_in & {".env", ".nightdesk", ".venv", ".git", "tests"}
    apps = {
        path.name for path in ROOT.iterdir() if path.is_dir() and next(path.glob("apps.py"), None) is not None
    }
    assert apps | {"templates", "static", "config", "manage.py"} <= let_in
    assert all((ROOT / name).exists() for name in let_in)


def test_the_production_lock_has_everything_that_is_declared_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["embedded"]]
    names = {re.split(r"[\[<>=]", line)[0] for line in wanted}
    lock = (ROOT / "requirements-prod.lock").read_text()
    locked = re.findall(r"^([a-z0-9-]+)==[^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)
    assert names - set(locked) == set()
    assert len(locked) == len(re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE))
    everything = (ROOT / "requirements.lock").read_text()
    pins = set(re.findall(r"^[a-z0-9-]+==[^ ]+", lock, re.MULTILINE))
    assert pins <= set(re.findall(r"^[a-z0-9-]+==[^ ]+", everything, re.MULTILINE)), "tested as shipped"


def test_the_page_s_env_file_says_to_systemd_what_it_says_to_sh() -> None:
    """systemd takes a comment behind a value for a part of it; blanks, quotes and $ mean other things there."""
    page = (ROOT / "docs" / "production.md").read_text()
    block = next(text for text in page.split("```") if "NIGHTDESK_URL=" in text and "METRICS_TOKEN" in text)
    lines = [line for line in block.splitlines()[1:] if line and not line.startswith("#")]
    assert len(lines) == 8
    assert [line for line in lines if not re.fullmatch(r"[A-Z_]+=[^\s\"'$&;#]+", line)] == []


@pytest.mark.parametrize("name", ["deploy/postgres-roles.sh", "scripts/make-env"])
def test_the_scripts_are_sh_and_may_be_executed(name: str) -> None:
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", ROOT / name], check=False).returncode == 0
