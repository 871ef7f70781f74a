Feature: Listen tasks
  Runs wait for events, and get exactly those that they wait for.

  Scenario: One event ends the waiting and its data is the output
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-one, version: '1.0.0'}
    do:
      - hear: {listen: {to: {one: {with: {type: com.acme.paid}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {invoice: 1}}
    """
    Then the workflow should complete with output:
    """yaml
    [{invoice: 1}]
    """

  Scenario: An event of another type, source or subject is left alone
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-filter, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {one: {with: {type: com.acme.paid, source: /erp, subject: "${ .subject }"}}}}
    """
    And given the workflow input is:
    """yaml
    subject: o-1
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.refunded, source: /erp, subject: o-1, data: type}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, source: /shop, subject: o-1, data: source}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, source: /erp, subject: o-2, data: subject}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, source: /erp, subject: o-1, data: this one}
    """
    Then the workflow should complete with output:
    """yaml
    [this one]
    """

  Scenario: An attribute may be described by a regular expression
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-pattern, version: '1.0.0'}
    do:
      - hear: {listen: {to: {one: {with: {type: com.acme.*, source: "/(erp|shop)/[0-9]+"}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, source: /crm/1, data: no}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, source: /shop/17, data: yes}
    """
    Then the workflow should complete with output:
    """yaml
    ["yes"]
    """

  Scenario: The data may be put to an expression
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-data, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {one: {with: {type: com.hospital.temperature, data: "${ .celsius > 38 }"}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.hospital.temperature, data: {celsius: 37}}
    """
    And the event is published:
    """yaml
    {type: com.hospital.temperature, data: {celsius: 39}}
    """
    Then the workflow should complete with output:
    """yaml
    [{celsius: 39}]
    """

  Scenario: Any of several events ends the waiting
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-any, version: '1.0.0'}
    do:
      - hear: {listen: {to: {any: [{with: {type: com.acme.paid}}, {with: {type: com.acme.cancelled}}]}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.cancelled, data: {why: late}}
    """
    Then the workflow should complete with output:
    """yaml
    [{why: late}]
    """

  Scenario: Any of nothing is every event
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-every, version: '1.0.0'}
    do:
      - hear: {listen: {to: {any: []}, read: envelope}, output: {as: "map(.type)"}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.whatever}
    """
    Then the workflow should complete with output:
    """yaml
    [com.acme.whatever]
    """

  Scenario: All events are waited for, and come out in the order they came in
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-all, version: '1.0.0'}
    do:
      - hear: {listen: {to: {all: [{with: {type: com.acme.paid}}, {with: {type: com.acme.shipped}}]}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.shipped, data: 1}
    """
    And the event is published:
    """yaml
    {type: com.acme.shipped, data: again}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: 2}
    """
    Then the workflow should complete with output:
    """yaml
    [1, 2]
    """

  Scenario: Listening goes on until an expression on what was heard holds
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-until, version: '1.0.0'}
    do:
      - hear: {listen: {to: {any: [{with: {type: com.acme.count}}], until: "(map(.n) | add) >= 3"}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 1}}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 2}}
    """
    Then the workflow should complete with output:
    """yaml
    [{n: 1}, {n: 2}]
    """

  Scenario: Listening goes on until another event comes, which is no part of the output
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-until-event, version: '1.0.0'}
    do:
      - hear:
          listen:
            to:
              any: [{with: {type: com.acme.count}}]
              until: {one: {with: {type: com.acme.enough}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: 1}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: 2}
    """
    And the event is published:
    """yaml
    {type: com.acme.enough, data: 3}
    """
    Then the workflow should complete with output:
    """yaml
    [1, 2]
    """

  Scenario: The envelope is read if that is wanted
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-envelope, version: '1.0.0'}
    do:
      - hear: {listen: {to: {one: {with: {type: com.acme.paid}}}, read: envelope}, output: {as: ".[0]"}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {id: e-1, source: /erp, type: com.acme.paid, subject: o-1, data: {n: 1}}
    """
    Then the workflow should complete with output:
    """yaml
    {specversion: "1.0", id: e-1, source: /erp, type: com.acme.paid, subject: o-1, data: {n: 1}}
    """

  Scenario: The raw data is the text of the data
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-raw, version: '1.0.0'}
    do:
      - hear: {listen: {to: {one: {with: {type: com.acme.paid}}}, read: raw}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {n: 1}}
    """
    Then the workflow should complete with output:
    """yaml
    ['{"n":1}']
    """

  Scenario: Tasks are done for each event, first come, first served
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-foreach, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {any: [{with: {type: com.acme.count}}], until: "length == 3"}}
          foreach:
            item: event
            at: i
            do:
              - double: {set: {n: "${ $event.n * 2 }", i: "${ $i }"}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 1}}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 2}}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 3}}
    """
    Then the workflow should complete with output:
    """yaml
    [{n: 2, i: 0}, {n: 4, i: 1}, {n: 6, i: 2}]
    """
    And double should run 3 times

  Scenario: What is done for each event can shape its output and export
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-foreach-shapes, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {any: [{with: {type: com.acme.count}}], until: "${ $context.total >= 3 }"}}
          foreach:
            output: {as: .n}
            export: {as: "{ total: ($context.total + $output) }"}
      - show: {set: {heard: "${ . }", context: "${ $context }"}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 1}}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: {n: 2}}
    """
    Then the workflow should complete with output:
    """yaml
    {heard: [1, 2], context: {total: 3}}
    """

  Scenario: Correlation finds the event that is meant among those alike
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: correlate, version: '1.0.0'}
    do:
      - hear:
          listen:
            to:
              one:
                with: {type: com.acme.paid}
                correlate: {invoice: {from: .data.invoice, expect: "${ .invoice }"}}
    """
    And given the workflow input is:
    """yaml
    invoice: i-7
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {invoice: i-6, by: ada}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {by: nobody}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {invoice: i-7, by: bob}}
    """
    Then the workflow should complete with output:
    """yaml
    [{invoice: i-7, by: bob}]
    """

  Scenario: Without an expectation the first event says what the others have to have
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: correlate-first, version: '1.0.0'}
    do:
      - hear:
          listen:
            to:
              all:
                - {with: {type: com.acme.ordered}, correlate: {order: {from: .data.order}}}
                - {with: {type: com.acme.paid}, correlate: {order: {from: .data.order}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.ordered, data: {order: 1}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {order: 2}}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: {order: 1}}
    """
    Then the workflow should complete with output:
    """yaml
    [{order: 1}, {order: 1}]
    """

  Scenario: An event that comes before the run listens is kept for it
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-early, version: '1.0.0'}
    do:
      - first: {listen: {to: {one: {with: {type: com.acme.begin}}}}}
      - second: {listen: {to: {one: {with: {type: com.acme.paid}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.paid, data: early}
    """
    And the event is published:
    """yaml
    {type: com.acme.begin}
    """
    Then the workflow should complete with output:
    """yaml
    [early]
    """
    And second should run after first

  Scenario: An event that is published twice is heard once
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-once, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {any: [{with: {type: com.acme.count}}], until: {one: {with: {type: com.acme.enough}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {id: e-1, source: /erp, type: com.acme.count, data: 1}
    """
    And the event is published:
    """yaml
    {id: e-1, source: /erp, type: com.acme.count, data: 1}
    """
    And the event is published:
    """yaml
    {type: com.acme.enough}
    """
    Then the workflow should complete with output:
    """yaml
    [1]
    """

  Scenario: Branches listen side by side
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-fork, version: '1.0.0'}
    do:
      - both:
          fork:
            branches:
              - paid: {listen: {to: {one: {with: {type: com.acme.paid}}}}}
              - shipped: {listen: {to: {one: {with: {type: com.acme.shipped}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.shipped, data: s}
    """
    And the event is published:
    """yaml
    {type: com.acme.paid, data: p}
    """
    Then the workflow should complete with output:
    """yaml
    [[p], [s]]
    """

  @waits
  Scenario: What nobody publishes in time is not waited for any longer
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-timeout, version: '1.0.0'}
    do:
      - careful:
          try:
            - hear: {timeout: {after: P3D}, listen: {to: {one: {with: {type: com.acme.paid}}}}}
          catch:
            errors: {with: {type: "https://open-workflow-specification.org/spec/1.0.0/errors/timeout"}}
            do: [{remind: {set: {reminded: true}}}]
    """
    When the workflow is executed
    Then the workflow should complete with output:
    """yaml
    {reminded: true}
    """
    And hear should fault
    And the workflow should have taken 'P3D'

  Scenario: A run that listens can be cancelled
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-cancel, version: '1.0.0'}
    do:
      - hear: {listen: {to: {one: {with: {type: com.acme.paid}}}}}
    """
    When the workflow is executed
    And the workflow listens
    And the workflow is cancelled
    Then the workflow should cancel
    And hear should cancel

  Scenario: A task that listens again takes another event
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-loop, version: '1.0.0'}
    do:
      - twice:
          for: {in: "${ [1, 2] }"}
          do:
            - hear:
                listen: {to: {one: {with: {type: com.acme.count}}}}
                output: {as: "$input + { heard: ($input.heard + .) }"}
    """
    And given the workflow input is:
    """yaml
    heard: []
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: 1}
    """
    And the event is published:
    """yaml
    {type: com.acme.count, data: 2}
    """
    Then the workflow should complete with output:
    """yaml
    heard: [1, 2]
    """
    And hear should run 2 times

  Scenario: An error in what is done for an event says where it was raised
    Given a workflow with definition:
    """yaml
    document: {dsl: '1.0.3', namespace: test, name: listen-error, version: '1.0.0'}
    do:
      - hear:
          listen: {to: {one: {with: {type: com.acme.count}}}}
          foreach: {do: [{fail: {raise: {error: {type: "https://acme.example/e", status: 418, title: "${ \"No \\($item)\" }"}}}}]}
    """
    When the workflow is executed
    And the workflow listens
    And the event is published:
    """yaml
    {type: com.acme.count, data: 1}
    """
    Then the workflow should fault with error:
    """yaml
    {type: "https://acme.example/e", title: No 1, instance: /do/0/hear/foreach/do/0/fail}
    """
