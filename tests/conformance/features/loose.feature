Feature: Loose evaluation
  Text is an expression if it can be evaluated, and text if not.

  Scenario: What can be evaluated is, with braces or without
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: loose, version: '1.0.0'}
    evaluate: {mode: loose}
    do:
      - one: {set: {bare: .n + 1, braces: "${ .n + 1 }", deep: [{n: .n}]}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {bare: 2, braces: 2, deep: [{n: 1}]}
    """

  Scenario: What cannot be evaluated is the text it is
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: loose-text, version: '1.0.0'}
    evaluate: {mode: loose}
    do:
      - one: {set: {sentence: "Hello there, you", fails: ".n + {}"}}
    """
    And given the workflow input is:
    """yaml
    n: 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {sentence: "Hello there, you", fails: ".n + {}"}
    """

  Scenario: Data is not evaluated in loose mode either
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: loose-data, version: '1.0.0'}
    evaluate: {mode: loose}
    do:
      - one: {set: {copy: .text}}
    """
    And given the workflow input is:
    """yaml
    text: 1 + 1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {copy: 1 + 1}
    """
