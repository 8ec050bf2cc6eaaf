"""What can be wrong with a definition, said with the place where it is wrong."""

from __future__ import annotations

from conformance.model import Exit, InstanceUnfitError, UsageError

EXPORT_HINT = "Export the definition by hand from the page /api/doc of the instance and give it with --definition FILE."


class DefinitionError(UsageError):
    """A definition that cannot be found, read or used: exit 2.

    `pointer` is the JSON pointer (RFC 6901) of the flaw within the document, "" for the document as a whole,
    None where there is no document to point into.
    """

    def __init__(self, message: str, *, pointer: str | None = None, hint: str = "") -> None:
        self.pointer = pointer
        where = "" if pointer is None else f" (at {pointer or 'the top of the document'})"
        super().__init__(f"{message}{where}", hint or EXPORT_HINT)


class PageError(DefinitionError, InstanceUnfitError):
    """The definition that the instance itself gave cannot be used: exit 3, for it is the instance that is unfit."""

    status = Exit.UNFIT

    @classmethod
    def of(cls, error: DefinitionError) -> PageError:
        """Return the same error as one of the instance."""
        made = cls(str(error), hint=error.hint)
        made.pointer = error.pointer
        return made
