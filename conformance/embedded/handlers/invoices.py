"""Invoices, which the API reads, and the templates that it deletes."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from conformance.embedded.errors import bad_request, forbidden, not_found
from conformance.embedded.handlers.common import chosen, remove_target, target
from conformance.embedded.handlers.paging import paged, read_time
from conformance.embedded.store.models import Customer, ExportTemplate, Invoice, InvoiceTemplate
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

BUILT_IN_DOCUMENTS = frozenset({"default", "freelancer", "invoice", "service-date", "timesheet"})


def _list(call: RequestContext) -> Reply:
    call.access.require("view_invoice")
    customers = {customer.id for customer in chosen(call, "customer", Customer, guarded=True)}
    begin, end = (read_time(call, name, call.zone) for name in ("begin", "end"))
    statuses = call.filters("status[]") or []
    shown = [
        invoice
        for invoice in call.session.scalars(select(Invoice).order_by(Invoice.created_at.desc(), Invoice.id.desc()))
        if call.access.invoice(invoice)
        and (not customers or invoice.customer_id in customers)
        and (begin is None or invoice.created_at >= begin)
        and (end is None or invoice.created_at <= end)
        and (not statuses or invoice.status in statuses)
    ]
    return paged(call, shown, "InvoiceCollection")


def _visible(call: RequestContext) -> Invoice:
    invoice = target(call, Invoice)
    if not call.access.invoice(invoice):
        raise forbidden()
    return invoice


def _download(call: RequestContext) -> Reply:
    invoice = _visible(call)
    if invoice.content is None:
        raise not_found()
    name = invoice.invoice_filename
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(invoice.content, headers=headers)


def _custom_fields(call: RequestContext) -> Reply:
    invoice = _visible(call)
    call.access.require("create_invoice")
    if not isinstance(call.body, list):
        raise bad_request()
    for item in call.body:
        if not isinstance(item, dict) or "name" not in item or "value" not in item:
            raise bad_request()
        if item["name"] not in invoice.fields:
            raise not_found()
    invoice.fields = {**invoice.fields, **{item["name"]: item["value"] for item in call.body}}
    return answer(call, invoice)


def _delete_document(call: RequestContext) -> Reply:
    """Only documents that were uploaded can be deleted, and there are none; the built-in ones are a 400."""
    call.access.require("manage_invoice_template")
    if call.parameters["id"] in BUILT_IN_DOCUMENTS:
        raise bad_request()
    raise not_found()


HANDLERS = {
    "GET /api/invoices": _list,
    "GET /api/invoices/{id}": lambda call: answer(call, _visible(call)),
    "DELETE /api/invoices/{id}": partial(remove_target, Invoice, "delete_invoice"),
    "PATCH /api/invoices/{id}/custom-fields": _custom_fields,
    "GET /api/invoices/{id}/download": _download,
    "DELETE /api/invoices/documents/{id}": _delete_document,
    "DELETE /api/invoices/templates/{id}": partial(remove_target, InvoiceTemplate, "manage_invoice_template"),
    "DELETE /api/export/{id}": partial(remove_target, ExportTemplate, "create_export_template"),
}
