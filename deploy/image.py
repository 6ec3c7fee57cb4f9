"""A target of the Dockerfile, built into a directory, and its programs as a container runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from deploy import dockerfile

ROOT = Path(__file__).parents[1]
PREFIX = ROOT / "build" / "image-check"
PROVIDED = {
    *("ld-linux-x86-64.so.2", "linux-vdso.so.1"),
    *("libc.so.6", "libdl.so.2", "libm.so.6", "libmvec.so.1", "libpthread.so.0", "librt.so.1"),
    *("libresolv.so.2", "libutil.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"),
}
"""Libraries that python:3.11-slim-bookworm has; no image of ours installs others."""


class CheckError(Exception):
    """A promise of the image that it does not keep."""


class Image:
    """A target of the Dockerfile, built in a directory.

    Args:
        target: The stage's name.
        arguments: As --build-arg.
    """

    def __init__(self, target: str, arguments: dict[str, str]) -> None:
        defaults, self._stages = dockerfile.read((ROOT / "Dockerfile").read_text())
        self._values = {**defaults, **arguments}
        self.target = target
        self.lineage = dockerfile.lineage(self._stages, target)
        self.prefix = PREFIX / target
        self.venv = self.prefix / "venv"
        self.user = self.lineage[-1].last("USER") or "0:0"
        self._values.update(
            (name, value)
            for stage in self._stages.values()
            for step, rest in stage.steps
            if step == "ARG"
            for name, _, value in [rest.partition("=")]
            if name not in self._values
        )

    def build(self) -> None:
        """Execute the steps of the target and of the stages that it copies from."""
        shutil.rmtree(self.prefix, ignore_errors=True)
        self.prefix.mkdir(parents=True)
        for stage in self.lineage:
            for name, rest in stage.steps:
                if name == "COPY" and rest.startswith("--from="):
                    source = rest.split()[0].removeprefix("--from=")
                    for built in dockerfile.lineage(self._stages, source):
                        self._steps(built)
        self._steps(self.lineage[-1])

    def _steps(self, stage: dockerfile.Stage) -> None:
        here = self.prefix / "srv"
        here.mkdir(exist_ok=True)
        environment = dict(os.environ)
        for name, rest in stage.steps:
            if name == "WORKDIR":
                here = self.prefix / rest.lstrip("/")
                here.mkdir(parents=True, exist_ok=True)
            elif name == "ENV":
                environment |= {
                    key: value
                    for key, value in dockerfile.environment([stage]).items()
                    if key.startswith("PIP_")
                }
            elif name == "COPY" and not rest.startswith("--from="):
                *sources, target = rest.split()
                self._copy(sources, here / target if target[0] != "/" else self._path(target))
            elif name == "RUN" and "useradd" not in rest:
                self._run(rest, here, environment)

    def _copy(self, sources: list[str], target: Path) -> None:
        for file in dockerfile.context(ROOT):
            for source in map(Path, sources):
                if file == source:
                    whole = target / file.name if len(sources) > 1 or target.is_dir() else target
                elif file.is_relative_to(source):
                    whole = target / file.relative_to(source)
                else:
                    continue
                whole.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, whole)

    def _run(self, command: str, here: Path, environment: dict[str, str]) -> None:
        for path in ("/venv", "/etc/moemoji"):
            command = command.replace(f" {path}", f" {self._path(path)}")
        tools = self.prefix / "tools"
        tools.mkdir(exist_ok=True)
        for tool, what in (("python", sys.executable), ("pip", f"{sys.executable} -m pip")):
            (tools / tool).write_text(f'#!/bin/sh\nexec {what} "$@"\n')
            (tools / tool).chmod(0o755)
        print(f"  RUN {command[:110]}", flush=True)
        made = subprocess.run(
            # Arguments are in the environment, as a builder has them: the shell puts them in.
            ["sh", "-c", command],
            cwd=here,
            env=environment | self._values | {"PATH": f"{tools}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise CheckError(f"{self.target}: {command}\n{made.stdout[-800:]}{made.stderr[-1500:]}")

    def _path(self, inside: str) -> Path:
        return self.prefix / inside.lstrip("/")

    def megabytes(self) -> float:
        """The size of the virtual environment, as a layer counts it."""
        files = (f for f in self.venv.rglob("*") if f.is_file() and not f.is_symlink())
        return sum(f.stat().st_size for f in files) / 1e6

    def unpinned(self) -> list[str]:
        """What is inside in another version than the repository names, or that it does not name."""
        pins: dict[str, str] = {}
        for file in ("deploy/queue-dashboard/requirements.txt", "constraints.txt"):
            lines = (ROOT / file).read_text().splitlines()
            pins |= {plain(n): v for n, _, v in (line.partition("==") for line in lines) if v}
        (site,) = self.venv.glob("lib/python*/site-packages")
        return [
            f"{found.name} {found.version}"
            for found in distributions(path=[str(site)])
            # torch with CUDA names exact versions of NVIDIA's packages itself.
            if not plain(found.name).startswith(("moemoji", "nvidia-", "cuda-", "triton"))
            # A build of torch has its kind behind the version: 2.13.0+cpu.
            and pins.get(plain(found.name)) != found.version.partition("+")[0]
        ]

    def foreign(self) -> set[str]:
        """Shared libraries that something inside needs and neither it nor its base image has."""
        files = [file for file in self.venv.rglob("*.so*") if file.is_file()]
        inside = {file.name for file in files}
        return {name for name in self._needed(files) if name not in inside | PROVIDED}

    def _needed(self, files: list[Path]) -> Iterator[str]:
        for first in range(0, len(files), 100):
            asked = ["ldd", *map(str, files[first : first + 100])]
            told = subprocess.run(asked, capture_output=True, text=True).stdout
            for name, path in re.findall(r"^\t(\S+) (?:=> (\S+)|\()", told, re.M):
                if not path.startswith(str(self.venv)):
                    yield Path(name).name

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a program of the image, contained."""
        inside = self.venv / "bin" / arguments[0]
        command = [str(inside) if inside.exists() else arguments[0], *arguments[1:]]
        return subprocess.Popen(
            contained(command, self.user),
            cwd="/",
            env={"PATH": f"{self.venv}/bin:/usr/bin:/bin", "HOME": "/tmp", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a program of the image to its end; its exit code and what it said."""
        process = self.start(*arguments, **environment)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said


def plain(name: str) -> str:
    """A package's name in its one spelling (https://peps.python.org/pep-0503/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def contained(command: list[str], user: str) -> list[str]:
    """The command as a container would run it, if we may."""
    if os.geteuid() != 0:
        return command
    uid, gid = user.split(":")
    # An interpreter in root's home is shown again at its place, the rest of that home is not.
    home, python = "/root", os.path.realpath(sys.base_prefix)
    script = "set -e; mount --make-rprivate /; mount --bind / /; mount -o remount,ro,bind /; "
    if python.startswith(home):
        script += f"mount -t tmpfs t /mnt; mkdir /mnt/p; mount --bind {python} /mnt/p; "
        script += f"mount -t tmpfs -o mode=755 t {home}; mkdir -p {python}; "
        script += f"mount --bind /mnt/p {python}; "
    script += "mount -t tmpfs -o mode=1777,size=64m t /tmp; "
    script += f"exec setpriv --reuid {uid} --regid {gid} --clear-groups --bounding-set=-all "
    script += '--inh-caps=-all --no-new-privs -- "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", *command]
