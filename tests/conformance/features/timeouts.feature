Feature: Timeouts
  What takes too long is interrupted.

  @waits
  Scenario: A task that takes too long faults with a timeout error
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-task, version: '1.0.0'}
    do:
      - slow: {timeout: {after: {hours: 1}}, wait: {days: 1}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/timeout
    status: 408
    instance: /do/0/slow
    """
    And the workflow should have taken 'PT1H'

  @waits
  Scenario: A timeout has a name in the definition
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-name, version: '1.0.0'}
    use: {timeouts: {patience: {after: P2D}}}
    do:
      - slow: {timeout: patience, wait: {days: 7}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {status: 408, instance: /do/0/slow}
    """
    And the workflow should have taken 'P2D'

  @waits
  Scenario: A timeout may be computed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-computed, version: '1.0.0'}
    do:
      - slow: {timeout: {after: "${ .patience }"}, wait: {days: 7}}
    """
    And given the workflow input is:
    """yaml
    patience: PT90M
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {status: 408, instance: /do/0/slow}
    """
    And the workflow should have taken 'PT1H30M'

  @waits
  Scenario: A task that is done in time has no timeout
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-not, version: '1.0.0'}
    do:
      - quick: {timeout: {after: {hours: 1}}, wait: {minutes: 59}}
      - after: {set: {went: "on"}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {went: "on"}
    """

  @waits
  Scenario: The timeout of a task is for everything inside of it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-inside, version: '1.0.0'}
    do:
      - outer:
          timeout: {after: {hours: 3}}
          do: [{one: {wait: {hours: 2}}}, {two: {wait: {hours: 2}}}, {three: {set: {never: true}}}]
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {status: 408, instance: /do/0/outer}
    """
    And two should cancel
    And three should not run

  @waits
  Scenario: Of two timeouts the one that is over first counts
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-nested, version: '1.0.0'}
    do:
      - outer:
          timeout: {after: {hours: 3}}
          do: [{inner: {timeout: {after: {hours: 1}}, wait: {days: 1}}}]
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {status: 408, instance: /do/0/outer/do/0/inner}
    """
    And the workflow should have taken 'PT1H'

  @waits
  Scenario: A timeout can be caught
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-caught, version: '1.0.0'}
    do:
      - careful:
          try: [{slow: {timeout: {after: {hours: 1}}, wait: {days: 1}}}]
          catch:
            errors: {with: {type: "https://serverlessworkflow.io/spec/1.0.0/errors/timeout"}}
            do: [{tell: {set: {status: "${ $error.status }"}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {status: 408}
    """

  @waits
  Scenario: A run that takes too long faults
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-run, version: '1.0.0'}
    timeout: {after: {hours: 6}}
    do:
      - careful: {try: [{slow: {wait: {days: 1}}}], catch: {}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/timeout
    status: 408
    """
    And slow should cancel
    And the workflow should have taken 'PT6H'

  @waits
  Scenario: The timeout of a run may have a name too
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-run-name, version: '1.0.0'}
    use: {timeouts: {patience: {after: {hours: 2}}}}
    timeout: patience
    do:
      - slow: {wait: {days: 1}}
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {status: 408}
    """
    And the workflow should have taken 'PT2H'

  Scenario: A timeout that is not there cannot be used
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-unknown, version: '1.0.0'}
    do:
      - slow: {timeout: patience, set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.unknown-reference' at '/do/0/slow/timeout'

  Scenario: A timeout that gives no duration faults
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: timeout-bad, version: '1.0.0'}
    do:
      - slow: {timeout: {after: "${ .patience }"}, set: {n: 1}}
    """
    And given the workflow input is:
    """yaml
    patience: little
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    {code: run.bad-duration, instance: /do/0/slow}
    """
