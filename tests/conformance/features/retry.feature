Feature: Retries
  How often a block is tried again, and after how long.

  @waits
  Scenario: A block that faults is tried again until it is fine
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-succeeds, version: '1.0.0'}
    do:
      - careful:
          try:
            - get: {call: http, with: {method: get, endpoint: "https://service.example/flaky/succeeds/2"}}
          catch:
            errors: {with: {status: 503}}
            retry: {delay: {minutes: 5}, limit: {attempt: {count: 5}}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {attempt: 3}
    """
    And get should run 3 times
    And the workflow should have taken 'PT10M'

  @waits
  Scenario: After the last attempt the error is raised or handled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-gives-up, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch:
            retry: {delay: PT1M, limit: {attempt: {count: 3}}}
            do: [{tell: {set: {gaveUp: "${ $error.status }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {gaveUp: 503}
    """
    And fail should run 4 times
    And the workflow should have taken 'PT3M'

  @waits
  Scenario Outline: The delay grows as the backoff says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-backoff, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch:
            retry: {delay: {hours: 1}, backoff: {<backoff>: {}}, limit: {attempt: {count: 4}}}
            do: [{tell: {set: {gaveUp: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete
    And fail should run 5 times
    And the workflow should have taken '<taken>'

    Examples:
      | backoff     | taken |
      | constant    | PT4H  |
      | linear      | PT10H |
      | exponential | PT15H |

  @waits
  Scenario: Jitter adds to each delay no less and no more than it says
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-jitter, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch:
            retry: {delay: {hours: 1}, jitter: {from: {minutes: 10}, to: {minutes: 20}}, limit: {attempt: {count: 3}}}
            do: [{tell: {set: {gaveUp: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete
    And the workflow should have taken between 'PT3H30M' and 'PT4H'

  @waits
  Scenario: A limit of time ends the retries too
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-duration, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch:
            retry: {delay: {hours: 1}, limit: {duration: {hours: 3, minutes: 30}}}
            do: [{tell: {set: {gaveUp: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {gaveUp: true}
    """
    And fail should run 4 times
    And the workflow should have taken 'PT3H'

  @waits
  Scenario: A retry policy is used by the name it has in the definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-name, version: '1.0.0'}
    use: {retries: {patient: {delay: {days: 1}, limit: {attempt: {count: 2}}}}}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch: {retry: patient, do: [{tell: {set: {gaveUp: true}}}]}
    """
    When the workflow is executed
    Then the workflow should complete
    And fail should run 3 times
    And the workflow should have taken 'P2D'

  Scenario: An error that was tried again often enough, and is not handled, is raised
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-raises, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch: {retry: {limit: {attempt: {count: 2}}}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {type: "https://acme.example/e", status: 503, instance: /do/0/careful/try/0/fail}
    """
    And fail should run 3 times

  @waits
  Scenario: No single attempt takes longer than it may
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-attempt, version: '1.0.0'}
    do:
      - careful:
          try: [{slow: {wait: {days: 1}}}]
          catch:
            retry: {limit: {attempt: {count: 2, duration: {milliseconds: 50}}}}
            do: [{tell: {set: {type: "${ $error.type }", status: "${ $error.status }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {type: "https://open-workflow-specification.org/spec/1.0.0/errors/timeout", status: 408}
    """
    And slow should run 3 times
    And slow should cancel

  Scenario Outline: An error is tried again only if the policy says so
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-when, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch:
            retry: {<clause>: $error.status == <status>, limit: {attempt: {count: 1}}}
            do: [{tell: {set: {gaveUp: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete
    And fail should run <times> times

    Examples:
      | clause     | status | times |
      | when       | 503    | 2     |
      | when       | 404    | 1     |
      | exceptWhen | 503    | 1     |
      | exceptWhen | 404    | 2     |

  Scenario: An error that is not caught is not tried again
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-not-caught, version: '1.0.0'}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch: {errors: {with: {status: 404}}, retry: {limit: {attempt: {count: 3}}}}
    """
    When the workflow is executed
    Then the workflow should fault
    And fail should run 1 times

  @waits
  Scenario: Every attempt begins with the input of the try
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-input, version: '1.0.0'}
    do:
      - careful:
          try:
            - count: {set: {n: "${ .n + 1 }"}}
            - get: {call: http, with: {method: get, endpoint: "https://service.example/flaky/input/1"}, output: {as: $input}}
          catch: {retry: {delay: {milliseconds: 5}, limit: {attempt: {count: 2}}}}
    """
    And given the workflow input is:
    """yaml
    n: 0
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 1}
    """
    And count should run 2 times

  Scenario: A retry policy that is not there cannot be used
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: retry-unknown, version: '1.0.0'}
    do:
      - careful:
          try: [{one: {set: {n: 1}}}]
          catch: {retry: patient}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/careful/catch/retry'
