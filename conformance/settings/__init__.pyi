from .actors import read_actors_file
from .load import UNNAMED_ACTOR, load
from .model import ALLOW_CLASSES, EVIDENCE, FAIL_ON, Settings

__all__ = ["ALLOW_CLASSES", "EVIDENCE", "FAIL_ON", "UNNAMED_ACTOR", "Settings", "load", "read_actors_file"]
