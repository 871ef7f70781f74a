Feature: A2A calls
  Agents that are asked, and what they answer.

  Scenario: A message is answered by a task
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: a2a-send, version: '1.0.0'}
    do:
      - ask:
          call: a2a
          with:
            method: message/send
            server: {uri: "{{a2a}}/rpc"}
            parameters: {message: {parts: [{kind: text, text: "${ .say }"}]}}
          output: {as: "{ state: .status.state, said: [.artifacts[].parts[].text], role: .history[0].role }"}
    """
    And given the workflow input is:
    """yaml
    say: hello you
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {state: completed, said: [hello, you], role: user}
    """

  Scenario: An agent is found by its card
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: a2a-card, version: '1.0.0'}
    do:
      - ask:
          call: a2a
          with:
            method: message/send
            agentCard: {endpoint: "{{a2a}}/.well-known/agent-card.json"}
            parameters: {message: {parts: [{kind: text, text: hello}]}}
          output: {as: .kind}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    task
    """

  Scenario: A stream is an array of results
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: a2a-stream, version: '1.0.0'}
    do:
      - ask:
          call: a2a
          with:
            method: message/stream
            server: "{{a2a}}/rpc"
            parameters: {message: {parts: [{kind: text, text: one two}]}}
          output: {as: "map(.kind)"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [task, status-update, artifact-update, artifact-update, status-update]
    """

  Scenario: An error of the agent is a runtime error
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: a2a-error, version: '1.0.0'}
    do:
      - ask: {call: a2a, with: {method: tasks/get, server: "{{a2a}}/rpc", parameters: {id: nobody}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/runtime
    status: 500
    instance: /do/0/ask
    """
