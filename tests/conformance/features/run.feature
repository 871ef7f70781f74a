Feature: Run tasks
  Other workflows as children, and processes that are refused.

  Scenario: A workflow is given its input and gives its output
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: double, version: '1.0.0'}
    do:
      - double: {set: {n: "${ .n * 2 }"}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-workflow, version: '1.0.0'}
    do:
      - ask: {run: {workflow: {namespace: shop, name: double, version: '1.0.0', input: {n: "${ .x + 1 }"}}}}
    """
    And given the workflow input is:
    """yaml
    x: 4
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 10}
    """
    And ask should complete

  Scenario: The latest version is the one that is deployed
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: version, version: '1.0.0'}
    do:
      - tell: {set: {version: 1}}
    """
    And another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: version, version: '2.0.0'}
    do:
      - tell: {set: {version: 2}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-latest, version: '1.0.0'}
    do:
      - latest: {run: {workflow: {namespace: shop, name: version, version: latest}}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {version: 2}
    """

  Scenario: A workflow that is not awaited goes on by itself, and the input is the output
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: slow, version: '1.0.0'}
    do:
      - rest: {wait: {days: 30}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-on, version: '1.0.0'}
    do:
      - go: {input: {from: .a}, run: {workflow: {namespace: shop, name: slow, version: '1.0.0'}, await: false}}
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

  Scenario: What is run for its effect gives nothing if that is wanted
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: effect, version: '1.0.0'}
    do:
      - tell: {set: {n: 1}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-none, version: '1.0.0'}
    do:
      - go: {run: {workflow: {namespace: shop, name: effect, version: '1.0.0'}, return: none}, output: {as: "{ given: . }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {given: null}
    """

  Scenario: An error of the workflow that is run is an error of the task
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: fails, version: '1.0.0'}
    do:
      - fail: {raise: {error: {type: "https://acme.example/empty", status: 409, title: Empty}}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-fails, version: '1.0.0'}
    do:
      - careful:
          try: [{go: {run: {workflow: {namespace: shop, name: fails, version: '1.0.0'}}}}]
          catch:
            errors: {with: {type: "https://acme.example/empty"}}
            do: [{tell: {set: {status: "${ $error.status }", at: "${ $error.instance }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {status: 409, at: /do/0/careful/try/0/go}
    """

  Scenario: Input that the other workflow does not take is a validation error
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: picky, version: '1.0.0'}
    input: {schema: {document: {type: object, required: [n]}}}
    do:
      - take: {set: {n: "${ .n }"}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-picky, version: '1.0.0'}
    do:
      - go: {run: {workflow: {namespace: shop, name: picky, version: '1.0.0', input: {m: 1}}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    instance: /do/0/go
    """

  Scenario: A workflow that nobody deployed cannot be run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-nobody, version: '1.0.0'}
    do:
      - go: {run: {workflow: {namespace: shop, name: nobody, version: '1.0.0'}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/configuration
    code: solution.unknown
    instance: /do/0/go
    """

  Scenario: Branches run workflows side by side
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: double, version: '1.0.0'}
    do:
      - double: {set: {n: "${ .n * 2 }"}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-fork, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - one: {run: {workflow: {namespace: shop, name: double, version: '1.0.0', input: {n: 1}}}}
              - two: {run: {workflow: {namespace: shop, name: double, version: '1.0.0', input: {n: 2}}}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 2}, {n: 4}]
    """

  Scenario Outline: Code of the author's own is not run by workers of the platform
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-process, version: '1.0.0'}
    do:
      - go: {run: {<process>: <what>}}
    """
    Then the definition should be refused with code 'compile.process-forbidden' at '/do/0/go/run/<process>'

    Examples:
      | process   | what                                  |
      | script    | {language: js, code: "return 1"}      |
      | shell     | {command: "echo hello"}               |
      | container | {image: alpine}                       |
