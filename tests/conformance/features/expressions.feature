Feature: Runtime expressions
  What an expression sees, and what it gives.

  Scenario: A task is told about itself
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: about-task, version: '1.0.0'}
    do:
      - outer:
          do:
            - inner:
                input: {from: .a}
                set: {name: "${ $task.name }", reference: "${ $task.reference }", raw: "${ $task.input }", input: "${ $input }"}
    """
    And given the workflow input is:
    """yaml
    a: {b: 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {name: inner, reference: /do/0/outer/do/0/inner, raw: {a: {b: 1}}, input: {b: 1}}
    """

  Scenario: A task is told its definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: task-definition, version: '1.0.0'}
    do:
      - one: {set: {metadata: "${ $task.definition.metadata }"}, metadata: {owner: finance}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    metadata: {owner: finance}
    """

  Scenario: The run is told about itself
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: about-run, version: 1.2.3}
    do:
      - one:
          set:
            input: "${ $workflow.input }"
            id: "${ $workflow.id | type }"
            started: "${ $workflow.startedAt.iso8601 | test(\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T\") }"
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {input: {n: 1}, id: string, started: true}
    """

  Scenario: The run is told its definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: run-definition, version: 1.2.3}
    do:
      - one:
          set:
            document: "${ $workflow.definition.document | {namespace, name, version} }"
            tasks: "${ $workflow.definition.do | length }"
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {document: {namespace: test, name: run-definition, version: 1.2.3}, tasks: 1}
    """

  Scenario: Moments are told in each form
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: moments, version: '1.0.0'}
    do:
      - one:
          set:
            seconds: "${ $workflow.startedAt.epoch.seconds | type }"
            milliseconds: "${ ($workflow.startedAt.epoch.milliseconds / 1000 | floor) == $workflow.startedAt.epoch.seconds }"
            task: "${ $task.startedAt.epoch.seconds >= $workflow.startedAt.epoch.seconds }"
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {seconds: number, milliseconds: true, task: true}
    """

  Scenario: The runtime says who it is
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: about-runtime, version: '1.0.0'}
    do:
      - one: {set: {name: "${ $runtime.name }", version: "${ $runtime.version | type }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {name: symphainy, version: string}
    """

  Scenario: The input is the transformed input of the task, wherever in it one stands
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: about-input, version: '1.0.0'}
    do:
      - one: {input: {from: .a}, set: {seen: "${ $input }"}, output: {as: "[., $input]"}}
    """
    And given the workflow input is:
    """yaml
    a: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{seen: 1}, 1]
    """

  Scenario Outline: A variable is refused where the specification does not grant it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: not-granted, version: '1.0.0'}
    input: {from: "<workflowInput>"}
    do:
      - one:
          if: "<condition>"
          input: {from: "<taskInput>"}
          set: {n: "${ <body> }"}
    """
    Then the definition should be refused with code 'expression.variable' at '<pointer>'

    Examples:
      | workflowInput | condition      | taskInput | body    | pointer            |
      | $context      | true           | .         | 1       | /input/from        |
      | $input        | true           | .         | 1       | /input/from        |
      | $task         | true           | .         | 1       | /input/from        |
      | .             | $input == 1    | .         | 1       | /do/0/one/if       |
      | .             | $output == 1   | .         | 1       | /do/0/one/if       |
      | .             | true           | $output   | 1       | /do/0/one/input/from |
      | .             | true           | .         | $output | /do/0/one/set/n    |
      | .             | true           | .         | $nobody | /do/0/one/set/n    |

  Scenario: An expression that gives several values gives the first of them
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: several, version: '1.0.0'}
    do:
      - one: {set: {n: "${ .numbers[] }"}}
    """
    And given the workflow input is:
    """yaml
    numbers: [7, 8, 9]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 7}
    """

  Scenario: An expression that gives nothing gives null
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: nothing, version: '1.0.0'}
    do:
      - one: {set: {n: "${ empty }", m: "${ .nothing.at.all }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: null, m: null}
    """

  Scenario: Interpolation makes text of what is no text
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: interpolation, version: '1.0.0'}
    do:
      - one: {set: {text: "${ \"\\(.n) \\(.list) \\(.object) \\(.nothing) \\(.flag)\" }"}}
    """
    And given the workflow input is:
    """yaml
    {n: 1.5, list: [1, a], object: {a: 1}, nothing: null, flag: true}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    text: '1.5 [1,"a"] {"a":1} null true'
    """

  Scenario: An expression that fails faults with its place
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: failing, version: '1.0.0'}
    do:
      - one: {set: {n: "${ .a + {} }"}}
    """
    And given the workflow input is:
    """yaml
    a: 1
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/expression
    status: 400
    instance: /do/0/one
    """
    And one should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/expression
    """

  Scenario: An expression that never ends is ended
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: endless, version: '1.0.0'}
    do:
      - careful:
          try: [{one: {set: {n: "${ [limit(1; repeat(1) | select(. > 1))] }"}}}]
          catch:
            errors: {with: {type: "https://open-workflow-specification.org/spec/1.0.0/errors/expression", status: 400}}
            do: [{tell: {set: {code: "${ $error.code }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {code: expression.budget}
    """

  Scenario: An expression that is none is refused before anything runs
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: broken, version: '1.0.0'}
    do:
      - one: {set: {n: "${ .a | }"}}
    """
    Then the definition should be refused with code 'expression.syntax' at '/do/0/one/set/n'

  Scenario: An expression cannot look at the worker it is evaluated on
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: environment, version: '1.0.0'}
    do:
      - one: {set: {n: "${ env.HOME }"}}
    """
    Then the definition should be refused with code 'expression.forbidden' at '/do/0/one/set/n'

  Scenario: In strict mode only what stands in its braces is an expression
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: strict, version: '1.0.0'}
    evaluate: {mode: strict}
    do:
      - one: {set: {plain: .n, computed: "${ .n }", open: "${ .n"}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {plain: .n, computed: 1, open: "${ .n"}
    """

  Scenario: Another expression language is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: language, version: '1.0.0'}
    evaluate: {language: javascript}
    do:
      - one: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.expression-language' at '/evaluate/language'

  Scenario Outline: A variable is refused in outputs where the specification does not grant it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: not-granted-out, version: '1.0.0'}
    do:
      - one: {set: {n: 1}, output: {as: "<taskOutput>"}, export: {as: "<export>"}}
    output: {as: "<workflowOutput>"}
    """
    Then the definition should be refused with code 'expression.variable' at '<pointer>'

    Examples:
      | taskOutput | export  | workflowOutput | pointer             |
      | $output    | .       | .              | /do/0/one/output/as |
      | .          | $nobody | .              | /do/0/one/export/as |
      | .          | .       | $input         | /output/as          |
      | .          | .       | $task          | /output/as          |

  Scenario: A variable is there where the specification grants it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: granted, version: '1.0.0'}
    input: {from: "{ id: ($workflow.id | type), runtime: $runtime.name, given: . }"}
    do:
      - one:
          if: $task.name == "one" and $context == null and $workflow.input.n == 1 and $runtime.name == "symphainy"
          input: {from: ". + { task: $task.name, context: $context }"}
          set: "${ . + { input: $input.task } }"
          output: {as: ". + { out: [$input.task, $task.name, $context] }"}
          export: {as: "{ seen: ($output.out + [$input.task, $task.name]) }"}
    output: {as: "{ id, runtime, given, seen: $context.seen, run: ($workflow.id | type) }"}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {id: string, runtime: symphainy, given: {n: 1}, seen: [one, one, null, one, one], run: string}
    """

  Scenario: Time is the time of the run, and stands still within a task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: now, version: '1.0.0'}
    do:
      - one: {set: {same: "${ now == now }", later: "${ now >= $workflow.startedAt.epoch.seconds }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {same: true, later: true}
    """
