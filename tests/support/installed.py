"""Programs of an environment in which only the wheel is installed, and the projects that they work on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]


def elsewhere(environment: dict[str, str]) -> dict[str, str]:
    """Without what leads to this checkout or to a database."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("PYTHON", "VENTROS_", "PG")) and name != "DATABASE_URL"
    }


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What it prints; it must end with status 0."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=elsewhere(dict(os.environ))
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@attrs.frozen
class Project:
    """A folder, and the environment whose programs are found first; ``dsns`` by the name of a variable."""

    folder: Path
    binaries: Path
    dsns: dict[str, str] = attrs.field(factory=dict)

    def shell(self, script: str, *, status: int = 0) -> str:
        """What ``script`` prints, errors too; it ends with the first command that fails, by ``status``."""
        environment = elsewhere(dict(os.environ))
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**environment, **self.dsns, "PATH": f"{self.binaries}:{environment['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == status, f"{script}\n{done.stdout}"
        return done.stdout

    def files(self) -> dict[str, str]:
        """By path, without what tools keep for themselves."""
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        names = {path: path.relative_to(self.folder) for path in paths}
        return {
            str(name): path.read_text(encoding="utf-8")
            for path, name in names.items()
            if not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        }
