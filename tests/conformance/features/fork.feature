Feature: Fork tasks beyond the kit
  Branches side by side.

  @waits
  Scenario: Without competition every branch gives its output, in the order of the definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-all, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - slow: {do: [{rest: {wait: {milliseconds: 50}}}, {one: {set: {n: "${ .n + 1 }"}}}]}
              - fast: {set: {n: "${ .n + 2 }"}}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 1}, {n: 2}]
    """
    And one should run after fast

  Scenario: Every branch takes the input of the fork
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-input, version: '1.0.0'}
    do:
      - both:
          input: {from: .inner}
          fork:
            branches:
              - one: {set: {seen: "${ . }"}}
              - two: {set: "${ $input }"}
    """
    And given the workflow input is:
    """yaml
    inner: {a: 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{seen: {a: 1}}, {a: 1}]
    """

  Scenario: The output of a fork is shaped like that of any task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-output, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - one: {set: {n: 1}, output: {as: .n}}
              - two: {set: {n: 2}, output: {as: .n}}
          output: {as: add}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    3
    """

  @waits
  Scenario: Of competing branches the first to be done wins and the others are cancelled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-compete, version: '1.0.0'}
    do:
      - race:
          fork:
            compete: true
            branches:
              - late: {do: [{long: {wait: {days: 5}}}, {tooLate: {set: {winner: late}}}]}
              - early: {do: [{short: {wait: {hours: 1}}}, {inTime: {set: {winner: early}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {winner: early}
    """
    And late should cancel
    And long should cancel
    And tooLate should not run

  Scenario: Forks can stand in forks
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-nested, version: '1.0.0'}
    do:
      - outer:
          fork:
            branches:
              - inner: {fork: {branches: [{a: {set: {n: 1}}}, {b: {set: {n: 2}}}]}}
              - c: {set: {n: 3}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [[{n: 1}, {n: 2}], {n: 3}]
    """

  @waits
  Scenario: A branch that faults ends the fork and cancels the others
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-fault, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - patient: {wait: {days: 5}}
              - rash: {raise: {error: {type: "https://acme.example/errors/rash", status: 409}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://acme.example/errors/rash
    status: 409
    instance: /do/0/both/fork/branches/1/rash
    """
    And patient should cancel

  @waits
  Scenario: A branch that faults ends a competition too
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-compete-fault, version: '1.0.0'}
    do:
      - race:
          fork:
            compete: true
            branches:
              - patient: {wait: {days: 5}}
              - rash: {do: [{short: {wait: {hours: 1}}}, {fail: {raise: {error: {type: "https://acme.example/errors/rash", status: 409}}}}]}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    status: 409
    instance: /do/0/race/fork/branches/1/rash/do/1/fail
    """
    And patient should cancel

  Scenario: The fault of a branch can be caught around the fork
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-caught, version: '1.0.0'}
    do:
      - careful:
          try:
            - both:
                fork:
                  branches:
                    - fine: {set: {n: 1}}
                    - rash: {raise: {error: {type: "https://acme.example/errors/rash", status: 409}}}
          catch: {do: [{tell: {set: {at: "${ $error.instance }"}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    at: /do/0/careful/try/0/both/fork/branches/1/rash
    """

  Scenario: A branch that catches its own fault harms no other
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-own, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - fine: {set: {n: 1}}
              - careful:
                  try: [{rash: {raise: {error: {type: "https://acme.example/errors/rash", status: 409}}}}]
                  catch: {do: [{mend: {set: {n: 2}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 1}, {n: 2}]
    """

  Scenario: A branch whose condition does not hold gives its input
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-if, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - never: {if: "false", set: {n: 1}}
              - always: {set: {n: 2}}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 0}, {n: 2}]
    """
    And never should not run

  Scenario: Branches may loop, each at its own pace
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-loops, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - ones: {for: {in: "${ [1, 1, 1] }"}, do: [{addOne: {set: {n: "${ .n + $item }"}}}]}
              - twos: {for: {in: "${ [2, 2] }"}, do: [{addTwo: {set: {n: "${ .n + $item }"}}}]}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 3}, {n: 4}]
    """
    And addOne should run 3 times
    And addTwo should run 2 times

  Scenario: A branch leads to no other branch
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: fork-then, version: '1.0.0'}
    do:
      - both: {fork: {branches: [{one: {set: {n: 1}, then: two}}, {two: {set: {n: 2}}}]}}
    """
    Then the definition should be refused with code 'compile.then-unknown' at '/do/0/both/fork/branches/0/one/then'
