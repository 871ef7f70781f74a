"""`python -m tests.expr.campaign 20000 [seed]`: that many programs in both engines, by hand."""

import sys
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.expr.differential import difference
from tests.expr.oracle import Oracle
from tests.expr.programs import documents, programs


def main() -> None:
    count = int(sys.argv[1])
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    seen: Counter[str] = Counter()

    with Oracle() as oracle:

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(programs(), documents)
        def compare(program: str, data: object) -> None:
            theirs = oracle.ask(program, data)
            found = "no answer" if theirs is None else difference(program, data, theirs)
            seen[(found or "agree").partition(":")[0]] += 1
            if found and found.startswith("unknown"):
                print(f"{program}\n   <- {data!r}\n   {found}", flush=True)

        compare()
    print(dict(seen))


if __name__ == "__main__":
    main()
