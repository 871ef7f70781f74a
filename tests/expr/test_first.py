from symphainy import expr


def test_a_filter_over_items_yields_its_value() -> None:
    program = expr.compile(".items | map(select(.due)) | length")
    assert expr.evaluate(program, {"items": [{"due": True}, {"due": False}]}).value == 1
