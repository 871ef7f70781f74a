Feature: Wait tasks
  Durable pauses.

  @waits
  Scenario Outline: A pause is as long as it says, in each way of saying it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-forms, version: '1.0.0'}
    do:
      - rest: {wait: <wait>}
    """
    And given the workflow input is:
    """yaml
    {pause: PT90M, hours: "5"}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {pause: PT90M, hours: "5"}
    """
    And the workflow should have taken '<taken>'

    Examples:
      | wait                                  | taken   |
      | {days: 1, hours: 2, minutes: 3}       | P1DT2H3M |
      | {seconds: 90}                         | PT1M30S |
      | P3D                                   | P3D     |
      | PT2H30M                               | PT2H30M |
      | P2W                                   | P14D    |
      | "${ .pause }"                         | PT1H30M |
      | '${ "PT" + .hours + "H" }'            | PT5H    |

  @waits
  Scenario: The data passes through a pause, and its output is shaped like any other
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-data, version: '1.0.0'}
    do:
      - rest: {wait: {hours: 1}, input: {from: .inner}, output: {as: "{ n: (.n + 1) }"}}
    """
    And given the workflow input is:
    """yaml
    inner: {n: 1}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {n: 2}
    """

  @waits
  Scenario: Pauses one after the other add up
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-loop, version: '1.0.0'}
    do:
      - days: {for: {in: "${ [range(7)] }"}, do: [{night: {wait: {hours: 12}}}, {day: {wait: PT12H}}]}
    """
    When the workflow is executed
    Then the workflow should complete
    And the workflow should have taken 'P7D'
    And night should run 7 times

  Scenario: No time at all is no pause
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-none, version: '1.0.0'}
    do:
      - rest: {wait: {seconds: 0}}
      - after: {set: {went: on}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {went: on}
    """

  Scenario: What gives no duration cannot be waited for
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-bad, version: '1.0.0'}
    do:
      - rest: {wait: "${ .pause }"}
    """
    And given the workflow input is:
    """yaml
    pause: soon
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    code: run.bad-duration
    instance: /do/0/rest
    """

  Scenario: A duration that is none is refused before anything runs
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-refused, version: '1.0.0'}
    do:
      - rest: {wait: three days}
    """
    Then the definition should be refused with code 'schema.duration' at '/do/0/rest/wait'

  Scenario: A run that waits can be cancelled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: wait-cancel, version: '1.0.0'}
    do:
      - careful:
          try: [{rest: {wait: {days: 30}}}]
          catch: {do: [{never: {set: {never: true}}}]}
    """
    When the workflow is executed
    And the workflow is cancelled
    Then the workflow should cancel
    And rest should cancel
    And never should not run
