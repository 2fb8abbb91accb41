"""The samples for administrators say what the program does; nginx's is tried where it is there."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from web.guard import BODY_LIMIT, UPLOAD_LIMIT
from web.place import parse_place

DEPLOY = Path(__file__).parents[2] / "deploy"
PROXIES = ("nginx.conf", "Caddyfile")


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_sample_leads_to_where_the_page_listens(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    assert "127.0.0.1:7860" in text
    (given,) = re.findall(r"--root-path (\S+)", text)
    place = parse_place(given)
    assert place.is_behind_proxy
    assert f"{place.path}/" in text
    (size,) = re.findall(r"(?:max_body_size|max_size) (\d+)", text)
    assert int(size) * 1_000_000 >= UPLOAD_LIMIT + BODY_LIMIT


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_nginx_takes_its_sample(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    whole = tmp_path / "whole.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ server {{"
        f" listen 127.0.0.1:{port}; include {DEPLOY / 'nginx.conf'}; }} }}"
    )
    tried = subprocess.run(
        ["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert "test is successful" in tried.stderr, tried.stderr


def test_the_unit_runs_as_a_user_of_its_own_with_little_rights() -> None:
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "onrecord.service", "utf-8")
    service = unit["Service"]
    assert service["User"] not in ("", "root")
    assert service["ExecStart"].split()[1:3] == ["serve", "--store"]
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["UMask"] == "0077"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_its_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "onrecord.service").read_text("utf-8")
    unit = tmp_path / "onrecord.service"
    unit.write_text(text.replace("/opt/onrecord/.venv/bin/onrecord", sys.executable))
    tried = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (tried.returncode, tried.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("caddy") is None, reason="there is no caddy here")
def test_caddy_takes_its_sample() -> None:
    command = ["caddy", "adapt", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
