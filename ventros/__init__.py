"""Ventros: a raw-SQL persistence layer for a WhatsApp-centred CRM, without an ORM.

A name is loaded when it is first asked for, so that ``import ventros.kernel`` loads nothing of the CRM.
"""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ventros.kernel.application import KERNEL, Application
    from ventros.kernel.connection.driver import prepare_driver
    from ventros.kernel.connection.pool import PoolStats
    from ventros.kernel.connection.settings import Settings
    from ventros.kernel.consumer import consumer
    from ventros.kernel.database import Database
    from ventros.kernel.errors import (
        AlreadyExists,
        AlreadyProcessed,
        ChangeWithoutEvent,
        CommitInDoubt,
        CommitUnconfirmed,
        ConfigurationError,
        Conflict,
        ConnectionLost,
        ConstraintViolation,
        DatabaseError,
        DeadlockDetected,
        DecryptionFailed,
        DomainError,
        EventGap,
        InsufficientPrivilege,
        IntegrityViolation,
        InvariantViolation,
        LockNotAvailable,
        LockTimeout,
        MappingError,
        MigrationError,
        NotFound,
        NotNew,
        NumericOverflow,
        OperationTimeout,
        OptimisticLockError,
        OptimisticLockErrors,
        PoolExhausted,
        PositionOfAnotherCluster,
        ReferenceNotFound,
        ReplicaBehind,
        ResultMismatch,
        SchemaChanged,
        SerializationFailure,
        ServerReadOnly,
        ServerUnreachable,
        StatementTimeout,
        StillReferenced,
        TenancyViolation,
        TransactionRolledBack,
        UndoneWrite,
        UnitOfWorkError,
        UnknownKey,
        UnknownStatement,
        ValidationError,
        VentrosError,
        WriteSuppressed,
        is_optimistic_lock_error,
    )
    from ventros.kernel.ids import new_id
    from ventros.kernel.outbox.event import OutboxEvent
    from ventros.kernel.outcome import CommitMarker, Outcome
    from ventros.kernel.retry import Retry
    from ventros.kernel.statements import Catalogue
    from ventros.kernel.telemetry import Telemetry
    from ventros.unit_of_work import CRM, UnitOfWork, connect

    __version__: str

__all__ = [  # noqa: RUF022 - in the order in which a reader needs them
    "connect",
    "Database",
    "PoolStats",
    "UnitOfWork",
    "Application",
    "Catalogue",
    "KERNEL",
    "CRM",
    "Settings",
    "Retry",
    "Telemetry",
    "Outcome",
    "CommitMarker",
    "new_id",
    "prepare_driver",
    "consumer",
    "OutboxEvent",
    # Every error, in the order of the tree in ventros/kernel/errors.py.
    "VentrosError",
    "ConfigurationError",
    "UnknownStatement",
    "UnknownKey",
    "MigrationError",
    "PositionOfAnotherCluster",
    "UnitOfWorkError",
    "UndoneWrite",
    "NotNew",
    "ChangeWithoutEvent",
    "AlreadyProcessed",
    "DomainError",
    "ValidationError",
    "NumericOverflow",
    "InvariantViolation",
    "NotFound",
    "IntegrityViolation",
    "AlreadyExists",
    "ReferenceNotFound",
    "StillReferenced",
    "Conflict",
    "OptimisticLockError",
    "OptimisticLockErrors",
    "SerializationFailure",
    "DeadlockDetected",
    "SchemaChanged",
    "EventGap",
    "MappingError",
    "DecryptionFailed",
    "DatabaseError",
    "ConstraintViolation",
    "TenancyViolation",
    "InsufficientPrivilege",
    "ResultMismatch",
    "WriteSuppressed",
    "OperationTimeout",
    "StatementTimeout",
    "LockTimeout",
    "LockNotAvailable",
    "PoolExhausted",
    "ReplicaBehind",
    "ConnectionLost",
    "ServerUnreachable",
    "ServerReadOnly",
    "TransactionRolledBack",
    "CommitInDoubt",
    "CommitUnconfirmed",
    "is_optimistic_lock_error",
]

_ERRORS: Final = "ventros.kernel.errors"
_MODULES: Final = {
    "connect": "ventros.unit_of_work",
    "Application": "ventros.kernel.application",
    "Catalogue": "ventros.kernel.statements",
    "KERNEL": "ventros.kernel.application",
    "CRM": "ventros.unit_of_work",
    "Database": "ventros.kernel.database",
    "PoolStats": "ventros.kernel.connection.pool",
    "UnitOfWork": "ventros.unit_of_work",
    "Settings": "ventros.kernel.connection.settings",
    "Retry": "ventros.kernel.retry",
    "Telemetry": "ventros.kernel.telemetry",
    "Outcome": "ventros.kernel.outcome",
    "CommitMarker": "ventros.kernel.outcome",
    "new_id": "ventros.kernel.ids",
    "prepare_driver": "ventros.kernel.connection.driver",
    "consumer": "ventros.kernel.consumer",
    "OutboxEvent": "ventros.kernel.outbox.event",
}
"""Where a public name that is no error stands."""


if not TYPE_CHECKING:  # or mypy would take any name for one of these

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - for those who ask

            value: Any = version("ventros")
        elif name in __all__:
            from importlib import import_module  # noqa: PLC0415 - as above

            value = getattr(import_module(_MODULES.get(name, _ERRORS)), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
