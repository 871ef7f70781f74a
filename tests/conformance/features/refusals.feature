Feature: What is refused before it runs
  A definition that cannot be kept as it is written is told so, with the place and the reason.

  Scenario: A keyword that no task has is found with its place
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: keyword, version: '1.0.0'}
    do:
      - one: {st: {n: 1}}
    """
    Then the definition should be refused with code 'task.unknown' at '/do/0/one'

  Scenario: A member that a task does not have is found with its place
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: member, version: '1.0.0'}
    do:
      - one: {set: {n: 1}, color: red}
    """
    Then the definition should be refused with code 'schema.unknown-key' at '/do/0/one/color'

  Scenario: A document without tasks is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-tasks, version: '1.0.0'}
    """
    Then the definition should be refused with code 'schema.required' at ''

  Scenario: A version of the language that is not known is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '0.8', namespace: test, name: old, version: '1.0.0'}
    do:
      - one: {set: {n: 1}}
    """
    Then the definition should be refused with code 'document.dsl' at '/document/dsl'

  Scenario: A function that nobody offers is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: no-function, version: '1.0.0'}
    do:
      - one: {call: nobody.offers}
    """
    Then the definition should be refused with code 'compile.unknown-function' at '/do/0/one/call'
