Feature: OpenAPI calls beyond the kit
  Operations by their name in the document that describes them.

  Scenario: The document is fetched before the definition is registered
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: openapi-pet, version: '1.0.0'}
    do:
      - get:
          call: openapi
          with:
            document: {endpoint: "https://petstore.swagger.io/v2/swagger.json"}
            operationId: getPetById
            parameters: {petId: "${ .petId }"}
          output: {as: .id}
    """
    And given the workflow input is:
    """yaml
    petId: 2
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    2
    """

  Scenario: An error of the operation is an error of the task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: openapi-404, version: '1.0.0'}
    do:
      - get:
          call: openapi
          with:
            document: {endpoint: "https://petstore.swagger.io/v2/swagger.json"}
            operationId: getPetById
            parameters: {petId: 99}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/communication
    status: 404
    instance: /do/0/get
    """

  Scenario: An operation that the document does not have is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: openapi-unknown, version: '1.0.0'}
    do:
      - get:
          call: openapi
          with:
            document: {endpoint: "https://petstore.swagger.io/v2/swagger.json"}
            operationId: getPet
    """
    Then the definition should be refused with code 'compile.unknown-operation' at '/do/0/get/with/operationId'

  Scenario: A document that cannot be had is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: openapi-nowhere, version: '1.0.0'}
    do:
      - get:
          call: openapi
          with:
            document: {endpoint: "https://service.example/status/404"}
            operationId: getPet
    """
    Then the definition should be refused with code 'compile.resource' at '/do/0/get/with/document/endpoint'
