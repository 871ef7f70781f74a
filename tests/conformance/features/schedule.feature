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

  Scenario: An event starts a workflow, whose input are the events
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: on-one, version: '1.0.0'}
    schedule: {on: {one: {with: {type: com.acme.ordered}}}}
    do:
      - tell: {set: {order: "${ .[0].order }", raw: "${ $workflow.input[0].order }"}}
    """
    When the event is published:
    """yaml
    {type: com.acme.ordered, data: {order: o-1}}
    """
    Then the workflow should start by itself
    And the workflow should complete with output:
    """yaml
    {order: o-1, raw: o-1}
    """

  Scenario: Events may be read whole
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: on-envelope, version: '1.0.0'}
    schedule: {on: {any: [{with: {type: com.acme.ordered}}, {with: {type: com.acme.cancelled}}]}, read: envelope}
    do:
      - tell: {set: {type: "${ .[0].type }", subject: "${ .[0].subject }"}}
    """
    When the event is published:
    """yaml
    {type: com.acme.cancelled, subject: o-1, data: {order: o-1}}
    """
    Then the workflow should start by itself
    And the workflow should complete with output:
    """yaml
    {type: com.acme.cancelled, subject: o-1}
    """

  Scenario: All events that belong together start a workflow
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: on-all, version: '1.0.0'}
    schedule:
      on:
        all:
          - {with: {type: com.acme.ordered}, correlate: {order: {from: .data.order}}}
          - {with: {type: com.acme.paid}, correlate: {order: {from: .data.order}}}
    do:
      - tell: {set: {orders: "${ map(.order) }"}}
    """
    When the event is published:
    """yaml
    {type: com.acme.ordered, data: {order: o-1}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {order: o-2}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {order: o-1}}
    """
    Then the workflow should start by itself
    And the workflow should complete with output:
    """yaml
    orders: [o-1, o-1]
    """
