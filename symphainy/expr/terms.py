"""Parsing of terms: everything that stands between operators."""

from abc import ABC, abstractmethod

from symphainy.expr import formats
from symphainy.expr import nodes as n
from symphainy.expr.cursor import Cursor
from symphainy.expr.errors import CompileError
from symphainy.expr.jsontext import brief
from symphainy.expr.lexer import KEYWORDS, Token
from symphainy.expr.values import kind

_CONSTANTS = {"true": True, "false": False, "null": None}


class Terms(Cursor, ABC):
    """Terms; what they hold inside is parsed by the parser built on this."""

    @abstractmethod
    def query(self, definitions_only: bool = False) -> n.Node:
        """A whole query: definitions, pipes and all."""

    @abstractmethod
    def expression(self, minimum: int) -> n.Node:
        """Terms between operators that bind at least as `minimum`."""

    @abstractmethod
    def postfix(self) -> n.Node:
        """A term with what follows it: paths, indices, `?`."""

    @abstractmethod
    def patterns(self) -> list[n.Pattern]:
        """What `as` binds, with its alternatives."""

    def key(self, wanted: str) -> n.Node | None:
        """A key written as a word, a string or an expression in parentheses."""
        token = self.peek()
        if token.kind == "word" and "::" not in str(token.value):
            self.at += 1
            return n.Literal(token.position, token.value)
        if token.kind in ("string", "format"):
            return self.string()
        if self.skip("("):
            inner = self.query()
            self.expect(")")
            if isinstance(inner, n.Literal) and not isinstance(inner.value, str):
                raise CompileError(
                    "expression.syntax",
                    f"Cannot use {kind(inner.value)} ({brief(inner.value)}) as object key",
                    token.position,
                )
            return inner
        return None

    def string(self) -> n.Node:
        """A string literal, with or without a format before it."""
        token = self.take()
        form = "text"
        if token.kind == "format":
            form = str(token.value)
            if self.peek().kind != "string":
                return n.Format(token.position, form)
            token = self.take()
            formats.named(form, token.position)
        parts: list[str | n.Node] = []
        for part in token.value:
            if isinstance(part, str):
                if part:
                    parts.append(part)
                continue
            inner = type(self)(part, self.depth + 2)
            parts.append(inner.query())
            inner.expect_end()
        if not parts:
            return n.Literal(token.position, "")
        if len(parts) == 1 and isinstance(parts[0], str):
            return n.Literal(token.position, parts[0])
        return n.Text(token.position, list(parts), form)

    def term(self) -> n.Node:
        token = self.peek()
        handler = _TERMS.get(token.kind)
        if handler is None:
            raise self.unexpected("expected a value")
        return handler(self, token)

    def field_term(self, token: Token) -> n.Node:
        self.at += 1
        term = n.Identity(token.position)
        key = n.Literal(token.position, token.value)
        return n.Index(token.position, term, key, self.skip("?"))

    def number_term(self, token: Token) -> n.Node:
        self.at += 1
        return n.Literal(token.position, number(str(token.value), token.position))

    def variable_term(self, token: Token) -> n.Node:
        self.at += 1
        return n.Variable(token.position, str(token.value))

    def string_term(self, _: Token) -> n.Node:
        return self.string()

    def sign_term(self, token: Token) -> n.Node:
        handler = _SIGNS.get(str(token.value))
        if handler is None:
            raise self.unexpected("expected a value")
        self.at += 1
        self.deeper()
        tree = handler(self, token.position)
        self.depth -= 1
        return tree

    def dot(self, position: int) -> n.Node:
        after = self.peek()
        if after.kind in ("string", "format"):
            term = n.Identity(position)
            return n.Index(after.position, term, self.string(), self.skip("?"))
        if after.kind in ("word", "number") and after.position == position + 1:
            raise CompileError(
                "expression.syntax",
                'try .["field"] instead of .field for unusually named fields',
                position,
            )
        return n.Identity(position)

    def negation(self, position: int) -> n.Node:
        term = self.postfix()
        if isinstance(term, n.Literal) and type(term.value) in (int, float):
            return n.Literal(position, -term.value)
        return n.Negate(position, term)

    def parenthesis(self, _: int) -> n.Node:
        inner = self.query()
        self.expect(")")
        return inner

    def array(self, position: int) -> n.Node:
        if self.skip("]"):
            return n.Array(position, None)
        inner = self.query()
        self.expect("]")
        return n.Array(position, inner)

    def object(self, position: int) -> n.Node:
        pairs: list[tuple[n.Node, n.Node]] = []
        while not self.skip("}"):
            pairs.append(self.pair())
            if not self.skip(","):
                self.expect("}")
                break
        return n.Object(position, pairs)

    def pair(self) -> tuple[n.Node, n.Node]:
        token = self.peek()
        if token.kind == "variable":
            self.at += 1
            variable = n.Variable(token.position, str(token.value))
            if self.skip(":"):
                return variable, self.field_value()
            name = str(token.value)
            return n.Literal(token.position, name), variable
        parenthesised = self.sees("(")
        key = self.key("a key")
        if key is None:
            raise self.unexpected(
                "May need parentheses around object key expression: expected a key"
            )
        if parenthesised or self.sees(":"):
            self.expect(":")
            return key, self.field_value()
        return key, n.Index(token.position, n.Identity(token.position), key)

    def field_value(self) -> n.Node:
        """A value of an object: pipes but no commas."""
        position = self.peek().position
        self.deeper()
        stages = [self.expression(1)]
        while self.skip("|"):
            stages.append(self.expression(1))
        self.depth -= 1
        return stages[0] if len(stages) == 1 else n.Pipe(position, stages)

    def word_term(self, token: Token) -> n.Node:
        name = str(token.value)
        self.at += 1
        if name in _WORDS:
            self.deeper()
            tree = _WORDS[name](self, token.position)
            self.depth -= 1
            return tree
        if name in KEYWORDS:
            self.at -= 1
            raise self.unexpected("expected a value")
        if name in _CONSTANTS and not self.sees("("):
            return n.Literal(token.position, _CONSTANTS[name])
        arguments: list[n.Node] = []
        if self.skip("("):
            arguments.append(self.query())
            while self.skip(";"):
                arguments.append(self.query())
            self.expect(")")
        return n.Call(token.position, name, arguments)

    def conditional(self, position: int) -> n.Node:
        condition = self.query()
        self.expect("then")
        then = self.query()
        after = self.peek()
        if self.skip("elif"):
            self.deeper()
            otherwise = self.conditional(after.position)
            self.depth -= 1
            return n.If(position, condition, then, otherwise)
        otherwise = self.query() if self.skip("else") else n.Identity(after.position)
        self.expect("end")
        return n.If(position, condition, then, otherwise)

    def attempt(self, position: int) -> n.Node:
        body = self.postfix()
        return n.Try(position, body, self.postfix() if self.skip("catch") else None)

    def reduction(self, position: int) -> n.Node:
        source = self.expression(1)
        self.expect("as")
        patterns = self.patterns()
        self.expect("(")
        start = self.query()
        self.expect(";")
        update = self.query()
        self.expect(")")
        return n.Reduce(position, source, patterns, start, update)

    def iteration(self, position: int) -> n.Node:
        source = self.expression(1)
        self.expect("as")
        patterns = self.patterns()
        self.expect("(")
        start = self.query()
        self.expect(";")
        update = self.query()
        extract = self.query() if self.skip(";") else None
        self.expect(")")
        return n.Foreach(position, source, patterns, start, update, extract)

    def leave(self, position: int) -> n.Node:
        return n.BreakOut(position, self.variable("the label to break to"))


def number(shown: str, position: int) -> int | float:
    """The value of a number literal."""
    if shown.isdigit():
        digits = shown.lstrip("0")
        if len(digits) > 308:
            raise CompileError("expression.too-large", "an integer is too long", position)
        return int(digits or "0")
    value = float(shown)
    if "e" in shown.lower() and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    return value


_TERMS = {
    "field": Terms.field_term,
    "number": Terms.number_term,
    "variable": Terms.variable_term,
    "string": Terms.string_term,
    "format": Terms.string_term,
    "sign": Terms.sign_term,
    "word": Terms.word_term,
}
_SIGNS = {
    ".": Terms.dot,
    "..": lambda _, position: n.Call(position, "recurse"),
    "-": Terms.negation,
    "(": Terms.parenthesis,
    "[": Terms.array,
    "{": Terms.object,
}
_WORDS = {
    "if": Terms.conditional,
    "try": Terms.attempt,
    "reduce": Terms.reduction,
    "foreach": Terms.iteration,
    "break": Terms.leave,
}
