Feature: Extensions
  Tasks woven around tasks of a kind.

  Scenario: Tasks are done before and after each task of the kind
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension, version: '1.0.0'}
    use:
      extensions:
        - notes:
            extend: set
            before:
              - noteBefore: {set: {x: 0}, export: {as: '($context // []) + ["before " + $task.name]'}}
            after:
              - noteAfter: {set: {x: 0}, export: {as: '($context // []) + ["after"]'}}
    do:
      - one: {set: {n: 1}}
      - outer: {do: [{two: {set: {n: "${ .n + 1 }"}}}]}
    output: {as: "{ n: .n, notes: $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2, notes: [before one, after, before two, after]}
    """
    And noteBefore should run first
    And one should run after noteBefore
    And noteAfter should run last
    And noteBefore should run 2 times

  Scenario: An extension of all tasks is woven around each but its own
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-all, version: '1.0.0'}
    use:
      extensions:
        - count: {extend: all, before: [{add: {set: {x: 0}, export: {as: "($context // 0) + 1"}}}]}
    do:
      - outer: {do: [{inner: {set: {n: 1}}}]}
      - loop: {for: {in: "${ [1, 2] }"}, do: [{step: {set: {n: "${ $item }"}}}]}
    output: {as: $context}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    5
    """

  Scenario: An extension of another kind is not woven
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-kind, version: '1.0.0'}
    use: {extensions: [{calls: {extend: call, before: [{note: {set: {x: 0}}}]}}]}
    do:
      - one: {set: {n: 1}}
      - two: {wait: {seconds: 0}}
      - three: {call: http, with: {method: get, endpoint: "https://service.example/text"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    plain text
    """
    And note should run 1 times
    And note should run after two

  Scenario: What the tasks of an extension give goes nowhere
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-data, version: '1.0.0'}
    use:
      extensions: [{drop: {extend: set, before: [{before: {set: {gone: 1}}}], after: [{after: {set: {gone: 2}}}]}}]
    do:
      - one: {set: {n: "${ .n + 1 }"}}
      - two: {set: {n: "${ .n + 1 }"}}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """

  Scenario: Exit before a task stands in for it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-exit, version: '1.0.0'}
    use:
      extensions:
        - mock:
            extend: call
            when: $task.call == "http" and ($task.with.endpoint.uri | startswith("https://mocked.example"))
            before:
              - intercept: {set: {statusCode: 200, content: {foo: bar}}, then: exit}
              - never: {set: {never: true}}
    do:
      - ask: {call: http, with: {method: get, endpoint: {uri: "https://mocked.example/sample"}}}
      - tell: {set: {foo: "${ .content.foo }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {foo: bar}
    """
    And ask should not run
    And never should not run

  Scenario: An extension applies only where its condition holds
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-when, version: '1.0.0'}
    use:
      extensions: [{some: {extend: set, when: '$task.name == "two"', before: [{note: {set: {x: 0}}}]}}]
    do:
      - one: {set: {n: 1}}
      - two: {set: {n: 2}}
      - three: {set: {n: 3}}
    """
    When the workflow is executed
    Then the workflow should complete
    And note should run 1 times
    And note should run after one
    And note should run before two

  Scenario: Of several extensions the first is the outermost
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-order, version: '1.0.0'}
    use:
      extensions:
        - outer: {extend: set, before: [{a: {set: {x: 0}}}], after: [{d: {set: {x: 0}}}]}
        - inner: {extend: set, before: [{b: {set: {x: 0}}}], after: [{c: {set: {x: 0}}}]}
    do:
      - one: {set: {n: 1}}
    """
    When the workflow is executed
    Then the workflow should complete
    And a should run first
    And b should run after a
    And one should run after b
    And c should run after one
    And d should run last

  Scenario: An error in an extension can be caught around the task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: extension-error, version: '1.0.0'}
    use:
      extensions:
        - strict:
            extend: call
            before: [{refuse: {raise: {error: {type: "https://acme.example/no", status: 403}}}}]
    do:
      - careful:
          try: [{ask: {call: http, with: {method: get, endpoint: "https://service.example/text"}}}]
          catch: {do: [{tell: {set: {at: "${ $error.instance }"}}}]}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    at: /use/extensions/0/strict/before/0/refuse
    """
    And ask should not run
