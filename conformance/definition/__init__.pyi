from .errors import DefinitionError, PageError
from .index import Index
from .operations import BodyForm, Field, Operation, Parameter, Response
from .repairing import Repair, repair
from .shapes import SchemaView
from .sources import Definition, bundled, find, fingerprint, load, parse
from .structure import structure
from .validating import validate

__all__ = [
    "BodyForm",
    "Definition",
    "DefinitionError",
    "Field",
    "Index",
    "Operation",
    "PageError",
    "Parameter",
    "Repair",
    "Response",
    "SchemaView",
    "bundled",
    "find",
    "fingerprint",
    "load",
    "parse",
    "repair",
    "structure",
    "validate",
]
