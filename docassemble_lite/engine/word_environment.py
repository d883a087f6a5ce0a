"""What an expression in a DOCX template means: Jinja2 whose names are those of the interview, and which can do no harm.

A name or attribute that has no value yet raises what seeks it, at the moment when it is needed. A template that somebody
uploaded may show answers and call functions of the language; only those of the author may do more.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, Macro, missing
from jinja2.sandbox import SandboxedEnvironment, modifies_known_mutable
from markupsafe import Markup

from docassemble_lite.language import NAMES as LANGUAGE
from docassemble_lite.objects import DADict, DAObject
from docassemble_lite.objects.missing import MissingVariable

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Python's own functions that templates may call.
_BUILTINS = (
    *("abs", "all", "any", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "reversed", "round"),
    *("set", "sorted", "sum", "tuple", "zip"),
)
_HARMLESS = (str, bytes, int, float, complex, list, tuple, dict, set, frozenset)
_LANGUAGE = ("docassemble_lite.language", "jinja2", "datetime", "decimal")
# what objects have under such modules reads or writes the world outside
_OUTSIDE = ("files", "stored_file", "changing_files", "conversions", "redis", "opened")


class Seeking(Undefined):
    """A name that has no value yet: whatever is done with it seeks it."""

    __slots__ = ()

    def _fail_with_undefined_error(self, *_: Any, **__: Any) -> NoReturn:
        raise _missing(self)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __div__ = __rdiv__ = __truediv__ = __rtruediv__ = (
        _fail_with_undefined_error
    )
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pos__ = __neg__ = __call__ = _fail_with_undefined_error
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __complex__ = __pow__ = __rpow__ = _fail_with_undefined_error
    __getitem__ = __iter__ = __str__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = __contains__ = _fail_with_undefined_error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _missing(self)


class Skipping(Undefined):
    """A name that has no value, and needs none: it shows nothing, and so does whatever belongs to it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __lt__(self, _: Any) -> Any:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __add__


class MissingName(MissingVariable, NameError):
    """A name of a template has no value yet."""


def _missing(undefined: Undefined) -> Exception:
    """What says that a value is missing, under the name by which it is sought."""
    if isinstance(undefined._undefined_obj, MissingVariable):
        return undefined._undefined_obj
    if undefined._undefined_obj is missing and not undefined._undefined_hint:
        return MissingName(str(undefined._undefined_name))
    return undefined._undefined_exception(undefined._undefined_message)


class InterviewContext(Context):
    """Looks names up in the answers, after those of the template itself."""

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        environment = self.environment
        if found is missing and isinstance(environment, WordEnvironment):
            return environment.name(key)
        return found


class WordEnvironment(SandboxedEnvironment):
    """`show` says how a value stands in the document; `trusted` templates are the author's own."""

    context_class = InterviewContext

    def __init__(self, evaluation: Evaluation, show: Callable[[Any], Markup], *, trusted: bool, skipping: bool) -> None:
        self._show = show
        super().__init__(
            autoescape=True,
            undefined=Skipping if skipping else Seeking,
            finalize=self._finalized,
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        # an author's variable may be called like one of these
        for name in ("lipsum", "cycler", "joiner"):
            del self.globals[name]
        self._evaluation = evaluation
        self._trusted = trusted

    def _finalized(self, value: Any) -> Any:
        if isinstance(value, Skipping):
            return ""
        return value if isinstance(value, Markup) else self._show(value)

    # --- names -----------------------------------------------------------------------------------------------------

    def name(self, name: str) -> Any:
        """What a name stands for in the interview; `missing` if it stands for nothing yet."""
        if name.startswith("_"):
            raise SecurityError(f"“{name}” can't be used in a template, because it begins with an underscore.")
        found = self._found(name)
        if isinstance(found, types.ModuleType):
            raise SecurityError(f"“{name}” is a module, which a template can't use. Import the function that it needs.")
        return found

    def _found(self, name: str) -> Any:
        answers = self._evaluation.answers
        if name in answers:
            return answers[name]
        builtins = answers["__builtins__"]
        if name in _REPLACED and builtins.get(name) is _library()[name]:
            return _REPLACED[name]
        if name in vars(_python()) and builtins.get(name) is vars(_python())[name]:
            return builtins[name] if name in _BUILTINS else missing
        return builtins.get(name, missing)

    # --- attributes ------------------------------------------------------------------------------------------------

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)
        if not isinstance(obj, DAObject):
            return self._safe(super().getattr(obj, attribute))
        if not self.is_safe_attribute(obj, attribute, None):
            return self.unsafe_undefined(obj, attribute)
        try:
            return self._safe(getattr(obj, attribute))
        except MissingVariable as error:
            if isinstance(obj, DADict) and attribute in obj.elements:
                return obj.elements[attribute]
            return self.undefined(obj=error, name=error.wanted)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(argument, Seeking):
            str(argument)
        if not isinstance(obj, DAObject):
            return self._safe(super().getitem(obj, argument))
        try:
            return self._safe(obj[argument])  # type: ignore[index]
        except MissingVariable as error:
            return self.undefined(obj=error, name=error.wanted)
        except TypeError:
            if isinstance(argument, str):
                return self.getattr(obj, argument)
            raise

    def _safe(self, value: Any) -> Any:
        if isinstance(value, types.ModuleType):
            raise SecurityError("A template can't use a module.")
        return value

    # --- calls -----------------------------------------------------------------------------------------------------

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if not super().is_safe_attribute(obj, attr, value):
            return False
        return self._trusted or not modifies_known_mutable(obj, attr)

    def is_safe_callable(self, obj: Any) -> bool:
        return super().is_safe_callable(obj) and (self._trusted or _only_shows(obj))


def _only_shows(function: Any) -> bool:
    """Whether calling it can do nothing but give a value: a function of the language, a method of an answer."""
    if isinstance(function, (Macro, _Included)) or function is _text or function in _safe_builtins():
        return True
    # what formats a text is wrapped, so that it can't reach for attributes
    owner = getattr(getattr(function, "__wrapped__", function), "__self__", None)
    if isinstance(owner, DAObject):
        defined_in = getattr(getattr(type(owner), function.__name__, None), "__module__", "")
        return defined_in.startswith("docassemble_lite.objects.") and defined_in.rpartition(".")[2] not in _OUTSIDE
    if owner is not None and not isinstance(owner, types.ModuleType):
        return isinstance(owner, _HARMLESS) or type(owner).__module__.startswith(_LANGUAGE)
    return any(function is known for known in _speech()) or str(getattr(function, "__module__", "")).startswith("jinja2")


class _Included:
    """`include_docx_template()` of one document."""

    def __init__(self, include: Callable[..., Markup]) -> None:
        self._include = include

    def __call__(self, *positional: Any, **named: Any) -> Markup:
        return self._include(*positional, **named)


def including(include: Callable[..., Markup]) -> Callable[..., Markup]:
    """A function that every template may call."""
    return _Included(include)


def _text(value: Any = "") -> str:
    return str(value)


@cache
def _speech() -> tuple[Any, ...]:
    """The functions of the language that change nothing."""
    return tuple(value for name, value in LANGUAGE.items() if not name.startswith(("set_", "update_")))


def _library() -> Mapping[str, Any]:
    # the library has functions that fill in templates
    from docassemble_lite.engine.library import library

    return library()


def _python() -> types.ModuleType:
    import builtins

    return builtins


def _safe_builtins() -> list[Any]:
    return [vars(_python())[name] for name in _BUILTINS]


#: Names that mean something else in a template: `str` has methods that reach anything, and nothing is Markdown there anyway.
_REPLACED: Mapping[str, Any] = {"str": _text, "verbatim": _text}


def names_in(environment: SandboxedEnvironment, source: str) -> Iterator[str]:
    """The names that a template mentions."""
    for node in environment.parse(source).find_all(nodes.Name):
        if node.ctx == "load":
            yield node.name
