"""From source text to the syntax tree."""

from symphainy.expr import nodes as n
from symphainy.expr.errors import CompileError
from symphainy.expr.lexer import tokenize
from symphainy.expr.limits import HEIGHT
from symphainy.expr.terms import Terms

_BINARY = {
    "//": 1, "=": 2, "|=": 2, "+=": 2, "-=": 2, "*=": 2, "/=": 2, "%=": 2, "//=": 2,
    "or": 3, "and": 4, "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7,
}  # fmt: skip
_RIGHT, _NONE = {1}, {2, 5}


def parse(source: str) -> n.Node:
    """The tree of the source; raises `CompileError` where it is not jq."""
    tokens = tokenize(source, HEIGHT // 4)
    return Parser(tokens).program()


class Parser(Terms):
    """A recursive descent over one list of tokens."""

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


def _operation(position: int, operator: str, left: n.Node, right: n.Node) -> n.Node:
    if operator == "//":
        return n.Alternative(position, left, right)
    if operator in ("and", "or"):
        return n.Logic(position, operator, left, right)
    if _BINARY[operator] == 2:
        return n.Update(position, operator, left, right)
    return n.Binary(position, operator, left, right)
