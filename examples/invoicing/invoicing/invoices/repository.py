"""Where invoices are kept, with their lines."""

from __future__ import annotations

from ventros.kernel.repository import ChildRows, Repository

from invoicing.invoices import mapper
from invoicing.invoices.aggregate import Invoice
from invoicing.statements import statement


class InvoiceRepository(Repository[Invoice]):
    """What a service asks of them is added here, and its statement to ``sql/invoices.sql``."""

    resource = "invoice"
    mapper = mapper

    TABLE = statement.table("invoices")

    CHILDREN = (
        ChildRows(
            table=statement.table("invoice_lines"),
            root_id="invoice_id",
            from_row=mapper.line_from_row,
            insert_args=mapper.insert_line_args,
            update_args=mapper.update_line_args,
            of=lambda invoice, _stored: invoice.lines,
        ),
    )
