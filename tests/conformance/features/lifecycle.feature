Feature: Lifecycle events
  What a run tells the world about itself.

  Scenario: Another workflow hears that one completed
    Given another workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: shop, name: told, version: '1.0.0', metadata: {lifecycle: [workflow]}}
    do:
      - work: {set: {n: 1}}
    """
    And a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: hears, version: '1.0.0'}
    do:
      - go: {run: {workflow: {namespace: shop, name: told, version: '1.0.0'}}}
      - started: {listen: {to: {one: {with: {type: io.serverlessworkflow.workflow.started.v1}}}}, export: {as: ".[0]"}}
      - completed: {listen: {to: {one: {with: {type: io.serverlessworkflow.workflow.completed.v1}}}}}
      - tell:
          set:
            definition: "${ $context.definition }"
            same: "${ $context.name == .[0].name }"
            moments: "${ [$context.startedAt, .[0].completedAt] | map(type) }"
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    definition: {name: told, namespace: shop, version: '1.0.0'}
    same: true
    moments: [string, string]
    """

  Scenario: The tasks of a run are told about in order
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: tasks, version: '1.0.0', metadata: {lifecycle: [task]}}
    do:
      - careful:
          try: [{fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}}]
          catch: {retry: {delay: {milliseconds: 1}, limit: {attempt: {count: 1}}}, do: [{mend: {set: {n: 1}}}]}
    """
    When the workflow is executed
    Then the workflow should complete
    And the lifecycle events of the workflow should be:
    """yaml
    - task.created /do/0/careful
    - task.started /do/0/careful
    - task.created /do/0/careful/try/0/fail
    - task.started /do/0/careful/try/0/fail
    - task.faulted /do/0/careful/try/0/fail
    - task.retried /do/0/careful
    - task.created /do/0/careful/try/0/fail
    - task.started /do/0/careful/try/0/fail
    - task.faulted /do/0/careful/try/0/fail
    - task.created /do/0/careful/catch/do/0/mend
    - task.started /do/0/careful/catch/do/0/mend
    - task.completed /do/0/careful/catch/do/0/mend
    - task.completed /do/0/careful
    """

  Scenario: A run tells that it faulted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: faults, version: '1.0.0', metadata: {lifecycle: [workflow, task]}}
    do:
      - fail: {raise: {error: {type: "https://acme.example/e", status: 503}}}
    """
    When the workflow is executed
    Then the workflow should fault
    And the lifecycle events of the workflow should be:
    """yaml
    - workflow.started
    - task.created /do/0/fail
    - task.started /do/0/fail
    - task.faulted /do/0/fail
    - workflow.faulted
    """

  Scenario: A run tells that it was cancelled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: cancelled, version: '1.0.0', metadata: {lifecycle: [workflow, task]}}
    do:
      - rest: {wait: {days: 30}}
    """
    When the workflow is executed
    And the workflow is cancelled
    Then the workflow should cancel
    And the lifecycle events of the workflow should be:
    """yaml
    - workflow.started
    - task.created /do/0/rest
    - task.started /do/0/rest
    - task.cancelled /do/0/rest
    - workflow.cancelled
    """

  Scenario: Correlating is told about too
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: correlates, version: '1.0.0', metadata: {lifecycle: [workflow]}}
    do:
      - hear:
          listen: {to: {one: {with: {type: com.acme.paid}, correlate: {order: {from: .data.order, expect: o-1}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {order: o-1}}
    """
    Then the workflow should complete
    And the lifecycle events of the workflow should be:
    """yaml
    - workflow.started
    - workflow.correlation-started
    - workflow.correlation-completed
    - workflow.completed
    """

  Scenario: A run whose definition does not ask for it tells nothing
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: quiet, version: '1.0.0'}
    do:
      - work: {set: {n: 1}}
    """
    When the workflow is executed
    Then the workflow should complete
    And the lifecycle events of the workflow should be:
    """yaml
    []
    """

  Scenario: A task whose output does not fit is told about as faulted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: unfit, version: '1.0.0', metadata: {lifecycle: [task]}}
    do:
      - careful:
          try: [{picky: {set: {n: 1}, output: {schema: {document: {required: [m]}}}}}]
          catch: {do: [{other: {input: {schema: {document: {type: string}}}, set: {n: 2}}}]}
    """
    When the workflow is executed
    Then the workflow should fault
    And picky should fault
    And other should fault
    And the lifecycle events of the workflow should be:
    """yaml
    - task.created /do/0/careful
    - task.started /do/0/careful
    - task.created /do/0/careful/try/0/picky
    - task.started /do/0/careful/try/0/picky
    - task.faulted /do/0/careful/try/0/picky
    - task.created /do/0/careful/catch/do/0/other
    - task.started /do/0/careful/catch/do/0/other
    - task.faulted /do/0/careful/catch/do/0/other
    - task.faulted /do/0/careful
    """

  @waits
  Scenario: A task that takes too long is told about as faulted, and what is inside as cancelled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: late, version: '1.0.0', metadata: {lifecycle: [task]}}
    do:
      - outer: {timeout: {after: {hours: 1}}, do: [{inner: {wait: {days: 1}}}]}
    """
    When the workflow is executed
    Then the workflow should fault
    And the lifecycle events of the workflow should be:
    """yaml
    - task.created /do/0/outer
    - task.started /do/0/outer
    - task.created /do/0/outer/do/0/inner
    - task.started /do/0/outer/do/0/inner
    - task.cancelled /do/0/outer/do/0/inner
    - task.faulted /do/0/outer
    """
