Feature: Flow directives and conditions beyond the kit
  Which task comes next.

  Scenario: A task whose condition does not hold is passed over and its input is its output
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: if-not, version: '1.0.0'}
    do:
      - never: {if: .n > 5, set: {never: true}, output: {as: "{ shaped: true }"}, then: end}
      - always: {if: "${ .n < 5 }", set: {n: "${ .n + 1 }"}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """
    And never should not run
    And always should run first

  Scenario: A condition sees the raw input, before it is shaped
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: if-raw, version: '1.0.0'}
    do:
      - one: {if: .a.b == 1, input: {from: .a}, set: {b: "${ .b }"}}
    """
    And given the workflow input is:
    """yaml
    a: {b: 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {b: 1}
    """

  Scenario Outline: What counts as true is what jq counts as true
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: truth, version: '1.0.0'}
    do:
      - one: {if: .value, set: {ran: true}}
      - two: {set: {ran: "${ .ran // false }"}}
    """
    And given the workflow input is:
    """yaml
    value: <value>
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    ran: <ran>
    """

    Examples:
      | value | ran   |
      | true  | true  |
      | false | false |
      | null  | false |
      | 0     | true  |
      | ''    | true  |
      | []    | true  |

  Scenario: Exit leaves the list of tasks it stands in and the next task outside goes on
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: exit, version: '1.0.0'}
    do:
      - outer:
          do:
            - first: {set: {n: 1}, then: exit}
            - second: {set: {n: 2}}
      - after: {set: {n: "${ .n + 10 }"}}
    """
    When the workflow is executed
    Then the definition should warn with code 'compile.unreachable' at '/do/0/outer/do/1/second'
    And the workflow should complete with output:
    """yaml
    {n: 11}
    """
    And second should not run
    And after should run last

  Scenario: Exit in the outermost list ends the run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: exit-outermost, version: '1.0.0'}
    do:
      - choose: {switch: [{done: {when: .done, then: exit}}, {other: {then: more}}]}
      - more: {set: {n: 2}}
    """
    And given the workflow input is:
    """yaml
    done: true
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {done: true}
    """
    And more should not run

  Scenario: End ends the run from however deep inside
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: end-deep, version: '1.0.0'}
    do:
      - outer:
          do:
            - loop:
                for: {in: "${ [1, 2, 3] }"}
                do:
                  - step: {if: $item == 2, set: {stopped: "${ $item }"}, then: end}
      - after: {set: {never: true}}
    output: {as: "{ shaped: .stopped }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {shaped: 2}
    """
    And after should not run

  Scenario: A directive leads back to an earlier task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: back, version: '1.0.0'}
    do:
      - count: {set: {n: "${ .n + 1 }"}}
      - again: {switch: [{more: {when: .n < 3, then: count}}, {enough: {then: end}}]}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 3}
    """
    And count should run 3 times

  Scenario: A directive leads on within a list that is inside another
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: nested-then, version: '1.0.0'}
    do:
      - outer:
          do:
            - one: {set: {at: [one]}, then: three}
            - two: {set: {at: "${ .at + [\"two\"] }"}, then: exit}
            - three: {set: {at: "${ .at + [\"three\"] }"}, then: two}
      - last: {set: {at: "${ .at + [\"last\"] }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    at: [one, three, two, last]
    """
    And two should run after three

  Scenario: Continue is what happens without a directive
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: continue, version: '1.0.0'}
    do:
      - one: {set: {n: 1}, then: continue}
      - two: {set: {n: "${ .n + 1 }"}, then: continue}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """

  Scenario: A directive that leads out of its list is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: out-of-scope, version: '1.0.0'}
    do:
      - outer:
          do:
            - inner: {set: {n: 1}, then: after}
      - after: {set: {n: 2}}
    """
    Then the definition should be refused with code 'compile.then-unknown' at '/do/0/outer/do/0/inner/then'

  Scenario: A switch takes the first case that holds
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: first-case, version: '1.0.0'}
    do:
      - choose:
          switch:
            - small: {when: .n < 10, then: one}
            - alsoSmall: {when: .n < 20, then: two}
      - zero: {set: {took: zero}, then: end}
      - one: {set: {took: one}, then: end}
      - two: {set: {took: two}}
    """
    And given the workflow input is:
    """yaml
    n: 5
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {took: one}
    """
    And choose should run first
    And one should run last

  Scenario: A switch without a case that holds goes on with the next task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-case, version: '1.0.0'}
    do:
      - choose: {switch: [{small: {when: .n < 10, then: end}}]}
      - next: {set: {went: on}}
    """
    And given the workflow input is:
    """yaml
    n: 50
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {went: on}
    """

  Scenario: The default of a switch counts wherever it stands
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: default-first, version: '1.0.0'}
    do:
      - choose:
          switch:
            - otherwise: {then: other}
            - small: {when: .n < 10, then: little}
      - little: {set: {took: little}, then: end}
      - other: {set: {took: other}}
    """
    And given the workflow input is:
    """yaml
    n: 5
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {took: little}
    """

  Scenario: A switch with two defaults is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: two-defaults, version: '1.0.0'}
    do:
      - choose: {switch: [{a: {then: end}}, {b: {then: continue}}]}
      - next: {set: {n: 1}}
    """
    Then the definition should be refused with code 'task.default-cases' at '/do/0/choose/switch'

  Scenario: The output of a switch is shaped like that of any task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: switch-output, version: '1.0.0'}
    do:
      - choose: {switch: [{any: {then: last}}], output: {as: "{ n: (.n + 1) }"}}
      - last: {set: {n: "${ .n }"}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """

  Scenario: Tasks can be nested as deep as one likes
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: nested, version: '1.0.0'}
    do:
      - a: {do: [{b: {do: [{c: {do: [{d: {set: {at: "${ $task.reference }"}}}]}}]}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    at: /do/0/a/do/0/b/do/0/c/do/0/d
    """

  Scenario: A definition may be written in JSON
    Given a workflow with definition:
    """json
    {
      "document": {"dsl": "1.0.3", "namespace": "test", "name": "json", "version": "1.0.0"},
      "do": [{"one": {"set": {"n": "${ .n + 1 }"}}}]
    }
    """
    And given the workflow input is:
    """json
    {"n": 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """json
    {"n": 2}
    """

  Scenario: Exit inside a try leaves the try only
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: exit-try, version: '1.0.0'}
    do:
      - careful:
          try:
            - choose: {switch: [{out: {when: .out, then: exit}}]}
            - skipped: {set: {skipped: false}}
          catch: {}
      - after: {set: {after: true, was: "${ . }"}}
    """
    And given the workflow input is:
    """yaml
    out: true
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {after: true, was: {out: true}}
    """
    And skipped should not run

  Scenario: End inside a catch ends the run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: end-catch, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418}}}}]
          catch: {do: [{stop: {set: {stopped: true}, then: end}}]}
      - after: {set: {never: true}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {stopped: true}
    """
    And after should not run

  Scenario: End inside a branch ends the run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: end-branch, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - patient: {wait: {days: 30}}
              - quick: {do: [{stop: {set: {stopped: true}, then: end}}]}
      - after: {set: {never: true}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {stopped: true}
    """
    And patient should cancel
    And after should not run
