Feature: Functions
  Tasks that have a name, in the definition itself or in a catalog.

  Scenario: A function of the definition is called with arguments
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function, version: '1.0.0'}
    use: {functions: {twice: {set: {n: "${ .n * 2 }"}}}}
    do:
      - one: {call: twice, with: {n: "${ .x }"}}
      - two: {call: twice, with: {n: "${ .n + 1 }"}, output: {as: .n}}
    """
    And given the workflow input is:
    """yaml
    x: 2
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    10
    """
    And one should complete
    And two should run after one

  Scenario: A function may be a call of a protocol with parameters of its own
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-call, version: '1.0.0'}
    use:
      functions:
        getPet:
          call: http
          with: {method: get, endpoint: "https://petstore.swagger.io/v2/pet/{petId}"}
          output: {as: .id}
    do:
      - one: {call: getPet, with: {petId: "${ .id }"}}
    """
    And given the workflow input is:
    """yaml
    id: 2
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    2
    """

  Scenario: A function may call another one
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-nested, version: '1.0.0'}
    use:
      functions:
        twice: {set: {n: "${ .n * 2 }"}}
        fourTimes: {do: [{once: {call: twice, with: {n: "${ .n }"}}}, {again: {call: twice, with: {n: "${ .n }"}}}]}
    do:
      - one: {call: fourTimes, with: {n: 3}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 12}
    """

  Scenario: Arguments have to be what the function takes
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-arguments, version: '1.0.0'}
    use:
      functions:
        twice:
          input: {schema: {document: {type: object, required: [n], properties: {n: {type: number}}}}}
          set: {n: "${ .n * 2 }"}
    do:
      - one: {call: twice, with: {n: "${ .x }"}}
    """
    And given the workflow input is:
    """yaml
    x: two
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    status: 400
    """

  Scenario: Arguments that can be checked before are
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-literal, version: '1.0.0'}
    use:
      functions:
        twice:
          input: {schema: {document: {type: object, required: [n], properties: {n: {type: number}}}}}
          set: {n: "${ .n * 2 }"}
    do:
      - one: {call: twice, with: {n: two}}
    """
    Then the definition should be refused with code 'compile.arguments' at '/do/0/one/with/n'

  Scenario: An error in a function says by which call it was reached
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-error, version: '1.0.0'}
    use: {functions: {fails: {do: [{no: {raise: {error: {type: "https://acme.example/no", status: 409}}}}]}}}
    do:
      - one: {call: fails}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {type: "https://acme.example/no", status: 409, instance: /do/0/one/call/do/0/no}
    """

  Scenario: Functions that call each other without end are refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-cycle, version: '1.0.0'}
    use: {functions: {again: {do: [{more: {call: again}}]}}}
    do:
      - one: {call: again}
    """
    Then the definition should be refused with code 'compile.function-cycle' at '/use/functions/again/do/0/more/call'

  Scenario: A function of a catalog is called by name, version and catalog
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: catalog, version: '1.0.0'}
    use: {catalogs: {ours: {endpoint: {uri: "https://service.example"}}}}
    do:
      - one: {call: twice:1.0.0@ours, with: {n: "${ .x }"}}
    """
    And given the workflow input is:
    """yaml
    x: 3
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 6}
    """

  Scenario: A function is called by the address of its document
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: function-address, version: '1.0.0'}
    do:
      - one: {call: "https://service.example/functions/twice/1.0.0/function.yaml", with: {n: 4}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 8}
    """

  Scenario: A function of the default catalog needs no catalog
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: default-catalog, version: '1.0.0'}
    do:
      - one:
          call: content.render:1.0.0@default
          with: {template: "Hello {{ name }}", data: {name: "${ .name }"}}
    """
    And given the workflow input is:
    """yaml
    name: Ada
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    text: Hello Ada
    """

  Scenario: A catalog that the definition does not name is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-catalog, version: '1.0.0'}
    do:
      - one: {call: twice:1.0.0@theirs, with: {n: 3}}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/one/call'

  Scenario: A function that a catalog does not have is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-such-function, version: '1.0.0'}
    use: {catalogs: {ours: {endpoint: "https://service.example"}}}
    do:
      - one: {call: thrice:1.0.0@ours, with: {n: 3}}
    """
    Then the definition should be refused with code 'compile.resource' at '/do/0/one/call'
