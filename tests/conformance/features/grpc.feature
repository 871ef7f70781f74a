Feature: gRPC calls
  Methods of a service, as its proto file describes them.

  Scenario: A message is sent and the answer is JSON
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: grpc-unary, version: '1.0.0'}
    do:
      - buy:
          call: grpc
          with:
            proto: {endpoint: "https://service.example/pets.proto"}
            service: {name: pets.v1.Shop, host: 127.0.0.1, port: {{grpc}}}
            method: Buy
            arguments: {name: "${ .pet }", legs: 4}
          output: {as: "{name, legs}"}
    """
    And given the workflow input is:
    """yaml
    pet: Rex
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {name: Rex, legs: 4}
    """

  Scenario: A stream of answers is an array
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: grpc-stream, version: '1.0.0'}
    do:
      - browse:
          call: grpc
          with:
            proto: {endpoint: "https://service.example/pets.proto"}
            service: {name: pets.v1.Shop, host: 127.0.0.1, port: {{grpc}}}
            method: Browse
            arguments: {name: Rex, legs: 3}
          output: {as: "map(.legs)"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [0, 1, 2]
    """

  Scenario: A status of the service is the error it means
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: grpc-status, version: '1.0.0'}
    do:
      - find:
          call: grpc
          with:
            proto: {endpoint: "https://service.example/pets.proto"}
            service: {name: pets.v1.Shop, host: 127.0.0.1, port: {{grpc}}}
            method: Find
            arguments: {name: NOT_FOUND}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/communication
    status: 404
    instance: /do/0/find
    """

  Scenario: A method that the proto file does not have is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: grpc-unknown, version: '1.0.0'}
    do:
      - sell:
          call: grpc
          with:
            proto: {endpoint: "https://service.example/pets.proto"}
            service: {name: pets.v1.Shop, host: 127.0.0.1, port: 50051}
            method: Sell
    """
    Then the definition should be refused with code 'compile.unknown-operation' at '/do/0/sell/with/method'
