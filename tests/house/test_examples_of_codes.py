"""Every code about documents is shown by one document that earns it and one that does not."""

import pytest

from docs.generator.examples import about_documents, codes_of, document


@pytest.mark.parametrize("code", about_documents())
def test_the_wrong_example_earns_the_code_and_the_right_one_earns_none(code: str) -> None:
    wrong, right = document(code, wrong=True), document(code, wrong=False)

    assert wrong is not None, f"docs/generator/wrong/{code}.yaml is missing"
    assert right is not None, f"docs/generator/right/{code}.yaml is missing"
    assert code in codes_of(wrong)
    assert codes_of(right) == []
