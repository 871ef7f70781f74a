"""A position in a list of tokens."""

from symphainy.expr.errors import CompileError
from symphainy.expr.lexer import Token
from symphainy.expr.limits import HEIGHT


class Cursor:
    """What every part of the parser needs of the tokens."""

    def __init__(self, tokens: list[Token], depth: int = 0) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = depth

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

    def variable(self, wanted: str) -> str:
        token = self.peek()
        if token.kind != "variable":
            raise self.unexpected(f"expected {wanted} such as $x")
        self.at += 1
        return str(token.value)
