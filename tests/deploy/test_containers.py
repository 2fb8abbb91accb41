"""The samples for containers, as far as they can be tried without an engine that runs them.

hadolint and compose-spec, which know the formats better, are used where they are installed.
"""

from __future__ import annotations

import http.server
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from app import application
from web.guard import BODY_LIMIT, UPLOAD_LIMIT
from web.place import parse_place

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")
TEMPLATE = DEPLOY / "nginx.conf.template"
VARIABLES = {"ONRECORD_PROXY_SECRET", "ONRECORD_OIDC_SECRET"}

# The parts of the Compose specification that are used here.
TOP = {"name", "services", "networks", "volumes"}
SERVICE = {
    *("build", "cap_drop", "command", "depends_on", "environment", "image", "init", "mem_limit"),
    *("networks", "pids_limit", "ports", "read_only", "restart", "security_opt"),
    *("stop_grace_period", "tmpfs", "user", "volumes"),
}
INSTRUCTIONS = {
    *("ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "USER"),
    *("VOLUME", "WORKDIR"),
}


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions with their arguments, continued lines joined."""
    lines = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    pairs = (line.split(maxsplit=1) for line in lines.splitlines() if line.strip())
    return [(name, rest) for name, rest in pairs]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def resolved(part: Any, values: dict[str, str]) -> Any:
    """Return a part of the compose file with its variables as where only `values` are set."""
    if isinstance(part, dict):
        return {name: resolved(inner, values) for name, inner in part.items()}
    if isinstance(part, list):
        return [resolved(inner, values) for inner in part]
    if isinstance(part, str):
        part = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: values.get(m[1]) or m[2], part)
        assert "$" not in part
    return part


def composed(**values: str) -> dict[str, Any]:
    whole: dict[str, Any] = resolved(yaml.safe_load(COMPOSE), values)
    return whole


def tracked() -> set[str]:
    """Return the files that git knows; skips the test where this is no checkout."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(listed.stdout.splitlines())


def check_command(arguments: list[str]) -> None:
    """Parse a command as the command line does, without running it."""
    group = typer.main.get_command(application)
    with group.make_context("onrecord", list(arguments)) as context:
        name, command, rest = group.resolve_command(context, list(arguments))  # type: ignore[attr-defined]
        command.make_context(name, rest, parent=context)


# The image


def test_the_dockerfile_has_known_instructions_and_fixed_bases() -> None:
    assert {name for name, _ in instructions()} <= INSTRUCTIONS
    assert [base.split()[0] for base in of("FROM")] == ["python:3.11-slim"] * 2
    assert "http" not in DOCKERFILE.replace("http.client", "").replace("as h;", "")


def test_what_is_copied_is_there_known_to_git_and_let_in() -> None:
    files = tracked()
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sources = [s for copy in of("COPY") if "--from" not in copy for s in copy.split()[:-1]]
    for source in sources:
        known = source in files or any(file.startswith(f"{source}/") for file in files)
        assert known, source
        assert f"!{source}" in let_in
    assert sorted(line[1:] for line in let_in if line.startswith("!")) == sorted(sources)
    assert "*" in let_in
    assert {"deploy/Dockerfile", ".dockerignore", "deploy/compose.yaml"} <= files


def test_everything_that_is_packaged_is_copied() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {name.split(".")[0] for name in settings["tool"]["setuptools"]["packages"]}
    copied = {source for copy in of("COPY") for source in copy.split()[:-1]}
    assert packages | {"app.py", *settings["project"]["license-files"]} <= copied
    extras = settings["project"]["optional-dependencies"]
    (installed,) = re.findall(r"'\.\[([\w,]+)\]'", DOCKERFILE)
    assert set(installed.split(",")) <= extras.keys()
    assert DOCKERFILE.count("pip install") == DOCKERFILE.count("--constraint constraints.txt")


def test_it_runs_as_a_user_with_a_private_store() -> None:
    (user,) = of("USER")
    assert user == "10001:10001"
    assert "--mode=0700 --owner=onrecord --group=onrecord /data" in of("RUN")[-1]
    assert json.loads(of("VOLUME")[0]) == ["/data"]
    assert of("EXPOSE") == ["7860"]


def test_it_begins_with_a_command_that_there_is() -> None:
    assert json.loads(of("ENTRYPOINT")[0]) == ["onrecord"]
    check_command(json.loads(of("CMD")[0]))
    assert "onrecord prepare" in DOCKERFILE
    check_command(["prepare"])
    with pytest.raises(typer.TyperException):
        check_command(["serve", "--no-such-option"])


class Health(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_its_health_is_what_the_server_says(
    port: int, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    monkeypatch.setattr(Health, "status", status)
    (check,) = of("HEALTHCHECK")
    python, option, script = json.loads(check.partition("CMD ")[2])
    assert (python, option) == ("python", "-c")
    assert script.count("7860") == 1
    script = script.replace("7860", str(port))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="there is no hadolint here")
def test_hadolint_has_nothing_to_say() -> None:
    command = ["hadolint", str(DEPLOY / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


# The containers together


def test_compose_has_only_what_the_specification_has() -> None:
    compose = composed()
    assert compose.keys() <= TOP
    for service in compose["services"].values():
        assert service.keys() <= SERVICE
        assert set(service["networks"]) <= compose["networks"].keys()
        assert all(isinstance(value, str) for value in service["environment"].values())
        for mount in service["volumes"]:
            source, target, *mode = mount.split(":")
            assert source in compose["volumes"] or (mode == ["ro"] and source.startswith("./"))
            assert target.startswith("/")
    assert compose["networks"]["inside"] == {"internal": True}
    (needed,) = compose["services"]["proxy"]["depends_on"].items()
    assert needed == ("onrecord", {"condition": "service_healthy"})


def test_compose_as_a_library_reads_it() -> None:
    reader = pytest.importorskip("compose_spec", reason="compose-spec is not installed")
    read = reader.PyCompose.from_json(json.dumps(composed()))
    assert sorted(read.service_names()) == ["onrecord", "proxy"]


@pytest.mark.parametrize("name", ["onrecord", "proxy"])
def test_a_container_may_do_little(name: str) -> None:
    service = composed()["services"][name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert service["restart"] == "unless-stopped"
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service.get("user", "10001:10001").split(":")[0] not in ("", "0", "root")


def test_only_the_proxy_is_published_and_to_this_machine_unless_told_otherwise() -> None:
    services = composed()["services"]
    assert "ports" not in services["onrecord"]
    assert services["onrecord"]["networks"] == ["inside"]
    assert services["proxy"]["ports"] == ["127.0.0.1:8080:8080"]
    assert composed(ONRECORD_PUBLISH="8080")["services"]["proxy"]["ports"] == ["8080:8080"]


def test_secrets_come_from_the_environment_alone() -> None:
    for service in composed()["services"].values():
        for name in VARIABLES & service["environment"].keys():
            assert service["environment"][name] == ""
    given = composed(ONRECORD_OIDC_SECRET="x y", ONRECORD_PROXY_SECRET="z")["services"]
    assert given["onrecord"]["environment"].keys() == VARIABLES
    assert given["onrecord"]["environment"]["ONRECORD_OIDC_SECRET"] == "x y"
    assert given["proxy"]["environment"]["ONRECORD_PROXY_SECRET"] == "z"
    assert "ONRECORD_OIDC_SECRET" not in given["proxy"]["environment"]


def test_what_compose_names_is_there() -> None:
    files = tracked()
    services = composed()["services"]
    build = services["onrecord"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    assert build["args"].keys() <= {name.partition("=")[0] for name in of("ARG")}
    for mount in services["proxy"]["volumes"]:
        assert f"deploy/{mount.split(':')[0].removeprefix('./')}" in files
    assert any(mount.split(":")[1] == "/data" for mount in services["onrecord"]["volumes"])


def test_the_commands_of_compose_are_those_of_the_program() -> None:
    command = composed()["services"]["onrecord"]["command"]
    check_command(command)
    assert "--insecure" in command
    assert "--insecure" not in of("CMD")[0]
    place = parse_place(command[command.index("--root-path") + 1])
    assert place.host == "localhost:8080"
    texts = COMPOSE + (ROOT / "README.md").read_text("utf-8")
    told = re.findall(r"run --rm onrecord (.+)", texts)
    assert told
    for line in told:
        check_command(line.split())


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
@pytest.mark.parametrize("secret", ["", "a long secret of the proxy's"])
def test_nginx_takes_its_template_with_the_secret_put_in(tmp_path: Path, secret: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = TEMPLATE.read_text("utf-8").replace("${ONRECORD_PROXY_SECRET}", secret)
    assert "${" not in text
    (size,) = re.findall(r"max_body_size (\d+)m", text)
    assert int(size) * 1_000_000 >= UPLOAD_LIMIT + BODY_LIMIT
    assert "listen 8080;" in text
    text = text.replace("//onrecord:7860", "//127.0.0.1:7860").replace("/tmp/", f"{tmp_path}/")
    whole = tmp_path / "nginx.conf"
    whole.write_text(text.replace("listen 8080", f"listen 127.0.0.1:{port}"))
    tried = subprocess.run(
        ["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert "test is successful" in tried.stderr, tried.stderr
