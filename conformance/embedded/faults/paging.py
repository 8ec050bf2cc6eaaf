"""Faults of paging: what is on a page, and what the headers say of it."""

from __future__ import annotations

from conformance.embedded.faults.messages import Answer, Request, answer, refusal
from conformance.embedded.faults.registry import Inner, fault

PAGED = ("GET /api/timesheets",)
_TOTAL, _PAGES, _SIZE, _NUMBER = "x-total-count", "x-total-pages", "x-per-page", "x-page"


def number(request: Request) -> int:
    """Return the page that a request asks for, 1 where it asks for none."""
    text = request.value("page") or ""
    return int(text) if text.isdecimal() else 1


def counted(result: Answer, name: str, more: int) -> Answer:
    """Return the answer with a header of numbers changed by so much."""
    value = result.headers.get(name)
    return result.with_headers({name: str(int(value) + more)}) if value else result


@fault("total-off-by-one", breaks=("paging.headers",), on=PAGED)
def total_off_by_one(_request: Request, value: Answer) -> Answer:
    """X-Total-Count is one too many."""
    return counted(value, _TOTAL, 1)


@fault("pages-rounded-down", breaks=("paging.headers",), on=PAGED)
def pages_rounded_down(_request: Request, value: Answer) -> Answer:
    """X-Total-Pages leaves out a last page that is not full."""
    if _TOTAL not in value.headers:
        return value
    pages = max(1, int(value.headers[_TOTAL]) // max(1, int(value.headers[_SIZE])))
    return value.with_headers({_PAGES: str(pages)})


@fault("paging-headers-missing", breaks=("paging.headers",), on=PAGED)
def paging_headers_missing(_request: Request, value: Answer) -> Answer:
    """The paging headers are missing, as behind a proxy that drops what it does not know."""
    return value.with_headers({}, drop=(_TOTAL, _PAGES, _SIZE, _NUMBER))


@fault("page-header-missing-on-last", breaks=("paging.headers",), on=PAGED)
def page_header_missing_on_last(_request: Request, value: Answer) -> Answer:
    """The last of several pages has no X-Page."""
    last = value.headers.get(_NUMBER) == value.headers.get(_PAGES) != "1"
    return value.with_headers({}, drop=(_NUMBER,)) if last else value


@fault("per-page-always-50", breaks=("paging.headers",), on=PAGED)
def per_page_always_50(_request: Request, value: Answer) -> Answer:
    """X-Per-Page is 50 whatever the size."""
    return value.with_headers({_SIZE: "50"}) if value.ok else value


@fault("page-repeated", breaks=("paging.complete",), on=PAGED)
def page_repeated(request: Request) -> Request:
    """The second page is the first one again."""
    return request.with_query(page="1") if number(request) == 2 else request


@fault("record-lost-between-pages", breaks=("paging.complete", "paging.size"), on=PAGED)
def record_lost_between_pages(request: Request, value: Answer) -> Answer:
    """From the second page on, the first record of a page is missing."""
    return value.with_json(value.items[1:]) if number(request) > 1 and len(value.items) > 1 else value


@fault("record-on-two-pages", breaks=("paging.complete",), on=PAGED)
async def record_on_two_pages(request: Request, inner: Inner) -> Answer:
    """From the second page on, a page begins with the last record of the one before, and lacks its own first."""
    value = await inner(request)
    before = number(request) - 1
    if before < 1 or not value.items:
        return value
    previous = (await inner(request.with_query(page=str(before)))).items
    return value.with_json([*previous[-1:], *value.items[1:]])


@fault("equal-keys-shuffled", breaks=("paging.equal-keys", "paging.complete"), on=PAGED)
async def equal_keys_shuffled(request: Request, inner: Inner) -> Answer:
    """Where records begin at the same second, one stands on two pages and another on none. Other lists are right."""
    value = await inner(request)
    before = number(request) - 1
    if before < 1 or not value.items:
        return value
    previous = (await inner(request.with_query(page=str(before)))).items
    tied = previous and previous[-1].get("begin") == value.items[0].get("begin")
    return value.with_json([previous[-1], *value.items[1:]]) if tied else value


@fault("past-end-is-last", breaks=("paging.past-end",), on=PAGED)
async def past_end_is_last(request: Request, inner: Inner) -> Answer:
    """A page past the end is the last page again: a client that reads until 404 never ends."""
    value = await inner(request)
    if value.status != 404:
        return value
    first = await inner(request.with_query(page="1"))
    return await inner(request.with_query(page=first.headers.get(_PAGES, "1")))


@fault("past-end-is-empty", breaks=("paging.past-end",), on=PAGED)
def past_end_is_empty(_request: Request, value: Answer) -> Answer:
    """A page past the end is an empty list."""
    return answer(200, []) if value.status == 404 else value


@fault("past-end-is-500", breaks=("paging.past-end", "error.no-server-error"), on=PAGED)
def past_end_is_500(_request: Request, value: Answer) -> Answer:
    """A page past the end is a server error."""
    return refusal(500, "Internal Server Error") if value.status == 404 else value


@fault("size-ignored", breaks=("paging.size",), on=PAGED)
def size_ignored(request: Request) -> Request:
    """Every page has 50 records whatever the size."""
    return request.without_query("size")


@fault("size-one-short", breaks=("paging.size", "paging.complete"), on=PAGED)
def size_one_short(_request: Request, value: Answer) -> Answer:
    """A full page of a list with several has one record less than it should."""
    several = value.headers.get(_PAGES, "1") != "1" and str(len(value.items)) == value.headers.get(_SIZE)
    return value.with_json(value.items[:-1]) if several else value


@fault("default-size-20", breaks=("paging.default-size",), on=PAGED)
def default_size_20(request: Request) -> Request:
    """Without a size a page has 20 records."""
    return request if request.value("size") else request.with_query(size="20")


@fault("customers-paged", breaks=("paging.documented",), on=("GET /api/customers",))
def customers_paged(request: Request, value: Answer) -> Answer:
    """The list of customers is cut to `size`, which it does not document."""
    size = request.value("size") or "50"
    return value.with_json(value.items[: int(size)]) if value.items and size.isdecimal() else value


@fault("total-of-the-whole-list", breaks=("paging.headers",), on=PAGED)
async def total_of_the_whole_list(request: Request, inner: Inner) -> Answer:
    """X-Total-Count leaves the filter by export state out of account."""
    value = await inner(request)
    if not value.ok or not request.value("exported"):
        return value
    whole = await inner(request.without_query("exported", "page"))
    return value.with_headers({name: whole.headers.get(name, "0") for name in (_TOTAL, _PAGES)})


@fault("expanded-pages-of-25", breaks=("paging.default-size",), on=PAGED)
def expanded_pages_of_25(request: Request) -> Request:
    """Without a size an expanded page has 25 records. A plain one has 50."""
    return request.with_query(size="25") if request.value("full") and not request.value("size") else request


@fault("size-capped-at-60", breaks=("paging.size", "paging.headers"), on=PAGED)
def size_capped_at_60(request: Request) -> Request:
    """A page has at most 60 records, though 500 are documented."""
    size = request.value("size") or ""
    return request.with_query(size="60") if size.isdecimal() and int(size) > 60 else request


@fault("single-last-record-lost", breaks=("paging.complete", "paging.size", "paging.past-end"), on=PAGED)
def single_last_record_lost(request: Request, value: Answer) -> Answer:
    """A last page with a single record is answered 404."""
    return refusal(404, "Not Found") if number(request) > 1 and len(value.items) == 1 else value


@fault("at-most-100-a-page", breaks=("paging.headers",), on=("GET /api/timesheets",))
def at_most_100_a_page(request: Request) -> Request:
    """A page has at most 100 records, where 500 are documented."""
    size = request.value("size") or ""
    return request.with_query(size="100") if size.isdigit() and int(size) > 100 else request


@fault("full-list-is-its-first-page", breaks=("paging.complete",), on=PAGED)
def full_list_is_its_first_page(request: Request) -> Request:
    """With `full` every page is the first one. Without it they are right."""
    return request.with_query(page="1") if request.value("full") in ("1", "true") and number(request) > 1 else request
