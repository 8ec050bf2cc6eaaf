"""What a finding shows of its exchanges: a script that makes what is needed, and answers without what others wrote."""

from conformance.exchange.evidence.cutting import Cutter
from conformance.exchange.evidence.foreign import ForeignTexts
from conformance.exchange.evidence.history import History, Step
from conformance.exchange.evidence.script import ScriptWriter

__all__ = ["Cutter", "ForeignTexts", "History", "ScriptWriter", "Step"]
