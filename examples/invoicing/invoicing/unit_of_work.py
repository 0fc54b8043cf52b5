"""The unit of work of invoicing: that of the kernel, with a repository for each aggregate."""

from __future__ import annotations

from ventros.kernel.transaction import unit_of_work
from ventros.kernel.transaction.held import Held

from invoicing.invoices.repository import InvoiceRepository


class UnitOfWork(unit_of_work.UnitOfWork):
    """``async with db.unit_of_work(tenant) as uow:`` load, decide, save, then ``await uow.commit()``."""

    invoices = Held(InvoiceRepository)
