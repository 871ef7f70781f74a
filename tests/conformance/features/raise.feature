Feature: Raise tasks beyond the kit
  Errors of the author's own.

  Scenario: An error is raised by the name it has in the definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-name, version: '1.0.0'}
    use:
      errors:
        late: {type: "https://acme.example/errors/late", status: 409, title: Too late, detail: Try tomorrow}
    do:
      - fail: {raise: {error: late}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://acme.example/errors/late
    status: 409
    title: Too late
    detail: Try tomorrow
    instance: /do/0/fail
    """

  Scenario: Title and detail may be computed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-computed, version: '1.0.0'}
    do:
      - fail:
          raise:
            error:
              type: https://acme.example/errors/late
              status: 409
              title: "${ \"Order \" + .id }"
              detail: "${ \"\\(.days) days late\" }"
    """
    And given the workflow input is:
    """yaml
    {id: o-1, days: 3}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    title: Order o-1
    detail: 3 days late
    """

  Scenario: An error says where it was raised, whatever the author wrote
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-instance, version: '1.0.0'}
    do:
      - outer:
          do:
            - fail: {raise: {error: {type: "https://acme.example/e", status: 400, instance: /elsewhere}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    instance: /do/0/outer/do/0/fail
    """

  Scenario Outline: A standard error type is the same under every address it ever had
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-alias, version: '1.0.0'}
    do:
      - fail: {raise: {error: {type: "<type>", status: 400}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    """

    Examples:
      | type                                                                    |
      | https://open-workflow-specification.org/spec/1.0.0/errors/validation    |
      | https://open-workflow-specification.org/dsl/errors/types/validation     |
      | https://serverlessworkflow.io/spec/1.0.0/errors/validation              |
      | https://serverlessworkflow.io/dsl/errors/types/validation               |

  Scenario: An error that is not there cannot be raised
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-unknown, version: '1.0.0'}
    use: {errors: {late: {type: "https://acme.example/errors/late", status: 409}}}
    do:
      - fail: {raise: {error: lat}}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/fail/raise/error'

  Scenario: Tasks after the one that raised do not run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: raise-stops, version: '1.0.0'}
    do:
      - fail: {if: "true", raise: {error: {type: "https://acme.example/e", status: 400}}}
      - after: {set: {never: true}}
    """
    When the workflow is executed
    Then the workflow should fault
    And fail should fault
    And after should not run
