Feature: HTTP calls beyond the kit
  Requests as they are written, answers as they come.

  Scenario: Method, headers, query and body are what the definition says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-request, version: '1.0.0'}
    do:
      - send:
          call: http
          with:
            method: post
            endpoint: https://service.example/echo
            headers: {x-tenant: "${ .tenant }"}
            query: {page: "${ .page }", fixed: yes it is}
            body: {total: "${ .page + 1 }"}
          output: {as: "{ method, tenant: .headers[\"x-tenant\"], type: .headers[\"content-type\"], query, body }"}
    """
    And given the workflow input is:
    """yaml
    {tenant: acme, page: 2}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    method: POST
    tenant: acme
    type: application/json
    query: {page: "2", fixed: yes it is}
    body: {total: 3}
    """

  Scenario Outline: Every method can be used
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-method, version: '1.0.0'}
    do:
      - send: {call: http, with: {method: <method>, endpoint: "https://service.example/echo"}, output: {as: .method}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    <seen>
    """

    Examples:
      | method | seen   |
      | get    | GET    |
      | PUT    | PUT    |
      | patch  | PATCH  |
      | delete | DELETE |

  Scenario: A URI template takes members of the data, encoded
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-template, version: '1.0.0'}
    do:
      - get:
          call: http
          with: {method: get, endpoint: "https://service.example/echo/{name}/{missing}x/{n}/{flag}"}
          output: {as: .path}
    """
    And given the workflow input is:
    """yaml
    {name: "a b/c?d", n: 3, flag: true}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    /echo/a%20b%2Fc%3Fd/x/3/true
    """

  Scenario: A URI template takes no objects
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-template-object, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/echo/{pet}"}}
    """
    And given the workflow input is:
    """yaml
    pet: {id: 1}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/expression
    status: 400
    instance: /do/0/get
    """

  Scenario: An endpoint may be computed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-computed, version: '1.0.0'}
    do:
      - get:
          call: http
          with: {method: get, endpoint: {uri: "${ \"https://service.example/echo/\" + .name }"}}
          output: {as: .path}
    """
    And given the workflow input is:
    """yaml
    name: rex
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    /echo/rex
    """

  Scenario: Content that is text is given as text
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-text, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/text", output: content}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    plain text
    """

  Scenario: Raw is the content in base 64
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-raw, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/text", output: raw}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    cGxhaW4gdGV4dA==
    """

  Scenario: A response tells the request, the status and the headers too
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-response, version: '1.0.0'}
    do:
      - get:
          call: http
          with: {method: get, endpoint: "https://service.example/status/201", output: response}
    """
    When the workflow is executed
    Then the workflow should complete
    And the workflow output should have properties 'request.method', 'request.uri', 'request.headers', 'headers', 'content'
    And the workflow output should have a 'statusCode' property with value:
    """yaml
    201
    """

  Scenario Outline: A status that is no success is an error of the kind it means
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-status, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/status/<status>"}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/<kind>
    status: <status>
    instance: /do/0/get
    """

    Examples:
      | status | kind           |
      | 400    | communication  |
      | 401    | authentication |
      | 403    | authorization  |
      | 404    | communication  |
      | 500    | communication  |
      | 503    | communication  |

  Scenario: A redirection is an error unless it is wanted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-redirect-error, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/moved"}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/communication
    status: 302
    """

  Scenario: A redirection that is wanted is followed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-redirect, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/moved", redirect: true}, output: {as: .path}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    /echo/moved
    """

  Scenario: What is told in an answer is data and never an expression
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-injection, version: '1.0.0'}
    do:
      - send: {call: http, with: {method: post, endpoint: "https://service.example/echo", body: {text: "${ .text }"}}}
      - copy: {set: {text: "${ .body.text }"}}
    """
    And given the workflow input is:
    """yaml
    text: "${ 1 + 1 }"
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    text: "${ 1 + 1 }"
    """

  Scenario: A place that definitions may not reach is refused as an error the flow can catch
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-forbidden, version: '1.0.0'}
    do:
      - careful:
          try: [{get: {call: http, with: {method: get, endpoint: "http://169.254.169.254/latest"}}}]
          catch:
            errors: {with: {type: "https://open-workflow-specification.org/spec/1.0.0/errors/authorization"}}
            do: [{tell: {set: {code: "${ $error.code }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {code: egress.forbidden}
    """

  Scenario: A URI template finds nothing in data that is no object
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-no-object, version: '1.0.0'}
    do:
      - get:
          call: http
          with: {method: get, endpoint: "https://service.example/echo/{name}end"}
          output: {as: .path}
    """
    And given the workflow input is:
    """yaml
    [a, list]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    /echo/end
    """

  Scenario: Content that is neither text nor JSON is given in base 64
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-binary, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/picture"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    iVBORw0KGgo=
    """

  Scenario: An answer without content gives null
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-empty, version: '1.0.0'}
    do:
      - get: {call: http, with: {method: get, endpoint: "https://service.example/empty"}, output: {as: "{ given: . }"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {given: null}
    """

  Scenario: A body may be any JSON, or text as it is
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: http-body, version: '1.0.0'}
    do:
      - list: {call: http, with: {method: post, endpoint: "https://service.example/echo", body: "${ .list }"}, output: {as: .body}, export: {as: .}}
      - text:
          call: http
          with: {method: post, endpoint: "https://service.example/echo", body: '"quoted"', headers: {content-type: application/json}}
          output: {as: "[$context, .body]"}
    """
    And given the workflow input is:
    """yaml
    list: [1, two]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [[1, two], quoted]
    """
