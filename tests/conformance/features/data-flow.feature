Feature: Data flow beyond the kit
  What passes the borders of tasks and of the run, and what becomes of it there.

  Scenario: The input of the run is shaped before the first task sees it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: input-from, version: '1.0.0'}
    input: {from: .order}
    do:
      - take: {set: {id: "${ .id }", raw: "${ $workflow.input.order.id }"}}
    """
    And given the workflow input is:
    """yaml
    order: {id: o-1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {id: o-1, raw: o-1}
    """

  Scenario: Input can be given the form of an object with expressions in it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: input-object, version: '1.0.0'}
    input: {from: {who: "${ .user.name }", fixed: [1, two]}}
    do:
      - take:
          input: {from: {greeting: "${ \"Hello \" + .who }", fixed: "${ .fixed }"}}
          set: "${ . }"
    """
    And given the workflow input is:
    """yaml
    user: {name: Ada}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {greeting: Hello Ada, fixed: [1, two]}
    """

  Scenario: Output can be given the form of an object with expressions in it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: output-object, version: '1.0.0'}
    do:
      - make:
          set: {a: 1, b: 2}
          output: {as: {sum: "${ .a + .b }", given: "${ $input.given }"}}
    output: {as: {result: "${ .sum }", given: "${ .given }"}}
    """
    And given the workflow input is:
    """yaml
    given: yes it was
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {result: 3, given: yes it was}
    """

  Scenario: What a task gives is what the next one takes
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: pipeline, version: '1.0.0'}
    do:
      - one: {set: {n: 1}, output: {as: .n}}
      - two: {set: "${ . + 1 }"}
      - three: {set: "${ [., $input] }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [2, 2]
    """
    And two should run after one
    And three should run after two

  Scenario: An expression may shape data into a string, a number, null and an array
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: any-type, version: '1.0.0'}
    do:
      - text: {set: "${ \"a\" }"}
      - number: {set: "${ [., 1.5] }"}
      - nothing: {set: "${ [., null, true] }"}
    output: {as: "flatten"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [a, 1.5, null, true]
    """

  Scenario: What is exported is the context of every later task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export, version: '1.0.0'}
    do:
      - remember: {set: {token: t-1}, export: {as: "{ token: .token }"}}
      - forget: {set: {other: 1}}
      - use: {set: {token: "${ $context.token }", data: "${ . }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {token: t-1, data: {other: 1}}
    """

  Scenario: An export replaces the context and does not add to it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-replaces, version: '1.0.0'}
    do:
      - first: {set: {a: 1}, export: {as: "{ a: .a }"}}
      - second: {set: {b: 2}, export: {as: "{ b: .b }"}}
      - show: {set: "${ $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {b: 2}
    """

  Scenario: An export that names the context keeps what was there
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-merges, version: '1.0.0'}
    do:
      - first: {set: {a: 1}, export: {as: "$context + ."}}
      - second: {set: {b: 2}, export: {as: "$context + ."}}
      - show: {set: "${ $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {a: 1, b: 2}
    """

  Scenario: An export sees the output as it was transformed, and the raw one beside it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-sees, version: '1.0.0'}
    do:
      - make:
          set: {n: 1}
          output: {as: .n + 1}
          export: {as: "{ dot: ., output: $output, raw: $task.output, input: $input }"}
      - show: {set: "${ $context }"}
    """
    And given the workflow input is:
    """yaml
    in: put
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {dot: 2, output: 2, raw: {n: 1}, input: {in: put}}
    """

  Scenario: An export can be given the form of an object with expressions in it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-object, version: '1.0.0'}
    do:
      - make: {set: {n: 1}, export: {as: {kept: "${ .n }", fixed: true}}}
      - show: {set: "${ $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {kept: 1, fixed: true}
    """

  Scenario: What is exported inside of a task is seen outside of it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-inside, version: '1.0.0'}
    do:
      - outer:
          do:
            - inner: {set: {n: 1}, export: {as: "{ deep: .n }"}}
            - drop: {set: {x: 0}}
      - show: {set: "${ $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {deep: 1}
    """

  Scenario: The context is there when the output of the run is shaped
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: context-at-the-end, version: '1.0.0'}
    do:
      - make: {set: {n: 1}, export: {as: "{ n: .n }"}}
      - drop: {set: {x: 0}}
    output: {as: "{ context: $context, last: . }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {context: {n: 1}, last: {x: 0}}
    """

  Scenario: Expression syntax in the input is data
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: injection, version: '1.0.0'}
    do:
      - copy: {set: {text: "${ .text }"}}
      - again: {set: "${ . }", output: {as: .text}}
    """
    And given the workflow input is:
    """yaml
    text: "${ 1 + 1 }"
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    "${ 1 + 1 }"
    """

  Scenario: A task that sets an expression replaces all of the data
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: set-expression, version: '1.0.0'}
    do:
      - all: {set: "${ .configuration }"}
    """
    And given the workflow input is:
    """yaml
    configuration: {fill: red}
    other: gone
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {fill: red}
    """

  Scenario: Expressions are evaluated however deep they stand in what is set
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: set-deep, version: '1.0.0'}
    do:
      - deep: {set: {a: {b: [{c: "${ .n }"}, "${ .n + 1 }", "plain ${ .n }"]}}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {a: {b: [{c: 1}, 2, "plain ${ .n }"]}}
    """

  Scenario: A list without tasks that give anything leaves the data as it is
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: untouched, version: '1.0.0'}
    do:
      - choose: {switch: [{any: {then: continue}}]}
      - skipped: {if: "false", set: {x: 0}}
    """
    And given the workflow input is:
    """yaml
    as: it is
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {as: it is}
    """

  Scenario: Each iteration sees what the one before exported
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-loop, version: '1.0.0'}
    do:
      - loop:
          for: {in: "${ [1, 2, 3] }"}
          while: ($context.sum // 0) < 3
          do:
            - add: {set: {n: "${ $item }"}, export: {as: "{ sum: (($context.sum // 0) + .n) }"}}
    output: {as: $context}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {sum: 3}
    """
    And add should run 2 times

  Scenario: A task that is passed over exports nothing
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-skipped, version: '1.0.0'}
    do:
      - one: {set: {n: 1}, export: {as: "{ n: .n }"}}
      - never: {if: "false", set: {n: 2}, export: {as: "{ n: .n }"}}
    output: {as: $context}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 1}
    """

  Scenario: Data may be null and stays null
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: "null", version: '1.0.0'}
    do:
      - nothing: {set: "${ null }"}
      - same: {switch: [{any: {then: continue}}]}
      - tell: {set: {was: "${ . }", member: "${ .a.b }", literal: null}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {was: null, member: null, literal: null}
    """

  Scenario: Input may be left out
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-input, version: '1.0.0'}
    do:
      - tell: {set: {given: "${ .name // \"nobody\" }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {given: nobody}
    """

  Scenario: Metadata says what it likes
    Given a workflow with definition:
    """yaml
    document:
      dsl: '1.0.3'
      namespace: test
      name: metadata
      version: '1.0.0'
      title: Title
      summary: "# A summary"
      tags: {team: finance}
      metadata: {anything: [1, {at: all}]}
    do:
      - one: {set: {n: 1}, metadata: {position: {x: 1, y: 2}}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 1}
    """
