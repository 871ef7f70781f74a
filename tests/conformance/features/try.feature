Feature: Try tasks beyond the kit
  Which errors are caught, and what happens then.

  Scenario: Without a filter every error is caught
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-all, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch: {do: [{tell: {set: {status: "${ $error.status }"}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {status: 418}
    """
    And fail should fault
    And tell should run after fail

  Scenario: Without tasks of its own a catch gives the input of the try
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-nothing, version: '1.0.0'}
    do:
      - careful:
          try:
            - change: {set: {changed: true}}
            - fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}
          catch: {}
      - after: {set: {kept: "${ . }"}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {kept: {n: 1}}
    """

  Scenario: A try without an error gives what its last task gives
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-error, version: '1.0.0'}
    do:
      - careful:
          try: [{one: {set: {n: 1}}}, {two: {set: {n: "${ .n + 1 }"}}}]
          catch: {do: [{never: {set: {never: true}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """
    And never should not run

  Scenario Outline: Each member of an error can be filtered by
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-member, version: '1.0.0'}
    do:
      - careful:
          try:
            - fail: {raise: {error: {type: "https://acme.example/e", status: 418, title: Teapot, detail: Short}}}
          catch:
            errors: {with: {<member>: <wanted>}}
            do: [{tell: {set: {caught: true}}}]
    """
    When the workflow is executed
    Then the workflow should <end>

    Examples:
      | member   | wanted                          | end      |
      | type     | https://acme.example/e          | complete |
      | type     | https://acme.example/other      | fault    |
      | status   | 418                             | complete |
      | status   | 404                             | fault    |
      | title    | Teapot                          | complete |
      | title    | Kettle                          | fault    |
      | detail   | Short                           | complete |
      | detail   | Stout                           | fault    |
      | instance | /do/0/careful/try/0/fail        | complete |
      | instance | /do/0/careful/try/1/other       | fault    |

  Scenario: All members of a filter have to fit
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-both, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch:
            errors: {with: {type: "https://acme.example/e", status: 404}}
            do: [{tell: {set: {caught: true}}}]
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {type: "https://acme.example/e", status: 418, instance: /do/0/careful/try/0/fail}
    """

  Scenario Outline: A filter takes a standard type under every address it ever had
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-alias, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {set: {x: "${ 1 / 0 }"}}}]
          catch:
            errors: {with: {type: "<type>"}}
            do: [{tell: {set: {caught: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {caught: true}
    """

    Examples:
      | type                                                                    |
      | https://open-workflow-specification.org/spec/1.0.0/errors/expression    |
      | https://open-workflow-specification.org/dsl/errors/types/expression     |
      | https://serverlessworkflow.io/spec/1.0.0/errors/expression              |
      | https://serverlessworkflow.io/dsl/errors/types/expression               |

  Scenario Outline: When says of the errors that were filtered which are caught
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-when, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch:
            as: problem
            <clause>: $problem.status == <status>
            do: [{tell: {set: {caught: true}}}]
    """
    When the workflow is executed
    Then the workflow should <end>

    Examples:
      | clause     | status | end      |
      | when       | 418    | complete |
      | when       | 404    | fault    |
      | exceptWhen | 418    | fault    |
      | exceptWhen | 404    | complete |

  Scenario: The error has the name that the catch gives it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-as, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418, title: Teapot}}}}]
          catch: {as: why, do: [{tell: {set: "${ $why }"}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    type: https://acme.example/e
    status: 418
    title: Teapot
    instance: /do/0/careful/try/0/fail
    """

  Scenario: An inner try that does not catch leaves it to the outer one
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-outer, version: '1.0.0'}
    do:
      - outer:
          try:
            - inner:
                try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}}]
                catch: {errors: {with: {status: 404}}, do: [{never: {set: {never: true}}}]}
          catch: {do: [{tell: {set: {at: "${ $error.instance }"}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    at: /do/0/outer/try/0/inner/try/0/fail
    """
    And never should not run

  Scenario: An error raised while another is handled is raised again outside
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-raises, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/first", status: 418}}}}]
          catch:
            do:
              - worse:
                  raise: {error: {type: "https://acme.example/second", status: 500, detail: "${ $error.type }"}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://acme.example/second
    status: 500
    detail: https://acme.example/first
    instance: /do/0/careful/catch/do/0/worse
    """

  Scenario: After an error the flow goes where the catch says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-then, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {if: .fails, raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch: {do: [{tell: {set: {told: true}}}], then: mend}
          then: fine
      - fine: {set: {fine: true}, then: end}
      - mend: {set: {mended: "${ .told }"}}
    """
    And given the workflow input is:
    """yaml
    fails: true
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {mended: true}
    """
    And fine should not run

  Scenario: Without an error the flow goes where the task says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-then-not, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {if: .fails, raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch: {do: [{tell: {set: {told: true}}}], then: mend}
          then: fine
      - fine: {set: {fine: true}, then: end}
      - mend: {set: {mended: "${ .told }"}}
    """
    And given the workflow input is:
    """yaml
    fails: false
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {fine: true}
    """
    And mend should not run

  Scenario: The error is not there outside of its catch
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-scope, version: '1.0.0'}
    do:
      - careful:
          try: [{one: {set: {n: 1}}}]
          catch: {as: why, do: [{tell: {set: {n: 0}}}]}
      - after: {set: {n: "${ $why }"}}
    """
    Then the definition should be refused with code 'expression.variable' at '/do/1/after/set/n'

  Scenario Outline: A catch may end the list or the run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catch-directive, version: '1.0.0'}
    do:
      - outer:
          do:
            - careful:
                try: [{fail: {if: .fails, raise: {error: {type: "https://acme.example/e", status: 418}}}}]
                catch: {then: <directive>}
            - inside: {set: {inside: true}}
      - outside: {set: {outside: true}}
    """
    And given the workflow input is:
    """yaml
    fails: true
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    <output>
    """
    And inside should not run

    Examples:
      | directive | output          |
      | exit      | {outside: true} |
      | end       | {fails: true}   |

  Scenario: Retries begin anew for each attempt of an outer try
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-nested, version: '1.0.0'}
    do:
      - outer:
          try:
            - inner:
                try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
                catch: {as: why, retry: {when: $why.status == 503, limit: {attempt: {count: 1}}}}
          catch: {retry: {limit: {attempt: {count: 2}}}, do: [{tell: {set: {gaveUp: true}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {gaveUp: true}
    """
    And inner should run 3 times
    And fail should run 6 times
