"""The roles of a database: the owner migrates, the others may do what grants.sql says, and nothing else."""

from ventros.roles.grants import grant, tables_of
from ventros.roles.names import APP, AUDITOR, DEFAULT, OWNER, RELAY, SCHEDULER, Roles
from ventros.roles.set_up import create_role, revoke_temporary, set_up, show_statistics

__all__ = [
    "APP",
    "AUDITOR",
    "DEFAULT",
    "OWNER",
    "RELAY",
    "SCHEDULER",
    "Roles",
    "create_role",
    "grant",
    "revoke_temporary",
    "set_up",
    "show_statistics",
    "tables_of",
]
