"""Systems as processes: started alike, on one thread, offline, and measured from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ENVIRONMENT = {
    **os.environ,
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
}
_VERSIONS = """
import json, sys
from importlib.metadata import version
print(json.dumps({package: version(package) for package in sys.argv[1:]}))
"""


class PeerError(Exception):
    """A system's process failed; the text is the last line of what it wrote."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a whole process took.

    Attributes:
        cpu_s: User and system CPU seconds, of its children too.
        wall_s: Seconds on the clock.
        peak_mb: Most memory resident at once, in MB (1,000,000 bytes).
    """

    cpu_s: float
    wall_s: float
    peak_mb: float

    def as_json(self) -> dict[str, float]:
        """Return the figures, rounded to what can be told apart."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class System:
    """A system to measure.

    Attributes:
        name: As in the names of its adapter, its requirements and its virtual environment.
        title: As it calls itself.
        packages: The distributions whose versions are told.
    """

    name: str
    title: str
    packages: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether this is OnRecord itself."""
        return not self.packages

    @property
    def python(self) -> str:
        """The Python of its virtual environment."""
        if self.is_ours:
            return sys.executable
        return str(ROOT / ".venv-peers" / self.name / "bin" / "python")

    def adapter(self, *arguments: object) -> list[str]:
        """Return the command that has its adapter do something."""
        return [self.python, str(HERE / f"adapter_{self.name}.py"), *map(str, arguments)]

    def versions(self) -> dict[str, str]:
        """Return the versions of its packages; PeerError where they are not installed."""
        if not Path(self.python).exists():
            raise PeerError(f"no {self.python}: run make bench-peers")
        printed, _ = measured([self.python, "-c", _VERSIONS, *self.packages])
        return dict(json.loads(printed))


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start a process whose output is read while it runs."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def measured(command: list[str]) -> tuple[str, Spent]:
    """Run a process to its end; return what it printed and what it took.

    Raises:
        PeerError: it ended with another code than 0.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begun = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        output.seek(0)
        errors.seek(0)
        if status:
            raise PeerError((errors.read().strip().splitlines() or [f"status {status}"])[-1])
        spent = Spent(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / 1e6)
        return output.read(), spent
