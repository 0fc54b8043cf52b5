"""Whom PostgreSQL's programs run as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ventros.devserver.programs import PROGRAMS
from ventros.kernel.errors import ConfigurationError

TIMEOUT = 120.0  # seconds for any one program; pg_ctl's own limits are shorter


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL's programs run as: oneself (no ids), or an unprivileged account under root."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, stdin: str = "") -> str:
        """Run a program to its end and return what it printed; ConfigurationError when it fails."""
        try:
            process = subprocess.run(  # noqa: S603 - programs and arguments are this module's own
                command,
                input=stdin,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT,
                cwd="/",  # the account may not be allowed into the current directory
                env=_environment(),
                user=self.uid,
                group=self.gid,
                extra_groups=self._groups(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigurationError(f"cannot run {command[0]} as {self.name}: {error}") from error
        if process.returncode != 0:
            raise ConfigurationError(
                f"{command[0]}, run as {self.name}, ended with status {process.returncode}: "
                f"{(process.stderr or process.stdout).strip()}"
            )
        return process.stdout

    def keep(self, script: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a shell script that outlives this process, in a session that Ctrl-C does not reach."""
        return subprocess.Popen(  # noqa: S603 - as above
            ("/bin/sh", "-c", script, "ventros-devserver", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env=_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=self._groups(),
        )

    def can_run(self, binaries: Path) -> bool:
        """Each program is tried: they load different libraries. Oneself never needs a copy."""
        try:
            return self.uid is None or all(self.run(binaries / program, "--version") for program in PROGRAMS)
        except ConfigurationError:
            return False

    def can_enter(self, directory: str) -> bool:
        try:
            self.run("/bin/sh", "-c", 'test -x "$1"', "sh", directory)
        except ConfigurationError:
            return False
        return True

    def take(self, directory: Path) -> None:
        """Make the account the owner, from the leaves up: it cannot interfere before the end."""
        if self.uid is None or self.gid is None:
            return
        for path in (*sorted(directory.rglob("*"), reverse=True), directory):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _groups(self) -> list[int] | None:
        return None if self.uid is None else []


def find_account() -> Account:
    if os.geteuid() != 0:
        return Account("this user")
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise ConfigurationError(
        "PostgreSQL does not run as root, and there is no account postgres or nobody to run it as; "
        "start as an ordinary user"
    )


def _environment() -> dict[str, str]:
    """No secret of the caller's, no PG* variable, and the same language and time zone everywhere."""
    path = os.pathsep.join(filter(None, (os.defpath, os.environ.get("PATH"))))
    inherited = {"LD_LIBRARY_PATH"} & os.environ.keys()
    return {"PATH": path, "LC_ALL": "C", "TZ": "UTC"} | {name: os.environ[name] for name in inherited}
