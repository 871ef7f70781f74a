Feature: Schemas
  What data has to look like at each border it passes, and what happens if it does not.

  Scenario: Input that fits is taken
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: input-fits, version: '1.0.0'}
    input: {schema: {format: json, document: {type: object, required: [n], properties: {n: {type: integer}}}}}
    do:
      - take: {set: {n: "${ .n }"}}
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

  Scenario: Input that does not fit starts no run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: input-unfit, version: '1.0.0'}
    input: {schema: {document: {type: object, required: [n]}}}
    do:
      - take: {set: {n: "${ .n }"}}
    """
    And given the workflow input is:
    """yaml
    m: 1
    """
    When the workflow is executed
    Then the input should be refused with code 'intent.input'

  Scenario: The schema of the input is held against what came, before it is shaped
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: input-raw, version: '1.0.0'}
    input:
      schema: {document: {type: object, required: [order]}}
      from: .order
    do:
      - take: {set: "${ . }"}
    """
    And given the workflow input is:
    """yaml
    order: {id: 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {id: 1}
    """

  Scenario: A task whose input does not fit faults
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: task-input, version: '1.0.0'}
    do:
      - fine: {set: {n: one}}
      - picky:
          input: {schema: {document: {properties: {n: {type: integer}}}}}
          set: {never: true}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    instance: /do/1/picky
    """

  Scenario: The schema of a task's input is held against the raw input
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: task-input-raw, version: '1.0.0'}
    do:
      - picky:
          input:
            schema: {document: {type: object, required: [a]}}
            from: .a
          set: {a: "${ . }"}
    """
    And given the workflow input is:
    """yaml
    a: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {a: 1}
    """

  Scenario: A task whose transformed output does not fit faults
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: task-output, version: '1.0.0'}
    do:
      - picky:
          set: {n: 1}
          output:
            as: .n
            schema: {document: {type: string}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    instance: /do/0/picky
    """

  Scenario: A task whose transformed output fits goes on
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: task-output-fits, version: '1.0.0'}
    do:
      - picky:
          set: {n: 1}
          output:
            as: .n
            schema: {document: {type: integer, minimum: 1}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    1
    """

  Scenario: An export that does not fit faults
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-unfit, version: '1.0.0'}
    do:
      - picky:
          set: {n: 1}
          export:
            as: "{ n: .n }"
            schema: {document: {required: [m]}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    instance: /do/0/picky
    """

  Scenario: An output of the run that does not fit faults it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: output-unfit, version: '1.0.0'}
    do:
      - make: {set: {n: 1}}
    output:
      as: .n
      schema: {document: {type: string}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    """

  Scenario: An output of the run that fits is given
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: output-fits, version: '1.0.0'}
    do:
      - make: {set: {n: 1}}
    output:
      as: .n
      schema: {document: {type: integer}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    1
    """

  Scenario: A fault of a schema can be caught like any other
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: caught, version: '1.0.0'}
    do:
      - careful:
          try:
            - picky: {input: {schema: {document: {type: string}}}, set: {never: true}}
          catch:
            errors: {with: {type: "https://open-workflow-specification.org/spec/1.0.0/errors/validation"}}
            do:
              - tell: {set: {at: "${ $error.instance }", status: "${ $error.status }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {at: /do/0/careful/try/0/picky, status: 400}
    """

  Scenario: A schema that is none is found before anything runs
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-schema, version: '1.0.0'}
    input: {schema: {document: {type: nonsense}}}
    do:
      - take: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.schema' at '/input/schema/document'

  Scenario: An export that fits becomes the context
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: export-fits, version: '1.0.0'}
    do:
      - keep: {set: {n: 1}, export: {as: "{ n: .n }", schema: {document: {required: [n]}}}}
      - show: {set: "${ $context }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 1}
    """

  Scenario Outline: A schema may be a document elsewhere
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: schema-resource, version: '1.0.0'}
    do:
      - careful:
          try:
            - picky:
                input: {schema: {resource: {endpoint: "https://service.example/schema.json"}}}
                set: {fits: true}
          catch: {do: [{tell: {set: {fits: false}}}]}
    """
    And given the workflow input is:
    """yaml
    n: <n>
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {fits: <fits>}
    """

    Examples:
      | n   | fits  |
      | 1   | true  |
      | one | false |

  Scenario: A schema format that is not known is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: schema-format, version: '1.0.0'}
    input: {schema: {format: avro, document: {type: record}}}
    do:
      - take: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.schema-format' at '/input/schema/format'
