"""The Liquid engine, cut down to what a tenant's template may use."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, Node, RenderContext, StrictUndefined
from liquid.builtin import content, illegal, output
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    decrement_tag,
    doc_tag,
    echo_tag,
    for_tag,
    if_tag,
    increment_tag,
    inline_comment_tag,
    liquid_tag,
    unless_tag,
)
from liquid.exceptions import LiquidTypeError, ResourceLimitError
from liquid.stringify import to_liquid_string
from liquid.undefined import is_undefined
from liquid.utils import ReadOnlyChainMap

from symphainy.template import work
from symphainy.template.filters import FILTERS
from symphainy.template.locales import Setting

__all__ = ["Bound", "Context", "Engine"]

NODE = 10
"""Units of work of rendering one node once."""


class Context(RenderContext):
    """The state of one rendering: no clock among its names, and a purse that runs empty."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)
        self.purse = work.Purse()
        self.setting = Setting()
        self.body = 0

    def charge(self, units: int) -> None:
        """Pay for work about to be done; ResourceLimitError when it is too much in all."""
        self.purse.left -= units
        if self.purse.left < 0:
            raise ResourceLimitError("the template does too much work", token=None)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        super().raise_for_loop_limit(length)
        self.charge(length * self.body)


class Missing(StrictUndefined):
    """A name that the data lacks: it can be tested and given a default, not written."""

    __slots__ = ()

    allowed_properties = StrictUndefined.allowed_properties | {"__class__", "__liquid__"}


class _Output(output.OutputNode):
    """An output that says so when asked to write an object."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if isinstance(context, Context) and isinstance(value, (list, tuple)):
            context.charge(work.size(value))
        return sum(buffer.write(part) for part in self._parts(value, context.autoescape))

    def _parts(self, value: object, autoescape: bool) -> Iterator[str]:
        if isinstance(value, (list, tuple)):
            for one in value:
                yield from self._parts(one, autoescape)
        elif isinstance(value, Mapping) and not is_undefined(value):
            raise LiquidTypeError(
                f"'{self.expression}' is an object: name the member to write", token=self.token
            )
        else:
            yield to_liquid_string(value, autoescape)


class _OutputTag(output.Output):
    node_class = _Output


class _EchoTag(echo_tag.EchoTag):
    node_class = _Output  # type: ignore[assignment]


class _For(for_tag.ForNode):
    """A loop that is paid for by its length times the nodes in its body."""

    __slots__ = ("body",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.body = NODE * _nodes(self.block)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        if isinstance(context, Context):
            context.body = self.body
        return super().render_to_output(context, buffer)


class _ForTag(for_tag.ForTag):
    node_class = _For


def _nodes(node: Node) -> int:
    # No tag of ours looks at the context to tell its children.
    children: Iterable[Node] = node.children(None)  # type: ignore[arg-type]
    return 1 + sum(_nodes(one) for one in children)


class Bound(BoundTemplate):
    """A parsed template."""

    context_class = Context

    def rendered(
        self, data: Mapping[str, object], setting: Setting | None, purse: work.Purse | None
    ) -> str:
        """The text for a reader; `purse` is shared with other renderings."""
        context = Context(self, globals=self.make_globals(dict(data)))
        context.setting = setting or context.setting
        context.purse = purse or context.purse
        buffer = self._get_buffer()
        self.render_with_context(context, buffer)
        return buffer.getvalue()

    def make_partial_namespace(
        self, partial: bool, render_args: Mapping[str, object]
    ) -> Mapping[str, object]:
        return render_args


class Engine(Environment):
    """Liquid without includes, clock and escapes from escaping, every measure of it bounded."""

    loop_iteration_limit = work.ITERATIONS
    output_stream_limit = work.OUTPUT
    local_namespace_limit = work.LOCALS
    template_class = Bound

    def __init__(self, *, html: bool) -> None:
        super().__init__(undefined=Missing, autoescape=html)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal,
            _OutputTag,
            illegal.Illegal,
            if_tag.IfTag,
            unless_tag.UnlessTag,
            case_tag.CaseTag,
            _ForTag,
            for_tag.BreakTag,
            for_tag.ContinueTag,
            assign_tag.AssignTag,
            capture_tag.CaptureTag,
            increment_tag.IncrementTag,
            decrement_tag.DecrementTag,
            _EchoTag,
            liquid_tag.LiquidTag,
            comment_tag.CommentTag,
            inline_comment_tag.InlineCommentTag,
            doc_tag.DocTag,
        ):
            self.add_tag(tag)
        self.filters.update(FILTERS)
