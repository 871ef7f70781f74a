"""What runs may compute in one go."""

from tests.runtime.platform import Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: busy-{{n}}, version: 1.0.0}
do:
"""
COUNT = "[range(8000)] | length"


async def test_the_expressions_of_one_task_share_a_budget(platform: Platform) -> None:
    members = "".join(f'          m{n}: "${{ {COUNT} }}"\n' for n in range(40))

    problem = await platform.problem(f"{HEAD}  - much:\n      set:\n{members}")

    assert (problem["code"], problem["instance"]) == ("expression.budget", "/do/0/much")


async def test_tasks_one_after_the_other_each_have_their_own(platform: Platform) -> None:
    tasks = "".join(f'  - t{n}: {{set: "${{ {COUNT} }}"}}\n' for n in range(40))

    assert await platform.output(HEAD + tasks) == 8_000
