"""From source text to the syntax tree."""

from symphainy.expr import nodes as n
from symphainy.expr.errors import CompileError
from symphainy.expr.jsontext import brief
from symphainy.expr.lexer import KEYWORDS, Token, tokenize
from symphainy.expr.limits import HEIGHT
from symphainy.expr.values import kind

_BINARY = {
    "//": 1, "=": 2, "|=": 2, "+=": 2, "-=": 2, "*=": 2, "/=": 2, "%=": 2, "//=": 2,
    "or": 3, "and": 4, "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7,
}  # fmt: skip
_RIGHT, _NONE = {1}, {2, 5}
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse(source: str) -> n.Node:
    """The tree of the source; raises `CompileError` where it is not jq."""
    tokens = tokenize(source, HEIGHT // 4)
    return Parser(tokens).program()


class Parser:
    """A recursive descent over one list of tokens."""

    def __init__(self, tokens: list[Token], depth: int = 0) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = depth

    def program(self) -> n.Node:
        start = self.peek()
        if start.kind == "end":
            raise CompileError("expression.syntax", "the expression is empty", start.position)
        if start.kind == "word" and start.value in ("import", "include", "module"):
            raise CompileError(
                "expression.forbidden",
                f"{start.value} is refused: an expression cannot load modules",
                start.position,
            )
        tree = self.query(definitions_only=True)
        self.expect_end()
        return tree

    def peek(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def sees(self, text: str) -> bool:
        token = self.tokens[self.at]
        return token.value == text and token.kind in ("sign", "word")

    def skip(self, text: str) -> bool:
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            raise self.unexpected(f"expected {text!r}")
        return self.take()

    def expect_end(self) -> None:
        if self.peek().kind != "end":
            raise self.unexpected("expected the end of the expression")

    def unexpected(self, wanted: str) -> CompileError:
        token = self.peek()
        if token.kind == "end":
            found = "the end"
        elif token.kind == "string":
            found = "a string"
        else:
            found = repr({"field": ".", "variable": "$", "format": "@"}.get(token.kind, ""))[1:-1]
            found = repr(found + str(token.value))
        return CompileError("expression.syntax", f"{wanted}, found {found}", token.position)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > HEIGHT:
            raise CompileError(
                "expression.too-large",
                f"the expression nests deeper than {HEIGHT} levels",
                self.peek().position,
            )

    def query(self, definitions_only: bool = False) -> n.Node:
        """Pipes, the loosest binding of all."""
        self.deeper()
        position = self.peek().position
        stages = [self.commas(definitions_only)]
        while self.skip("|"):
            stages.append(self.commas(False))
        self.depth -= 1
        return stages[0] if len(stages) == 1 else n.Pipe(position, stages)

    def commas(self, definitions_only: bool) -> n.Node:
        position = self.peek().position
        items = [self.item(definitions_only)]
        while self.skip(","):
            items.append(self.item(False))
        return items[0] if len(items) == 1 else n.Comma(position, items)

    def item(self, definitions_only: bool) -> n.Node:
        """One operand of a comma; a definition, label or binding takes all that follows it."""
        position = self.peek().position
        if self.sees("def"):
            return self.definitions(definitions_only)
        if self.skip("label"):
            name = self.variable("a label name")
            self.expect("|")
            return n.Label(position, name, self.query())
        expression = self.expression(1)
        if self.skip("as"):
            patterns = self.patterns()
            self.expect("|")
            return n.Bind(position, expression, patterns, self.query())
        return expression

    def definitions(self, definitions_only: bool) -> n.Node:
        functions: list[n.Function] = []
        while self.sees("def"):
            functions.append(self.function())
        end = self.peek()
        alone = definitions_only and end.kind == "end"
        tree: n.Node = n.Identity(end.position) if alone else self.query()
        for function in reversed(functions):
            tree = n.Define(function.position, function, tree)
        return tree

    def function(self) -> n.Function:
        position = self.expect("def").position
        token = self.take()
        if token.kind != "word" or "::" in str(token.value):
            raise CompileError("expression.syntax", "def needs a function name", token.position)
        parameters: list[str] = []
        if self.skip("("):
            parameters.append(self.parameter())
            while self.skip(";"):
                parameters.append(self.parameter())
            self.expect(")")
        self.expect(":")
        body = self.query()
        self.expect(";")
        return n.Function(position, str(token.value), parameters, body)

    def parameter(self) -> str:
        token = self.take()
        if token.kind == "variable":
            return f"${token.value}"
        if token.kind == "word":
            return str(token.value)
        raise CompileError("expression.syntax", "expected a parameter name", token.position)

    def variable(self, wanted: str) -> str:
        token = self.peek()
        if token.kind != "variable":
            raise self.unexpected(f"expected {wanted} such as $x")
        self.at += 1
        return str(token.value)

    def patterns(self) -> list[n.Pattern]:
        found = [self.pattern()]
        while self.skip("?//"):
            found.append(self.pattern())
        return found

    def pattern(self) -> n.Pattern:
        token = self.peek()
        if token.kind == "variable":
            self.at += 1
            return n.NamePattern(token.position, str(token.value))
        self.deeper()
        pattern: n.Pattern
        if self.skip("["):
            items = [self.pattern()]
            while self.skip(","):
                items.append(self.pattern())
            self.expect("]")
            pattern = n.ArrayPattern(token.position, items)
        elif self.skip("{"):
            fields = [self.field_pattern()]
            while self.skip(","):
                fields.append(self.field_pattern())
            self.expect("}")
            pattern = n.ObjectPattern(token.position, fields)
        else:
            raise self.unexpected("expected $name, [...] or {...}")
        self.depth -= 1
        return pattern

    def field_pattern(self) -> tuple[n.Node, str | None, n.Pattern | None]:
        token = self.peek()
        if token.kind == "variable":
            self.at += 1
            name = str(token.value)
            inner = self.pattern() if self.skip(":") else None
            return n.Literal(token.position, name), name, inner
        key = self.key("a field name")
        if key is None:
            raise self.unexpected("expected a field name, $name or a parenthesis")
        self.expect(":")
        return key, None, self.pattern()

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

    def expression(self, minimum: int) -> n.Node:
        """Operators by their precedence, loosest `minimum`."""
        left = self.postfix()
        while True:
            token = self.peek()
            operator = str(token.value) if token.kind in ("sign", "word") else ""
            if operator == "?//":
                # written without a space, `a?//b` can only mean `(a?) // b` here
                left = n.Try(token.position, left)
                operator = "//"
            level = _BINARY.get(operator, 0)
            if level < minimum:
                return left
            self.at += 1
            self.deeper()
            right = self.expression(level if level in _RIGHT else level + 1)
            self.depth -= 1
            left = _operation(token.position, operator, left, right)
            if level in _NONE and self.level() == level:
                raise self.unexpected(f"{operator!r} cannot be chained: use parentheses")

    def level(self) -> int:
        token = self.peek()
        return _BINARY.get(str(token.value), 0) if token.kind in ("sign", "word") else 0

    def postfix(self) -> n.Node:
        term = self.term()
        while True:
            token = self.peek()
            if token.kind == "field":
                self.at += 1
                key = n.Literal(token.position, token.value)
                term = n.Index(token.position, term, key, self.skip("?"))
            elif self.sees("["):
                term = self.bracket(term)
            elif self.sees(".") and self.follows(".", ("[",)):
                self.at += 1
                term = self.bracket(term)
            elif self.sees(".") and self.follows(".", ()):
                self.at += 1
                term = n.Index(token.position, term, self.string(), self.skip("?"))
            elif self.skip("?"):
                term = n.Try(token.position, term)
            else:
                return term

    def follows(self, _: str, signs: tuple[str, ...]) -> bool:
        after = self.tokens[self.at + 1]
        if signs:
            return after.kind == "sign" and after.value in signs
        return after.kind in ("string", "format")

    def bracket(self, term: n.Node) -> n.Node:
        """`[]`, `[key]` or `[from:to]` behind a term."""
        position = self.expect("[").position
        if self.skip("]"):
            return n.Iterate(position, term, self.skip("?"))
        start: n.Node | None = None
        end: n.Node | None = None
        if not self.sees(":"):
            start = self.query()
            if self.skip("]"):
                return n.Index(position, term, start, self.skip("?"))
        self.expect(":")
        if not self.sees("]"):
            end = self.query()
        elif start is None:
            raise self.unexpected("a slice needs a start or an end")
        self.expect("]")
        return n.Slice(position, term, start, end, self.skip("?"))

    def string(self) -> n.Node:
        """A string literal, with or without a format before it."""
        token = self.take()
        form = "text"
        if token.kind == "format":
            form = str(token.value)
            if self.peek().kind != "string":
                return n.Format(token.position, form)
            token = self.take()
        parts: list[str | n.Node] = []
        for part in token.value:
            if isinstance(part, str):
                if part:
                    parts.append(part)
                continue
            inner = Parser(part, self.depth + 2)
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


def _operation(position: int, operator: str, left: n.Node, right: n.Node) -> n.Node:
    if operator == "//":
        return n.Alternative(position, left, right)
    if operator in ("and", "or"):
        return n.Logic(position, operator, left, right)
    if _BINARY[operator] == 2:
        return n.Update(position, operator, left, right)
    return n.Binary(position, operator, left, right)


_TERMS = {
    "field": Parser.field_term,
    "number": Parser.number_term,
    "variable": Parser.variable_term,
    "string": Parser.string_term,
    "format": Parser.string_term,
    "sign": Parser.sign_term,
    "word": Parser.word_term,
}
_SIGNS = {
    ".": Parser.dot,
    "..": lambda _, position: n.Call(position, "recurse"),
    "-": Parser.negation,
    "(": Parser.parenthesis,
    "[": Parser.array,
    "{": Parser.object,
}
_WORDS = {
    "if": Parser.conditional,
    "try": Parser.attempt,
    "reduce": Parser.reduction,
    "foreach": Parser.iteration,
    "break": Parser.leave,
}
