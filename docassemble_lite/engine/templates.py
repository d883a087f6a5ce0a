"""Authors' texts with Mako, compiled once, in which a name is looked up at the moment when it is used.

Stock Mako fetches all names of a text before it writes anything, so a name behind a false `% if` would be sought. Here
Mako only takes the text apart; what comes out is put together as one Python function whose globals are the answers. A
missing name is a plain NameError, and every line of the function carries its line of the source file.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeVar

from mako import exceptions, filters, lexer, parsetree, runtime

from docassemble_lite.engine.markup import shown, unescape_typed
from docassemble_lite.errors import SourceError

Node = TypeVar("Node", bound=ast.AST)

# --- running ---------------------------------------------------------------------------------------------------------


class Text:
    """A compiled text. `constant` is the text itself when it has no Mako, otherwise None."""

    __slots__ = ("_code", "constant")

    def __init__(self, constant: str | None, code: CodeType | None = None) -> None:
        self.constant = constant
        self._code = code

    def evaluate(self, answers: dict[str, Any]) -> str:
        """The text with the answers in it. Raises NameError for a missing name and whatever the author's code raises."""
        if self._code is None:
            return self.constant or ""
        pieces: list[str] = []
        FunctionType(self._code, answers)(pieces.append, shown, _FILTERS, runtime.LoopStack, runtime.STOP_RENDERING)
        return "".join(pieces)


# what the function is handed, in this order, so that nothing has to stand in the answers
_PARAMETERS = ("__M_write", "__M_shown", "__M_filters", "__M_LoopStack", "STOP_RENDERING")

_TYPED_ENTITY = re.compile(r"(&#0\d{3};)")


def _escape_html(text: str) -> str:
    """HTML's special characters as entities, except in entities that stand for what was typed."""
    return "".join(
        part if number % 2 else html.escape(part, quote=True) for number, part in enumerate(_TYPED_ENTITY.split(shown(text)))
    )


def _escape_address(text: str) -> str:
    return str(filters.url_escape(unescape_typed(text)))


_FILTERS: Mapping[str, Callable[[Any], str]] = {
    "str": str,
    "unicode": str,
    "trim": filters.trim,
    "h": _escape_html,
    "x": _escape_html,
    "entity": _escape_html,
    "u": _escape_address,
}

# --- compiling -------------------------------------------------------------------------------------------------------

_MAKO = re.compile(r"\$\{|</?%|^[ \t]*(?:%|##(?!#))", re.MULTILINE)


def compile_text(text: str, *, source: str, path: Path | None, line: int, defs: str = "") -> Text:
    """Compile a text whose first line is line `line` of the file `source`.

    `defs` is Mako with `<%def>` blocks that the text may use; it counts as standing in the text's first line.
    Raises `SourceError` for what Mako or Python can't read, and for what would read other files.
    """
    if _MAKO.search(text) is None:
        return Text(text)
    place = _Place(source, path, line)
    nodes = place.nodes_of(text)
    if all(isinstance(node, (parsetree.Text, parsetree.Comment)) for node in nodes):
        return Text("".join(node.content for node in nodes if isinstance(node, parsetree.Text)))
    prefix = _Builder(_FirstLine(source, path, line)).prefix(defs) if defs else []
    builder = _Builder(place)
    function = builder.function("text", ast.arguments([], _arguments(_PARAMETERS), None, [], [], None, []), nodes, line)
    function.body[:0] = prefix
    return Text(None, place.compiled(function))


def _arguments(names: Iterable[str]) -> list[ast.arg]:
    return [ast.arg(name) for name in names]


class _Lexer(lexer.Lexer):
    """Takes a text apart. A line that begins with three or more `#` is a Markdown heading, not a comment of Mako."""

    # stock Mako swallows a first line such as "# coding: …", which may well be a heading
    _coding_re = re.compile(r"(?!)")

    def match_control_line(self) -> bool:
        heading = self.match(r"(?<=^)[\t ]*#{3,}", re.MULTILINE)
        if heading:
            self.append_node(parsetree.Text, heading.group(0))
            return True
        return bool(super().match_control_line())


class _Place:
    """Where a text stands, and so where each of its lines stands."""

    def __init__(self, source: str, path: Path | None, line: int) -> None:
        self.source = source
        self.path = path
        self.first = line

    def line(self, number: int) -> int:
        """The line of the file that is line `number` of the text."""
        return self.first + number - 1

    def mistake(self, number: int, message: str, hint: str | None = None) -> SourceError:
        """An error that points at line `number` of the text."""
        return SourceError(message, source=self.source, path=self.path, line=self.line(number), hint=hint)

    def nodes_of(self, text: str) -> list[Any]:
        """The parts of the text as Mako sees them."""
        try:
            return list(_Lexer(text).parse().nodes)
        except (exceptions.SyntaxException, exceptions.CompileException) as error:
            raise self._mako_mistake(error) from error

    def _mako_mistake(self, error: Any) -> SourceError:
        cause = error.__cause__ or error.__context__
        if isinstance(cause, SyntaxError):
            return self.python_mistake(cause, error.lineno)
        message = re.sub(r" (?:in file .* )?at line: \d+ char: \d+$", "", str(error))
        for pattern, said, hint in _MAKO_MISTAKES:
            found = re.search(pattern, message)
            if found:
                return self.mistake(error.lineno, found.expand(said), found.expand(hint))
        return self.mistake(error.lineno, f"Mako can't read this: {message}.", _PERCENT)

    def python_mistake(self, error: SyntaxError, number: int) -> SourceError:
        """An error for Python that can't be read, in line `number` of the text."""
        return self.mistake(number, f"This isn't Python: {error.msg}.", "Check the brackets, quotation marks and colons.")

    def compiled(self, function: ast.FunctionDef) -> CodeType:
        """The code of the function, whose lines are already those of the file."""
        module = ast.fix_missing_locations(ast.Module([function], []))
        try:
            code = compile(module, self.source, "exec")
        except SyntaxError as error:
            raise self.python_mistake(error, (error.lineno or self.first) - self.first + 1) from error
        return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


class _FirstLine(_Place):
    """A text that comes from elsewhere: all of it counts as standing in one line."""

    def line(self, number: int) -> int:
        return self.first


_PERCENT = "A line that begins with “%” is read by Mako; write “%%” where a percent sign is meant."
_MAKO_MISTAKES = (
    (r"^Unterminated control keyword: '(\w+)'", r"“% \1” is never closed.", r"Add a line “% end\1” where it ends."),
    (r"^No starting keyword '(\w+)'", r"“% end\1” closes nothing.", r"Remove it, or add the line “% \1 …:” that it closes."),
    (
        r"^Keyword '(\w+)' doesn't match keyword '(\w+)'",
        r"“% \1” stands where “% end\2” is due.",
        r"What was opened last must be closed first: “% end\2”.",
    ),
    (
        r"^Keyword '(\w+)' not a legal ternary for keyword '(\w+)'",
        r"“% \1” can't belong to “% \2”.",
        "Check the lines before it.",
    ),
    (r"^Expected: ", "“${” or “<%” is never closed.", "Add the “}” or the “%>”."),
    (r"^Unclosed tag: (\S+)", r"“\1” is never closed.", "Add the closing tag."),
    (r"^Closing tag without opening tag: (\S+)", r"“\1” closes nothing.", "Remove it, or add the tag that it closes."),
    (
        r"^No such tag: '(\w+)'",
        r"Mako has no tag “<%\1>”.",
        "Python code stands between “<% ” and “ %>”, with a blank after “<%”.",
    ),
    (r"^Unsupported control keyword: '(\w+)'", r"Mako doesn't know “% \1”.", _PERCENT),
    (r"^(?:Invalid control line|Fragment )", "Mako can't read this line.", _PERCENT),
)
_UNSUPPORTED = {
    parsetree.IncludeTag: ("<%include>", "A text can't read other files. Use a template block, and write “${ its_name }”."),
    parsetree.NamespaceTag: ("<%namespace>", "A text can't read other files. Write Python functions in a module instead."),
    parsetree.InheritTag: ("<%inherit>", "A text can't read other files."),
    parsetree.PageTag: ("<%page>", "Leave it out."),
    parsetree.CallTag: ("<%call>", "Write “${ name_of_the_def() }”."),
    parsetree.CallNamespaceTag: ("a tag with a colon", "Write “${ name_of_the_def() }”."),
}


class _Builder:
    """Puts the parts of a text together as the syntax tree of a function that writes them."""

    def __init__(self, place: _Place) -> None:
        self.place = place
        # whether the function that is being built has a loop that uses `loop`
        self.loops = False

    def prefix(self, defs: str) -> list[ast.stmt]:
        """The functions (and the code between them) of a text that is only there to define them."""
        nodes = [node for node in self.place.nodes_of(defs) if not isinstance(node, parsetree.Text)]
        return [*self.hoisted(nodes), *self.whole(nodes)]

    def function(self, name: str, arguments: ast.arguments, nodes: Sequence[Any], line: int) -> ast.FunctionDef:
        """A function that writes the nodes. Its definitions come first, wherever they stand, as they do in Mako."""
        with self._own_loops():
            body = [*self.hoisted(nodes), *self.whole(nodes)]
            if self.loops:
                body[:0] = self.parsed("loop = __M_loops = __M_LoopStack()", 1)
        body.append(ast.Return(ast.Constant("")))
        return _at(ast.FunctionDef(name, arguments, body, [], lineno=line), line)

    @contextmanager
    def _own_loops(self) -> Iterator[None]:
        outer, self.loops = self.loops, False
        yield
        self.loops = outer

    def hoisted(self, nodes: Iterable[Any]) -> list[ast.stmt]:
        """`<%! %>` and `<%def>` among the nodes."""
        statements: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, parsetree.Code) and node.ismodule:
                statements += self.parsed(node.text, node.lineno)
            elif isinstance(node, parsetree.DefTag):
                statements.append(self.definition(node))
            elif isinstance(node, parsetree.BlockTag):
                statements += self.hoisted(node.nodes)
        return statements

    def definition(self, node: Any) -> ast.FunctionDef:
        """`<%def name="name(arguments)">`."""
        self._refuse_attributes(node, "name")
        signature = self.parsed(f"def {node.attributes['name']}:\n pass", node.lineno)[0]
        assert isinstance(signature, ast.FunctionDef)
        return self.function(signature.name, signature.args, node.nodes, self.place.line(node.lineno))

    def _refuse_attributes(self, node: Any, *allowed: str) -> None:
        for name in node.attributes:
            if name not in allowed:
                raise self.place.mistake(node.lineno, f"“{name}=” of “<%{node.keyword}>” isn't supported.", "Leave it out.")

    def whole(self, nodes: Iterable[Any]) -> list[ast.stmt]:
        """The statements for all of the nodes."""
        statements, stop = self.suite(iter(nodes))
        if stop is not None:
            word = stop.text.partition(":")[0]
            raise self.place.mistake(stop.lineno, f"“% {word}” belongs to nothing.", "Check the “% if” or “% for” before it.")
        return statements

    def suite(self, nodes: Iterator[Any]) -> tuple[list[ast.stmt], Any]:
        """The statements up to the control line that ends or continues the statement around them, and that line."""
        statements: list[ast.stmt] = []
        for node in nodes:
            if not isinstance(node, parsetree.ControlLine):
                statements += self.simple(node)
            elif node.isend or not node.is_primary:
                return statements, node
            else:
                statements.append(self.compound(node, nodes))
        return statements, None

    # --- parts without control lines

    def simple(self, node: Any) -> list[ast.stmt]:
        """The statements for one part."""
        match node:
            case parsetree.Text():
                return [self.writing(ast.Constant(node.content), node)]
            case parsetree.Expression():
                return [self.writing(self.expression(node), node)]
            case parsetree.Code():
                return [] if node.ismodule else self.parsed(node.text, node.lineno)
            case parsetree.Comment() | parsetree.DefTag():
                return []
            case parsetree.TextTag():
                self._refuse_attributes(node)
                return self.whole(node.nodes)
            case parsetree.BlockTag():
                self._refuse_attributes(node, "name")
                return self.whole(node.nodes)
        name, hint = next(found for kind, found in _UNSUPPORTED.items() if type(node) is kind)
        raise self.place.mistake(node.lineno, f"“{name}” can't be used in an interview.", hint)

    def writing(self, value: ast.expr, node: Any) -> ast.stmt:
        return _at(ast.Expr(_call("__M_write", value)), self.place.line(node.lineno))

    def expression(self, node: Any) -> ast.expr:
        """`${ value | filters }`: the filters in their order, and then what makes typed text harmless, unless `n` forbids it."""
        if not node.text.strip():
            raise self.place.mistake(node.lineno, "There is nothing between “${” and “}”.", "Write a variable's name there.")
        value = self.value(f"({node.text}\n)", node.lineno)
        names = [name.strip() for name in node.escapes_code.args]
        for number, name in enumerate(name for name in names if name != "n"):
            value = self.filtered(name, value if number else _call_filter("str", value), node.lineno)
        return _call_filter("str", value) if "n" in names else _call("__M_shown", value)

    def filtered(self, name: str, value: ast.expr, line: int) -> ast.expr:
        return _call_filter(name, value) if name in _FILTERS else ast.Call(self.value(name, line), [value], [])

    def value(self, text: str, line: int) -> ast.expr:
        statement = self.parsed(text, line)[0]
        if not isinstance(statement, ast.Expr):
            raise self.place.mistake(line, "This isn't an expression.", "Statements stand between “<%” and “%>”.")
        return statement.value

    def parsed(self, text: str, line: int) -> list[ast.stmt]:
        """Python of which the first line is line `line` of the text."""
        return self.parsed_lines(text, [line + number for number in range(text.count("\n") + 2)])

    def parsed_lines(self, text: str, lines: Sequence[int]) -> list[ast.stmt]:
        """Python of which each line has its own place: `lines` are numbers of lines of the text."""
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise self.place.python_mistake(error, lines[min(error.lineno or 1, len(lines)) - 1]) from error
        for node in ast.walk(tree):
            if isinstance(node, _PLACED):
                first, last = node.lineno, node.end_lineno or node.lineno
                _mark(node, self.place.line(lines[first - 1]), self.place.line(lines[last - 1]))
        return tree.body

    # --- control lines

    def compound(self, opening: Any, nodes: Iterator[Any]) -> ast.stmt:
        """`% if` and its like up to the end, with everything within."""
        clauses, bodies = [opening], []
        while True:
            body, stop = self.suite(nodes)
            bodies.append(body)
            if stop is None or stop.isend:
                break
            clauses.append(stop)
        statement = self.skeleton(clauses)
        for suite, body in zip(list(_empty_suites(statement)), bodies, strict=True):
            suite[:] = body or suite
        return self.with_loop(statement) if isinstance(statement, ast.For) and _uses_loop(statement) else statement

    def skeleton(self, clauses: Sequence[Any]) -> ast.stmt:
        """The statement with nothing in it."""
        text, lines = "", []
        for clause in clauses:
            text += f"{clause.text}\n pass\n"
            lines += [clause.lineno + number for number in range(clause.text.count("\n") + 1)]
            lines.append(lines[-1])
        return self.parsed_lines(text, [*lines, lines[-1]])[0]

    def with_loop(self, statement: ast.For) -> ast.stmt:
        """The loop with `loop` in it, which says how far it has got."""
        self.loops = True
        line = statement.lineno
        start, guarded = ast.parse(_LOOP).body
        assert isinstance(start, ast.Assign)
        assert isinstance(start.value, ast.Call)
        assert isinstance(guarded, ast.Try)
        for node in (*ast.walk(start), *ast.walk(guarded)):
            _mark(node, line, line)
        start.value.args = [statement.iter]
        statement.iter = ast.Name("loop", ast.Load())
        guarded.body = [statement]
        return _at(ast.If(ast.Constant(True), [start, guarded], []), line)


_LOOP = "loop = __M_loops._enter()\ntry:\n pass\nfinally:\n loop = __M_loops._exit()"


# the nodes of a syntax tree that know where they stand
_PLACED = (ast.stmt, ast.expr, ast.excepthandler, ast.arg, ast.keyword, ast.alias, ast.pattern)


def _uses_loop(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "loop" for node in ast.walk(statement))


def _empty_suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The bodies that hold nothing but `pass`, in the order of the source."""
    for _, value in ast.iter_fields(node):
        if not isinstance(value, list):
            continue
        if len(value) == 1 and isinstance(value[0], ast.Pass):
            yield value
        else:
            for child in value:
                if isinstance(child, ast.AST):
                    yield from _empty_suites(child)


def _call(name: str, value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), [value], [])


def _call_filter(name: str, value: ast.expr) -> ast.expr:
    return ast.Call(ast.Subscript(ast.Name("__M_filters", ast.Load()), ast.Constant(name), ast.Load()), [value], [])


def _mark(node: Any, line: int, end_line: int) -> None:
    # columns of the generated function would point at nothing in the file
    node.lineno, node.end_lineno, node.col_offset, node.end_col_offset = line, end_line, -1, -1


def _at(node: Node, line: int) -> Node:
    _mark(node, line, line)
    return node
