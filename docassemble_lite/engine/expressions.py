"""Code that authors write, compiled so that tracebacks point at the file and line of the YAML.

Code runs with the answers as its globals; the names that interviews may use are its builtins.
"""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from docassemble_lite.engine.document import Place
from docassemble_lite.engine.names import is_path, normalized
from docassemble_lite.errors import SourceError


class Code:
    """Statements of a `code` block and the like."""

    __slots__ = ("compiled", "place", "text", "tree")

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.place = place
        self.tree = _parsed(text, place, "exec")
        self.compiled: CodeType = _compiled(self.tree, place, "exec")

    def run(self, answers: dict[str, Any]) -> None:
        exec(self.compiled, answers)


class Expression:
    """One expression, e.g. a condition."""

    __slots__ = ("compiled", "place", "text")

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.place = place
        self.compiled: CodeType = _compiled(_parsed(text.strip(), place, "eval"), place, "eval")

    def evaluate(self, answers: dict[str, Any]) -> Any:
        return eval(self.compiled, answers)


def constant_or_expression(value: Any, place: Place) -> Expression | bool:
    """What `mandatory: True` and `mandatory: some_expression` mean. Raises `SourceError` for anything else."""
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    if isinstance(value, (str, int)):
        return Expression(str(value), place)
    raise place.mistake("This must be True, False or an expression.", "Write the expression as a text.")


def truth(condition: Expression | bool, answers: dict[str, Any]) -> bool:
    """Whether what `constant_or_expression` gave is true now."""
    return condition if isinstance(condition, bool) else bool(condition.evaluate(answers))


def _parsed(text: str, place: Place, mode: str) -> ast.AST:
    linecache.cache[place.source.name] = (1, None, [line + "\n" for line in place.source.lines], place.source.name)
    try:
        tree = ast.parse(text, filename=place.source.name, mode=mode)
    except SyntaxError as error:
        raise _syntax_mistake(error, place) from error
    except ValueError as error:  # e.g. a NUL in the text
        raise place.mistake(f"This isn't Python: {error}.") from error
    return ast.increment_lineno(tree, place.line - 1)


def _compiled(tree: Any, place: Place, mode: str) -> CodeType:
    try:
        return compile(tree, place.source.name, mode)
    except SyntaxError as error:
        raise _syntax_mistake(error, Place(place.source, 1)) from error


def _syntax_mistake(error: SyntaxError, place: Place) -> SourceError:
    line = place.line + (error.lineno or 1) - 1
    hint = "Check the brackets, quotation marks and colons of this line and the one before it."
    if "=" in (error.text or "") and "==" in (error.msg or ""):
        hint = "A comparison is written “==”."
    elif "indent" in error.msg:
        hint = "Lines that belong together must be indented alike."
    return Place(place.source, min(line, max(1, len(place.source.lines)))).mistake(f"This isn't Python: {error.msg}.", hint)


# --- names in author code --------------------------------------------------------------------------------------------


def names_defined_by(tree: ast.AST) -> list[str]:
    """Every name that the code may define, in the order of the code; bodies of functions and classes aren't looked at."""
    return list(dict.fromkeys(_defined(tree)))


def _defined(node: ast.AST) -> Iterator[str]:
    yield from _own_names(node)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    for child in ast.iter_child_nodes(node):
        yield from _defined(child)


def _own_names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            yield from _targets(targets)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            yield from _targets([target])
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from _targets([target])
        case ast.With(items=items):
            yield from _targets([item.optional_vars for item in items if item.optional_vars])
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Lambda(args=arguments):
            yield from (argument.arg for argument in arguments.args)
        case ast.Call(func=ast.Name(id="define"), args=[ast.Constant(value=str(name)), *_]):
            yield normalized(name)


def _targets(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _targets(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _targets([target.value])
        else:
            name = ast.unparse(target)
            if is_path(name):
                yield name


# --- single variables ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def reader_of(name: str) -> CodeType:
    """Code that evaluates a variable's name. The name comes from an author's file, never from a browser."""
    return compile(name, f"<{name}>", "eval")


@lru_cache(maxsize=20_000)
def _setter_of(name: str) -> CodeType:
    return compile(f"{name} = __assigned__", f"<{name}>", "exec")


@lru_cache(maxsize=20_000)
def _deleter_of(name: str) -> CodeType:
    return compile(f"del {name}", f"<{name}>", "exec")


#: What says that a name isn't there while it is only looked at.
ABSENT = (NameError, AttributeError, LookupError, TypeError)


def read_variable(name: str, answers: dict[str, Any]) -> Any:
    """The value of a variable; raises what a missing part of it raises."""
    return answers[name] if name in answers else eval(reader_of(name), answers)


def set_variable(name: str, value: Any, answers: dict[str, Any]) -> None:
    """Assign a value; the objects on the way must be there."""
    if name.isidentifier():
        answers[name] = value
        return
    answers["__assigned__"] = value
    try:
        exec(_setter_of(name), answers)
    finally:
        del answers["__assigned__"]


def delete_variable(name: str, answers: dict[str, Any]) -> None:
    """Remove a variable; nothing happens if it isn't there."""
    if name.isidentifier():
        answers.pop(name, None)
        return
    try:
        exec(_deleter_of(name), answers)
    except (NameError, AttributeError, LookupError):
        return


def trace_of(error: BaseException) -> str:
    """The traceback as text, with the lines of the YAML, beginning where author code begins."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [number for number, frame in enumerate(frames) if not frame.filename.startswith("/")]
    shown = frames[own[0] :] if own else frames
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(shown), *traceback.format_exception_only(error)]
    return "".join(lines)


def place_of(error: BaseException) -> tuple[str, int] | None:
    """(name of the source, line) of the innermost line of author code that the error passed through."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(("/", "<"))]
    return (frames[-1].filename, frames[-1].lineno or 1) if frames else None


def place_of_frame(frame: FrameType | None) -> tuple[str, int] | None:
    """(name of the source, line) of the innermost line of author code that is running in `frame` or what called it."""
    while frame is not None and frame.f_code.co_filename.startswith(("/", "<")):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else None


def value_if_there(name: str, answers: Mapping[str, Any]) -> Any:
    """The value of a variable in answers that aren't being evaluated; None if it isn't there."""
    try:
        return read_variable(name, {"__builtins__": {}, **answers})
    except ABSENT:
        return None
