"""A place for the server's directory, which its socket, its programs and its account can do with."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from ventros.devserver.account import Account
from ventros.kernel.errors import ConfigurationError

PORT = 5432  # only names the socket: every server has a directory of its own
_SOCKET_PATH_LIMIT = 103  # bytes: macOS allows 103, Linux 107
_MEMORY_DIRECTORY = "/dev/shm"  # noqa: S108 - where what is not durable anyway is made; a clone took a tenth of the time
# pg_ctl hands its paths to a shell, and clients split a host at its commas.
_SAFE_PATH = re.compile(r"[\w/.+=@~: -]+")


def make_directory(account: Account, *, in_memory: bool = False) -> Path:
    refused = []
    memory = (
        [_MEMORY_DIRECTORY]
        if in_memory and "TMPDIR" not in os.environ and _is_roomy(_MEMORY_DIRECTORY)
        else []
    )
    for base in dict.fromkeys((*memory, tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - mkdtemp is safe there
        socket = os.fsencode(f"{base}/ventros-12345678/.s.PGSQL.{PORT}")
        if len(socket) > _SOCKET_PATH_LIMIT:
            refused.append(f"{base} is too long for the path of a Unix socket")
        elif not _SAFE_PATH.fullmatch(base):
            refused.append(f"{base!r} has a character that PostgreSQL's programs or clients mistake")
        elif not account.can_enter(base):
            refused.append(f"{base} cannot be entered by {account.name}")
        else:
            try:
                return Path(tempfile.mkdtemp(prefix="ventros-", dir=base))
            except OSError as error:
                refused.append(str(error))
    raise ConfigurationError(f"no place for the embedded server: {'; '.join(refused)}. Set TMPDIR")


def _is_roomy(directory: str) -> bool:
    """Containers often have a /dev/shm of 64 MB, and a busy server keeps a gigabyte of WAL."""
    return Path(directory).is_dir() and shutil.disk_usage(directory).free >= 4 * 2**30
