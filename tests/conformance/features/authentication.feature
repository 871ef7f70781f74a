Feature: Authentication
  How calls prove whose they are.

  Scenario: Basic authentication, with what the input says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: basic, version: '1.0.0'}
    do:
      - login:
          call: http
          with:
            method: get
            endpoint:
              uri: https://httpbin.org/basic-auth/{user}/{password}
              authentication: {basic: {username: "${ .user }", password: "${ .password }"}}
          output: {as: .user}
    """
    And given the workflow input is:
    """yaml
    {user: ada, password: lovelace}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    ada
    """

  Scenario: An authentication by the name it has in the definition
    Given the secret 'login' is:
    """yaml
    {username: ada, password: canary-of-login}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: basic-name, version: '1.0.0'}
    use:
      secrets: [login]
      authentications: {ours: {basic: {use: login}}}
    do:
      - login:
          call: http
          with:
            method: get
            endpoint: {uri: "https://httpbin.org/basic-auth/ada/canary-of-login", authentication: {use: ours}}
          output: {as: .user}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    ada
    """

  Scenario: Bearer authentication, with a member of a secret
    Given the secret 'api' is:
    """yaml
    {token: canary-of-api}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: bearer, version: '1.0.0'}
    use: {secrets: [api]}
    do:
      - login:
          call: http
          with:
            method: get
            endpoint:
              uri: https://httpbin.org/bearer
              authentication: {bearer: {token: "${ $secrets.api.token }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {authenticated: true, length: 13}
    """
    And nothing in the history should say 'canary-of-api'

  Scenario Outline: Digest authentication answers the challenge
    Given the secret 'login' is:
    """yaml
    {username: ada, password: canary-of-login}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: digest, version: '1.0.0'}
    use: {secrets: [login]}
    do:
      - login:
          call: http
          with:
            method: get
            endpoint:
              uri: https://httpbin.org/digest-auth/auth/ada/canary-of-login/<algorithm>
              authentication: {digest: {use: login}}
          output: {as: .user}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    ada
    """

    Examples:
      | algorithm |
      | MD5       |
      | SHA-256   |

  Scenario Outline: OAuth 2 and OpenID Connect get their token from the authority
    Given the secret 'client' is:
    """yaml
    authority-client-secret-0123456789
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: token, version: '1.0.0'}
    use: {secrets: [client]}
    do:
      - get:
          call: http
          with:
            method: get
            endpoint:
              uri: https://authority.example/protected
              authentication:
                <scheme>:
                  authority: "https://{authority}"
                  grant: client_credentials
                  client: {id: workflow-runtime, secret: "${ $secrets.client }"}
                  scopes: [api]
          output: {as: .welcome}
    """
    And given the workflow input is:
    """yaml
    authority: authority.example
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    workflow-runtime
    """
    And nothing in the history should say 'authority-client-secret-0123456789'

    Examples:
      | scheme |
      | oauth2 |
      | oidc   |

  Scenario Outline: A client can prove itself in each way
    Given the secret 'client' is:
    """yaml
    authority-client-secret-0123456789
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: client, version: '1.0.0'}
    use: {secrets: [client]}
    do:
      - get:
          call: http
          with:
            method: get
            endpoint:
              uri: https://authority.example/protected
              authentication:
                oauth2:
                  authority: https://authority.example
                  grant: client_credentials
                  client: {id: workflow-runtime, secret: "${ $secrets.client }", authentication: <method>}
          output: {as: .welcome}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    workflow-runtime
    """

    Examples:
      | method              |
      | client_secret_basic |
      | client_secret_post  |
      | client_secret_jwt   |

  Scenario: Wrong credentials are an authentication error
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wrong, version: '1.0.0'}
    do:
      - login:
          call: http
          with:
            method: get
            endpoint:
              uri: https://httpbin.org/basic-auth/ada/lovelace
              authentication: {basic: {username: ada, password: "${ .password }"}}
    """
    And given the workflow input is:
    """yaml
    password: other
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/authentication
    status: 401
    instance: /do/0/login
    """

  Scenario: What a call authenticates with can be sent elsewhere too
    Given the secret 'api' is:
    """yaml
    {token: canary-of-api}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: authorization, version: '1.0.0'}
    use: {secrets: [api]}
    do:
      - tell:
          call: http
          with:
            method: post
            endpoint: {uri: "https://service.example/measure", authentication: {bearer: {use: api}}}
            body: {scheme: "${ $authorization.scheme }", parameter: "${ $authorization.parameter }"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {scheme: 6, parameter: 13}
    """

  Scenario: A policy that is not there cannot be used
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-policy, version: '1.0.0'}
    do:
      - get:
          call: http
          with: {method: get, endpoint: {uri: "https://httpbin.org/get", authentication: {use: ours}}}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/get/with/endpoint/authentication/use'

  Scenario: A grant that needs a person in front of a browser is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: browser, version: '1.0.0'}
    do:
      - get:
          call: http
          with:
            method: get
            endpoint:
              uri: https://authority.example/protected
              authentication: {oauth2: {authority: "https://authority.example", grant: authorization_code, client: {id: a, authentication: none}}}
    """
    Then the definition should be refused with code 'compile.authentication' at '/do/0/get/with/endpoint/authentication/oauth2'
