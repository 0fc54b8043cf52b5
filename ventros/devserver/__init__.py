"""Gives the demo, the tests and the benchmarks a PostgreSQL of their own, private to whoever starts it.

The server lives in one fresh directory of mode 0700: data, Unix socket and log. It listens to no
network, every connection needs a generated password, and nothing outside that directory has its
mode or owner changed. PostgreSQL refuses to run as root; started by root it therefore runs as an
unprivileged account, and then only root and that account reach it.
"""

from ventros.devserver.programs import find_binaries
from ventros.devserver.server import DATABASE, DevServer

__all__ = ["DATABASE", "DevServer", "find_binaries"]
