Feature: Schedules
  Workflows that start by themselves.

  Scenario: A workflow starts by itself in intervals
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: every, version: '1.0.0'}
    schedule: {every: {seconds: 1}}
    do:
      - tell: {set: {started: true}}
    """
    When the workflow is scheduled
    Then the workflow should start by itself
    And the workflow should complete with output:
    """yaml
    {started: true}
    """

  Scenario: A workflow starts again some time after it ended
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: after, version: '1.0.0'}
    schedule: {after: {seconds: 1}}
    do:
      - tell: {set: {started: true}}
    """
    When the workflow is scheduled
    Then the workflow should start by itself
    And the workflow should complete with output:
    """yaml
    {started: true}
    """
    And the workflow should start by itself again

  Scenario: An interval that is too short is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: too-short, version: '1.0.0'}
    schedule: {every: {milliseconds: 5}}
    do:
      - tell: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.schedule' at '/schedule/every'

  Scenario: An interval cannot be computed
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: computed-interval, version: '1.0.0'}
    schedule: {after: "${ .pause }"}
    do:
      - tell: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.schedule' at '/schedule/after'

  Scenario: A cron expression that is none is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: bad-cron, version: '1.0.0'}
    schedule: {cron: every night}
    do:
      - tell: {set: {n: 1}}
    """
    Then the definition should be refused with code 'compile.cron' at '/schedule/cron'

  Scenario: How events are read cannot be said where no event starts anything
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: read-without-on, version: '1.0.0'}
    schedule: {cron: "0 3 * * *", read: envelope}
    do:
      - tell: {set: {n: 1}}
    """
    Then the definition should be refused with code 'schema.exclusive' at '/schedule'
