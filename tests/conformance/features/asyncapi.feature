Feature: AsyncAPI calls
  Messages through channels, as a document describes them.

  Scenario: A message is sent through the channel of an operation
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-send, version: '1.0.0'}
    do:
      - tell:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: tell
            message: {payload: {text: "${ .text }"}, headers: {x-team: blue}}
    """
    And given the workflow input is:
    """yaml
    text: hello
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {payload: {text: hello}, headers: {x-team: blue}}
    """

  Scenario: As many messages are consumed as are wanted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-amount, version: '1.0.0'}
    do:
      - hear:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: hear
            subscription: {consume: {amount: 2}}
          output: {as: "map(.payload.n)"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [1, 2]
    """

  Scenario: Messages are filtered, and a condition ends the consuming
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-until, version: '1.0.0'}
    do:
      - hear:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: hear
            subscription:
              filter: "${ .payload.n >= $workflow.input.from }"
              consume: {until: "${ .[-1].payload.n == 3 }"}
          output: {as: "map(.payload.n)"}
    """
    And given the workflow input is:
    """yaml
    from: 2
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [2, 3]
    """

  Scenario: Tasks are done for each message
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-foreach, version: '1.0.0'}
    do:
      - hear:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: hear
            subscription:
              consume: {amount: 3}
              foreach:
                item: message
                at: i
                do: [{double: {set: {n: "${ $message.payload.n * 2 + $i }"}}}]
                output: {as: .n}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [2, 5, 8]
    """
    And double should run 3 times

  Scenario: An error of the server is an error of the task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-error, version: '1.0.0'}
    do:
      - tell:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: full
            message: {payload: {text: hello}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/communication
    status: 503
    instance: /do/0/tell
    """

  Scenario: An operation that the document does not have is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: asyncapi-unknown, version: '1.0.0'}
    do:
      - tell:
          call: asyncapi
          with:
            document: {endpoint: "https://service.example/asyncapi.json"}
            operation: shout
            message: {payload: {text: hello}}
    """
    Then the definition should be refused with code 'compile.unknown-operation' at '/do/0/tell/with/operation'
