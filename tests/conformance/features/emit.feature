Feature: Emit tasks beyond the kit
  Events that a run tells the world.

  Scenario: What the author leaves out is filled in
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-filled, version: 1.2.3}
    do:
      - tell: {emit: {event: {with: {type: com.acme.told}}}}
    """
    When the workflow is executed
    Then the workflow should complete
    And the workflow output should have properties 'id', 'time', 'type'
    And the workflow output should have a 'specversion' property with value:
    """yaml
    "1.0"
    """
    And the workflow output should have a 'source' property with value:
    """yaml
    /test/emit-filled/1.2.3
    """

  Scenario: What the author gives is kept
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-kept, version: '1.0.0'}
    do:
      - tell:
          emit:
            event:
              with:
                id: "${ \"order-\" + .order }"
                source: https://acme.example/orders
                type: com.acme.placed
                time: 2026-03-01T12:00:00Z
                subject: "${ .order }"
                datacontenttype: application/json
                dataschema: https://acme.example/schema
                region: north
                data: {order: "${ .order }", lines: [1, 2]}
    """
    And given the workflow input is:
    """yaml
    order: o-1
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    specversion: "1.0"
    id: order-o-1
    source: https://acme.example/orders
    type: com.acme.placed
    time: 2026-03-01T12:00:00Z
    subject: o-1
    datacontenttype: application/json
    dataschema: https://acme.example/schema
    region: north
    data: {order: o-1, lines: [1, 2]}
    """

  Scenario: The data of an event can be anything
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-data, version: '1.0.0'}
    do:
      - tell: {emit: {event: {with: {type: com.acme.told, data: "${ .list }"}}}, output: {as: .data}}
    """
    And given the workflow input is:
    """yaml
    list: [1, two, null]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [1, two, null]
    """

  Scenario: What a run emits it can hear itself
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-heard, version: '1.0.0'}
    do:
      - tell: {emit: {event: {with: {type: com.acme.told, data: {n: 1}}}}}
      - hear: {listen: {to: {one: {with: {type: com.acme.told}}}}}
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    [{n: 1}]
    """

  Scenario: What is no event cannot be emitted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-bad, version: '1.0.0'}
    do:
      - tell: {emit: {event: {with: {type: com.acme.told, time: "${ .when }"}}}}
    """
    And given the workflow input is:
    """yaml
    when: soon
    """
    When the workflow is executed
    Then the workflow should fault with error:
    """yaml
    type: https://open-workflow-specification.org/spec/1.0.0/errors/validation
    code: event.malformed
    instance: /do/0/tell
    """

  Scenario: An attribute that no event has is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-attribute, version: '1.0.0'}
    do:
      - tell: {emit: {event: {with: {type: com.acme.told, Not-An-Attribute: 1}}}}
    """
    Then the definition should be refused with code 'compile.event-attribute' at '/do/0/tell/emit/event/with/Not-An-Attribute'

  Scenario: An event without a type is refused
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: emit-typeless, version: '1.0.0'}
    do:
      - tell: {emit: {event: {with: {data: {n: 1}}}}}
    """
    Then the definition should be refused with code 'schema.required' at '/do/0/tell/emit/event/with'
