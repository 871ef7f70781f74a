Feature: For tasks beyond the kit
  Tasks done for each item, one after the other.

  Scenario: The item and its index have names of their own if one gives none
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-defaults, version: '1.0.0'}
    do:
      - loop:
          for: {in: .words}
          do:
            - note: {set: {words: "${ .words }", seen: "${ .seen + [\"\\($index)\\($item)\"] }"}}
    output: {as: .seen}
    """
    And given the workflow input is:
    """yaml
    words: [a, b]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [0a, 1b]
    """
    And note should run 2 times

  Scenario: The index has the name one gives it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-at, version: '1.0.0'}
    do:
      - loop:
          for: {each: word, at: i, in: .words}
          do:
            - note: {set: {words: "${ .words }", seen: "${ .seen + [$i, $word] }"}}
    output: {as: .seen}
    """
    And given the workflow input is:
    """yaml
    words: [a, b]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [0, a, 1, b]
    """

  Scenario: The items can stand in the definition itself
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-inline, version: '1.0.0'}
    do:
      - loop:
          for: {each: one, in: [{n: 1}, {n: 2}, {n: "${ .third }"}]}
          do:
            - add: {set: {total: "${ .total + $one.n }", third: "${ .third }"}}
    output: {as: .total}
    """
    And given the workflow input is:
    """yaml
    {total: 0, third: 30}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    33
    """

  Scenario: A loop over nothing does nothing
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-none, version: '1.0.0'}
    do:
      - loop: {for: {in: "${ [] }"}, do: [{never: {set: {never: true}}}]}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 1}
    """
    And never should not run

  Scenario: While is asked before each iteration, with the item at hand
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-while, version: '1.0.0'}
    do:
      - loop:
          for: {each: n, in: .numbers}
          while: .total + $n < 10
          do:
            - add: {set: {numbers: "${ .numbers }", total: "${ .total + $n }"}}
    output: {as: .total}
    """
    And given the workflow input is:
    """yaml
    {numbers: [4, 5, 6, 1], total: 0}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    9
    """
    And add should run 2 times

  Scenario: Loops in loops see the items of both
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-nested, version: '1.0.0'}
    do:
      - rows:
          for: {each: row, in: "${ [1, 2] }"}
          do:
            - columns:
                for: {each: column, in: "${ [\"a\", \"b\"] }"}
                do:
                  - cell: {set: {cells: "${ .cells + [\"\\($row)\\($column)\"] }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    cells: [1a, 1b, 2a, 2b]
    """
    And cell should run 4 times

  Scenario: The variables of a loop are not there after it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-scope, version: '1.0.0'}
    do:
      - loop: {for: {each: one, in: "${ [1] }"}, do: [{in: {set: {n: "${ $one }"}}}]}
      - after: {set: {n: "${ $one }"}}
    """
    Then the definition should be refused with code 'expression.variable' at '/do/1/after/set/n'

  Scenario: What is not an array cannot be gone through
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-object, version: '1.0.0'}
    do:
      - loop: {for: {in: .items}, do: [{never: {set: {never: true}}}]}
    """
    And given the workflow input is:
    """yaml
    items: {a: 1}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    instance: /do/0/loop
    """

  Scenario: Exit ends an iteration and the next one goes on
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-exit, version: '1.0.0'}
    do:
      - loop:
          for: {each: n, in: "${ [1, 2, 3] }"}
          do:
            - skip: {switch: [{even: {when: $n == 2, then: exit}}, {odd: {then: note}}]}
            - note: {set: {seen: "${ .seen + [$n] }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    seen: [1, 3]
    """
    And note should run 2 times

  Scenario: The output of a loop is shaped as a whole
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-output, version: '1.0.0'}
    do:
      - loop:
          for: {each: n, in: "${ [1, 2, 3] }"}
          do: [{add: {set: {sum: "${ .sum + $n }"}}}]
          output: {as: "{ average: (.sum / 3) }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {average: 2}
    """

  Scenario: An error in an iteration says where it was raised
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-error, version: '1.0.0'}
    do:
      - loop:
          for: {each: n, in: "${ [1, 0] }"}
          do: [{divide: {set: {x: "${ 1 / $n }"}}}]
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/expression
    status: 400
    instance: /do/0/loop/do/0/divide
    """
    And divide should run 2 times
    And divide should fault

  Scenario: A loop over more items than are allowed faults before it begins
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: for-many, version: '1.0.0'}
    do:
      - loop: {for: {in: "${ [range(10001)] }"}, do: [{never: {set: {never: true}}}]}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    code: run.too-many-items
    instance: /do/0/loop
    """
    And never should not run
