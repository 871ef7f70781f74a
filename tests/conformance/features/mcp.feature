Feature: MCP calls
  Tools, prompts and resources of servers of the Model Context Protocol.

  Scenario: A tool is called and its result is the output
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: mcp-tool, version: '1.0.0'}
    do:
      - add:
          call: mcp
          with:
            protocolVersion: '2025-06-18'
            method: tools/call
            parameters: {name: add, arguments: {a: "${ .a }", b: 2}}
            transport: {http: {endpoint: "{{mcp}}"}}
          output: {as: .structuredContent.result}
    """
    And given the workflow input is:
    """yaml
    a: 40
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    42
    """

  Scenario: Tools are listed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: mcp-list, version: '1.0.0'}
    do:
      - list:
          call: mcp
          with: {method: tools/list, transport: {http: {endpoint: "{{mcp}}"}}}
          output: {as: "[.tools[].name] | sort"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [add, fail]
    """

  Scenario: A resource is read, with parameters that are computed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: mcp-resource, version: '1.0.0'}
    do:
      - read:
          call: mcp
          with:
            method: resources/read
            parameters: "${ {uri: .uri} }"
            transport: {http: {endpoint: "{{mcp}}"}}
          output: {as: ".contents[0].text"}
    """
    And given the workflow input is:
    """yaml
    uri: memo://monday
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    memo of monday
    """

  Scenario: A tool that fails is a runtime error
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: mcp-fails, version: '1.0.0'}
    do:
      - ask:
          call: mcp
          with:
            method: tools/call
            parameters: {name: fail, arguments: {reason: no ink}}
            transport: {http: {endpoint: "{{mcp}}"}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/runtime
    status: 500
    instance: /do/0/ask
    """

  Scenario: A server that would be a process of the platform is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: mcp-stdio, version: '1.0.0'}
    do:
      - ask: {call: mcp, with: {method: tools/list, transport: {stdio: {command: npx}}}}
    """
    Then the definition should be refused with code 'compile.protocol' at '/do/0/ask/with/transport/stdio'
