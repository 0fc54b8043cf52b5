"""The application: its statements, migrations, repository and unit of work."""

from __future__ import annotations

from pathlib import Path

from notes import note
from notes.note import Note
from ventros import KERNEL, Application, Catalogue
from ventros.kernel.repository import Repository
from ventros.kernel.transaction.held import Held
from ventros.kernel.transaction.unit_of_work import UnitOfWork

HERE = Path(__file__).parent
statement = Catalogue(HERE / "sql", schema="notes")


class NoteRepository(Repository[Note]):
    """Where notes are kept."""

    resource = "note"
    mapper = note
    TABLE = statement.table("notes")


class Notebook(UnitOfWork):
    """A unit of work that holds them."""

    notes = Held(NoteRepository)


NOTES = Application(
    name="notes",
    statements=statement,
    migrations=HERE / "migrations",
    unit_of_work=Notebook,
    stands_on=(KERNEL,),
)
