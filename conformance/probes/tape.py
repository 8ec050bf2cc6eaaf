"""What a check asked its probes and what they observed, so that it can judge again without asking. Sends nothing.

The seam lies where a check calls a probe: a function of `conformance.probes` that takes the context. `tape_probes`
puts it into the modules of checks. While a `Tape` answers, each observation is kept; while a `Replay` does, each
question gets the observation that was kept for it, or an altered one. What probes ask among themselves is not kept.
Source: DESIGN, "The verdict": `proof`.
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from conformance.model import Exchange

P = ParamSpec("P")
T = TypeVar("T")

_ROOM = "conformance.probes."


class AsksWhileJudging(Exception):
    """A check that judges again asked something that it had not asked before."""


class Form(enum.Enum):
    """How a probe gives what it observes: as a value, one after the other, or for as long as a block lasts."""

    VALUE = enum.auto()
    SERIES = enum.auto()
    BLOCK = enum.auto()


@dataclass
class Question:
    """One call of a probe by a check: what it was asked with, besides the context, and what it observed.

    `hint` is the type of the observation, None where it is not known. That of a series is a list; `whole` says whether
    the check took it to its end. `error` is what the probe raised.
    """

    name: str
    arguments: tuple[Any, ...]
    hint: Any = None
    form: Form = Form.VALUE
    observation: Any = None
    whole: bool = True
    error: Exception | None = None


class Answering(Protocol):
    """A tape or a replay: either answers what a check asks."""

    is_inside: bool

    def ask(self, question: Question, make: Callable[[], Any]) -> Any:
        """Return what a probe observes; `make` asks it."""


class _Switch:
    """What answers at present, in this process."""

    answering: Answering | None = None


@contextmanager
def answered_by(answering: Answering) -> Iterator[None]:
    """Let a tape or a replay answer within."""
    before, _Switch.answering = _Switch.answering, answering
    try:
        yield
    finally:
        _Switch.answering = before


def ask(name: str, arguments: tuple[Any, ...], hint: Any, make: Callable[[], T]) -> T:
    """Return what `make` observes, or what stands for it while checks judge again."""
    answering = _Switch.answering
    if answering is None or answering.is_inside:
        return make()
    return cast(T, answering.ask(Question(name, arguments, hint), make))


@dataclass
class Tape:
    """Keeps what a check asks, in its order."""

    questions: list[Question] = field(default_factory=list)
    is_inside: bool = False

    def ask(self, question: Question, make: Callable[[], Any]) -> Any:
        """Ask the probe itself, and keep what it observes. Raises what the probe raises."""
        self.questions.append(question)
        with self._kept(question):
            result = make()
        if isinstance(result, AbstractContextManager):
            question.form = Form.BLOCK
            return self._block(question, result)
        if isinstance(result, Iterator):
            question.form, question.observation, question.whole = Form.SERIES, [], False
            return self._series(question, result)
        question.observation = result
        return result

    @contextmanager
    def _kept(self, question: Question) -> Iterator[None]:
        """Keep what a probe raises within; what it asks other probes is its own."""
        self.is_inside = True
        try:
            yield
        except Exception as error:
            question.error = error
            raise
        finally:
            self.is_inside = False

    @contextmanager
    def _block(self, question: Question, block: AbstractContextManager[Any]) -> Iterator[Any]:
        stack = ExitStack()
        with self._kept(question):
            question.observation = stack.enter_context(block)
        with stack:
            yield question.observation

    def _series(self, question: Question, series: Iterator[Any]) -> Iterator[Any]:
        try:
            while True:
                with self._kept(question):
                    item = next(series, question)
                if item is question:
                    question.whole = True
                    return
                question.observation.append(item)
                yield item
        finally:
            if isinstance(series, types.GeneratorType):
                series.close()


@dataclass
class Replay:
    """Gives the observations of a tape again; `altered` has others instead, by the number of the question.

    A question that was not asked before is one that a check asks where something is wrong: whether it is excused. It is
    answered as the same one was about other observations, or with nothing. Where nothing can stand for an answer,
    AsksWhileJudging is raised.
    """

    questions: Sequence[Question]
    altered: Mapping[int, Any] = field(default_factory=dict)
    is_inside: bool = False
    _used: set[int] = field(default_factory=set)

    def ask(self, question: Question, make: Callable[[], Any]) -> Any:  # noqa: ARG002
        """Return the observation of the same question, or raise what was raised. Raises AsksWhileJudging."""
        number = self._number(question)
        if number is None:
            return self._excuse(question)
        self._used.add(number)
        before = self.questions[number]
        observation = self.altered.get(number, before.observation)
        if before.form is Form.SERIES:
            return _series(before, observation)
        if before.error is not None:
            raise before.error
        return _block(observation) if before.form is Form.BLOCK else observation

    def _number(self, question: Question) -> int | None:
        """Return the number of the question that is asked again: the same, else one about other observations."""
        same = [number for number, before in enumerate(self.questions) if before.name == question.name]
        for alike in (_equal, _alike):
            asked = [number for number in same if alike(self.questions[number].arguments, question.arguments)]
            if asked:
                return next((number for number in asked if number not in self._used), asked[-1])
        return None

    def _excuse(self, question: Question) -> Any:
        if question.hint in (bool, str):
            return question.hint()
        if type(None) in typing.get_args(question.hint):
            return None
        shown = (before.observation for before in self.questions if question.hint is Exchange)
        control = next((item for item in shown if isinstance(item, Exchange)), None)
        if control is None:
            raise AsksWhileJudging(f"{question.name}, which it had not asked before")
        return control


def _series(question: Question, items: Iterable[Any]) -> Iterator[Any]:
    yield from items
    if question.error is not None:
        raise question.error
    if not question.whole:
        raise AsksWhileJudging(f"more of {question.name} than before")


@contextmanager
def _block(observation: Any) -> Iterator[Any]:
    yield observation


def _equal(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return len(one) == len(other) and all(
        a == b or (callable(a) and callable(b)) for a, b in zip(one, other, strict=True)
    )


def _alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two questions differ in nothing but the observations that they are about, or in being asked again."""
    before, now = ([item for item in asked if not isinstance(item, _Named)] for asked in (one, other))
    return len(before) == len(now) and all(
        _equal([a], [b]) or (is_observed(a) and type(a) is type(b)) for a, b in zip(before, now, strict=True)
    )


class _Named(tuple[str, Any]):
    """A keyword and its value, as an argument of a question."""


def is_observed(value: Any) -> bool:
    """Whether a value is an observation, or a part of one: what an instance answered, and not what was asked."""
    return isinstance(value, Exchange) or (is_dataclass(value) and type(value).__module__.startswith(_ROOM))


def tape_probes(module: types.ModuleType) -> None:
    """Put the seam between a module of checks and the probes that it calls. A second call does nothing."""
    for name, value in list(vars(module).items()):
        if is_probe(value):
            setattr(module, name, taped(value))


def is_probe(value: Any) -> bool:
    """Whether a value is a probe that does not go through the tape yet."""
    if not inspect.isfunction(value) or not value.__module__.startswith(_ROOM) or hasattr(value, "is_taped"):
        return False
    return next(iter(inspect.signature(value).parameters), "") == "context"


def taped(probe: Callable[P, T]) -> Callable[P, T]:
    """Return a function that asks a probe through the tape; its first argument is what it asks with."""
    name, hint = probe.__qualname__, _hint(probe)

    @wraps(probe)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        arguments = (*args[1:], *map(_Named, sorted(kwargs.items())))
        return ask(name, arguments, hint, lambda: probe(*args, **kwargs))

    asked.is_taped = True  # type: ignore[attr-defined]
    return asked


def _hint(function: Callable[..., Any]) -> Any:
    try:
        return typing.get_type_hints(function).get("return")
    except (NameError, TypeError):  # A type that is imported for type checkers alone.
        return None
