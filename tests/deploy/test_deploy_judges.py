"""What others' tools say to the files that an engine and a shell read.

hadolint, the specification of Compose, and ShellCheck: packages of the `dev` extra.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted([*ROOT.glob("deploy/*/*.sh"), ROOT / ".ci/run"])


def judge(tool: str, *arguments: str | Path) -> str:
    """What it finds, and nothing if all is well."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which(tool, path=here)
    if found is None:
        pytest.skip(f"{tool} is not installed: pip install -c constraints.txt '.[dev]'")
    judged = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, text=True)
    said = judged.stdout + judged.stderr
    return said if judged.returncode else ""


def test_hadolint() -> None:
    assert judge("hadolint", "--failure-threshold", "info", "Dockerfile") == ""


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.gpu.yml"])
def test_the_specification_of_compose(file: str) -> None:
    assert judge("check-jsonschema", "--builtin-schema", "vendor.compose-spec", file) == ""


def test_shellcheck() -> None:
    assert len(SCRIPTS) > 3
    assert judge("shellcheck", *SCRIPTS) == ""


def test_they_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp && sudo apt-get install x\n")
    assert "DL3004" in judge("hadolint", tmp_path / "Dockerfile")
    (tmp_path / "compose.yml").write_text("services: {redis: {restrat: always}}\n")
    assert "restrat" in judge(
        "check-jsonschema", "--builtin-schema", "vendor.compose-spec", tmp_path / "compose.yml"
    )
    (tmp_path / "start.sh").write_text('#!/bin/sh\ncat $1 | grep "a" `b`\n')
    assert "SC2086" in judge("shellcheck", tmp_path / "start.sh")
