import { describe, expect, it } from 'vitest'
import { AlertRuleError } from '../../alert/alert.ts'
import { alertRulesOf, shippedAlerts } from './alert-language.ts'

function mistakesOf(text: string): readonly string[] {
  try {
    alertRulesOf([{ name: 'a.yaml', text }])
    return []
  } catch (error) {
    if (!(error instanceof AlertRuleError)) throw error
    return error.message.split('\n')
  }
}

describe('a file with alert rules', () => {
  it('five lines are a rule', () => {
    const text = 'alerts:\n  - name: mounts\n    class: FailedMount\n    for: 3m\n    severity: critical\n'
    const [rule] = alertRulesOf([{ name: 'a.yaml', text }])
    expect(rule).toMatchObject({
      name: 'mounts',
      form: { on: 'problems', atLeast: 1, newFor: null },
      for: 180_000_000,
      severity: 'critical',
      groupBy: [{ name: 'namespace' }, { name: 'workload' }],
    })
  })

  it('all shipped rules are right, and each explains itself', () => {
    const rules = alertRulesOf([shippedAlerts()])
    expect(rules.length).toBeGreaterThan(12)
    for (const { explain, annotations } of rules) {
      expect(explain).toMatch(/\.$/)
      expect(annotations).toHaveProperty('summary')
    }
  })

  it('tells every mistake at once, with its place and what to write', () => {
    const text = `alerts:
  - name: one
    wen: reason:A
    class: FailedMount
  - name: two
    when: raeson:A
    for: soon
    groupBy: [pod, namspace]
    annotations: { summary: 'In {{ $labels.pot }}, {{ .Value }}' }
`
    expect(mistakesOf(text)).toEqual(['a.yaml:3:5: There is no key "wen" here. Did you mean "when"?'])
    expect(mistakesOf(text.replace('    wen: reason:A\n', ''))).toEqual([
      'a.yaml:5:11: there is no field "raeson". Did you mean reason? To look for this text in notes, put it in quotes',
      'a.yaml:6:10: "soon" is not a duration. Write for example 30s, 5m, 1h30m or 7d.',
      'a.yaml:7:15: "pod" cannot be a label: it has another value each time, so each would be an alert of its own and resolve the last one. Use cluster, namespace, workload, node, reason, category, container, quota, webhook, registry, storageClass, priorityClass, serviceAccount, secret, configMap, policy.',
      'a.yaml:7:20: There is no label "namspace". Did you mean namespace?',
      'a.yaml:8:33: The alert has no label "pot". It has cluster.',
      'a.yaml:8:52: "{{ .Value }}" cannot be filled in. Use {{ $labels.NAME }} or {{ $value }}.',
    ])
  })

  it.each([
    ['alerts: [{ name: a }]', 'The rule selects nothing.'],
    ['alerts: [{ class: A }]', '"name" is missing.'],
    ['alerts: [{ name: a, on: events, when: "*" }]', 'does not say in which time'],
    ['alerts: [{ name: a, on: events, when: "*", over: 5m, class: A }]', '"class" is about problems.'],
    ['alerts: [{ name: a, class: A, over: 5m }]', '"over" counts events.'],
    ['alerts: [{ name: a, class: A, atLeast: 0 }]', '"atLeast" is not a whole number from 1.'],
    ['alerts: [{ name: a, class: A, severity: bad }]', '"severity" is not one of info, low, medium, high, critical.'],
    ['alerts: [{ name: a, class: A }, { name: a, class: B }]', 'There is another rule "a"'],
    ['alerts: [{ name: a, on: clusters, when: "*" }]', '"when" says nothing of clusters.'],
    ['alerts: 3', '"alerts" is not a list of at most 1000 rules.'],
    ['alarms: []', 'There is no key "alarms" here.'],
    ['alerts: [{ name: a, class: A, annotations: { s: "{{ $labels.x" } }]', '"{{" is not closed.'],
    [': :', 'Not valid YAML'],
  ])('%s', (text, what) => {
    expect(mistakesOf(text).join('\n')).toContain(what)
  })
})
