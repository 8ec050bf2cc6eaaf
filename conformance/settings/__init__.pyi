from .actors import read_actors_file
from .load import SINGLE, load
from .model import ALLOW_CLASSES, EVIDENCE, FAIL_ON, PROFILES, Settings

__all__ = ["ALLOW_CLASSES", "EVIDENCE", "FAIL_ON", "PROFILES", "SINGLE", "Settings", "load", "read_actors_file"]
