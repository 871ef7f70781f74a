Feature: Secrets
  Named in the definition, put in where a call is made, and nowhere else.

  Scenario: A secret goes where the call is made and is told nowhere
    Given the secret 'key' is:
    """yaml
    canary-of-key
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret, version: '1.0.0'}
    use: {secrets: [key]}
    do:
      - send:
          call: http
          with: {method: post, endpoint: "https://service.example/measure", body: {key: "${ $secrets.key }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {key: 13}
    """
    And nothing in the history should say 'canary-of-key'

  Scenario: A member of a secret can be part of a text
    Given the secret 'login' is:
    """yaml
    {user: ada, password: canary}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-text, version: '1.0.0'}
    use: {secrets: [login]}
    do:
      - send:
          call: http
          with:
            method: post
            endpoint: https://service.example/measure
            body: {line: "${ \"\\($secrets.login.user):\\($secrets.login.password)\" }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {line: 10}
    """
    And nothing in the history should say 'canary'

  Scenario: What a server tells of a secret is told no further
    Given the secret 'key' is:
    """yaml
    canary-of-key
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-echo, version: '1.0.0'}
    use: {secrets: [key]}
    do:
      - send:
          call: http
          with: {method: post, endpoint: "https://service.example/echo", body: {key: "${ $secrets.key }"}}
          output: {as: .body.key}
    """
    When the workflow is executed
    Then the workflow should complete
    And nothing in the history should say 'canary-of-key'

  Scenario: A secret that is not there is an authorization error
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-missing, version: '1.0.0'}
    use: {secrets: [nowhere]}
    do:
      - send:
          call: http
          with: {method: post, endpoint: "https://service.example/measure", body: {key: "${ $secrets.nowhere }"}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/authorization
    status: 403
    code: secret.missing
    instance: /do/0/send
    """

  Scenario: A secret that the definition does not name cannot be used
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-undeclared, version: '1.0.0'}
    do:
      - send:
          call: http
          with: {method: post, endpoint: "https://service.example/measure", body: {key: "${ $secrets.key }"}}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/send/with/body/key'

  Scenario: A secret is not computed with
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-computed, version: '1.0.0'}
    use: {secrets: [key]}
    do:
      - send:
          call: http
          with: {method: post, endpoint: "https://service.example/measure", body: {key: "${ $secrets.key | length }"}}
    """
    Then the definition should be refused with code 'compile.secret-as-data' at '/do/0/send/with/body/key'

  Scenario: A secret does not become data of the run
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: secret-as-data, version: '1.0.0'}
    use: {secrets: [key]}
    do:
      - take: {set: {key: "${ $secrets.key }"}}
    """
    Then the definition should be refused with code 'compile.secret-as-data' at '/do/0/take/set/key'
