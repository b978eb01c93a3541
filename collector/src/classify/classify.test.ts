import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { MINUTE } from '../clock.ts'
import type { NormalizedEvent } from '../event/observation.ts'
import { createRuleSet, MAX_THROWS_PER_MINUTE, RuleError, type RuleDisabled, type RuleSet } from './classify.ts'

/** Property tests are slow on a busy machine, never stuck. */
const PROPERTY_MILLISECONDS = 60_000

function rulesOf(text: string, options: { shipped?: boolean } = {}): RuleSet {
  return createRuleSet({ files: [{ name: 'rules.yaml', text }], clock: () => NOON, shipped: false, ...options })
}

function problemsOf(...texts: readonly string[]): readonly string[] {
  try {
    createRuleSet({ files: texts.map((text, index) => ({ name: `${index}.yaml`, text })), clock: () => NOON })
    return []
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return error.message.split('\n')
  }
}

function aNode(reason: string, type: string, note: string, reportingController = 'kubelet'): NormalizedEvent {
  const { regarding } = anObservation()
  return anObservation({ reason, type, note, reportingController, regarding: { ...regarding, kind: 'Node' } })
}

describe('classification', () => {
  const LOW = `rules: [{ name: mine, when: event.reason == "BackOff", set: { severity: low } }]`

  it('is what the catalogue says when no rule matches', () => {
    const { category, severity, rule } = rulesOf('').classify(anObservation())
    expect({ category, severity, rule }).toEqual({ category: 'container', severity: 'high', rule: 'catalogue' })
  })

  it('takes from the catalogue what a rule does not set, and names the rule', () => {
    const { category, severity, rule } = rulesOf(LOW).classify(anObservation())
    expect({ category, severity, rule }).toEqual({ category: 'container', severity: 'low', rule: 'mine' })
  })

  it('is decided by the first rule that matches', () => {
    const ruleSet = rulesOf(`
rules:
  - { name: other namespace, when: event.namespace == "elsewhere", set: { severity: info } }
  - { name: first, when: event.reason == "BackOff", set: { severity: medium } }
  - { name: second, when: event.reason == "BackOff", set: { severity: critical, category: image } }`)
    expect(ruleSet.classify(anObservation())).toMatchObject({
      rule: 'first',
      severity: 'medium',
      category: 'container',
    })
    expect(ruleSet.matching(anObservation())).toEqual(['first', 'second'])
  })

  it('asks earlier files before later ones, and the shipped rules last', () => {
    const etcd = anObservation({
      namespace: 'kube-system',
      regarding: { ...anObservation().regarding, name: 'etcd-control-1' },
    })
    expect(rulesOf('', { shipped: true }).classify(etcd).rule).toBe('shipped/control-plane crash')
    expect(rulesOf(LOW, { shipped: true }).classify(etcd).rule).toBe('mine')
    const second = LOW.replace('mine', 'second').replace('low', 'info')
    const files = [LOW, second].map((text, index) => ({ name: String(index), text }))
    expect(createRuleSet({ files, clock: () => NOON }).classify(etcd).rule).toBe('mine')
  })

  it('is decided once for each event, however often it is asked and how many others come in between', () => {
    const ruleSet = rulesOf(`
rules: [{ name: mine, when: event.reason == "BackOff" && event.metadata.container == "web", set: { severity: low } }]
filters: [{ name: none, when: event.reason == "BackOff" && event.metadata.container == "other" }]`)
    let notesRead = 0
    const events = Array.from({ length: 250 }, () => {
      const event = anObservation({ note: '' })
      const note = 'Back-off restarting failed container web in pod web-0_shop(u)'
      return Object.defineProperty(event, 'note', { get: () => ((notesRead += 1), note) })
    })
    expect(events.map((event) => ruleSet.filteredBy(event))).toEqual(events.map(() => null))
    const readByFilters = notesRead
    for (const event of events) expect(ruleSet.classify(event).severity).toBe('low')
    for (const event of events) expect(ruleSet.classify(event).severity).toBe('low')
    expect(notesRead).toBe(readByFilters)
    expect(ruleSet.counters().map(({ evaluations }) => evaluations)).toEqual([250, 250])
  })

  it('adds metadata of a rule and of its extract to what the note gives', () => {
    const ruleSet = rulesOf(`
rules:
  - name: tenant
    when: event.reason == "TenantLocked"
    extract: 'tenant (?P<tenant>[a-z]+) by (?P<by>[a-z]+)'
    set: { category: application, metadata: { team: billing, level: 3 } }`)
    const event = anObservation({
      reason: 'TenantLocked',
      note: 'locked tenant acme by admin: dial tcp 10.0.0.1:80: x',
    })
    expect(ruleSet.classify(event)).toMatchObject({
      category: 'application',
      metadata: { tenant: 'acme', by: 'admin', team: 'billing', level: '3', ip: '10.0.0.1', port: '80' },
    })
  })

  it('lets a rule read what the catalogue and the note say', () => {
    const ruleSet = rulesOf(`
rules:
  - name: our registry
    when: event.category == "image" && event.metadata.registry == "registry.example.net"
    set: { severity: critical }`)
    const note = 'Failed to pull image "registry.example.net/shop/api:1": not found'
    expect(ruleSet.classify(anObservation({ reason: 'Failed', note })).rule).toBe('our registry')
    expect(ruleSet.classify(anObservation({ reason: 'Failed', note: note.replace('.net', '.org') })).rule).toBe(
      'catalogue',
    )
    expect(ruleSet.classify(anObservation()).rule).toBe('catalogue')
  })

  const unknown: readonly (readonly [string, string, string, object])[] = [
    ['Frobnicated', 'Warning', 'Widget', { category: 'other', severity: 'medium' }],
    ['Frobnicated', 'Normal', 'Widget', { category: 'other', severity: 'info' }],
    ['Frobnicated', 'Alarm', 'Widget', { category: 'other', severity: 'low' }],
    ['VolumeLost', 'Warning', 'Widget', { category: 'storage', severity: 'medium' }],
    ['Frobnicated', 'Warning', 'Node', { category: 'node', severity: 'medium' }],
    ['Failed', 'Warning', 'Widget', { category: 'other', severity: 'medium' }],
    ['', 'Normal', 'Widget', { category: 'other', severity: 'info' }],
    ['constructor', 'Normal', '__proto__', { category: 'other', severity: 'info' }],
  ]
  it.each(unknown)('guesses for reason %j of type %s on a %s', (reason, type, kind, expected) => {
    const event = anObservation({ reason, type, note: '', regarding: { ...anObservation().regarding, kind } })
    expect(rulesOf('').classify(event)).toEqual({ ...expected, rule: 'default', metadata: {} })
  })

  const meanings: readonly (readonly [string, NormalizedEvent, object])[] = [
    [
      'an image that is not pulled is no crash',
      anObservation({ type: 'Normal', note: 'Back-off pulling image "a/b:1"' }),
      { category: 'image', severity: 'medium' },
    ],
    [
      'a lost node is not harmless for being Normal',
      aNode('NodeNotReady', 'Normal', ''),
      { category: 'node', severity: 'high' },
    ],
    [
      'an unknown disk size at the start of a kubelet is noise',
      aNode('InvalidDiskCapacity', 'Warning', ''),
      { severity: 'low' },
    ],
    [
      'kube-proxy starts as well as the kubelet',
      aNode('Starting', 'Normal', '', 'kube-proxy'),
      { category: 'network' },
    ],
    ['the kubelet starts', aNode('Starting', 'Normal', 'Starting kubelet.'), { category: 'node' }],
    [
      'a planned move is no pressure',
      anObservation({
        reason: 'Evicted',
        type: 'Normal',
        note: 'Evicted pod: Drifted',
        reportingController: 'karpenter',
      }),
      { category: 'scaling', severity: 'low' },
    ],
    [
      'an eviction for lack of memory is',
      anObservation({ reason: 'Evicted', note: 'The node was low on resource: memory.' }),
      { category: 'pressure', severity: 'high' },
    ],
    [
      'a killing after failed probes matters more than a stop',
      anObservation({
        reason: 'Killing',
        type: 'Normal',
        note: 'Container a failed liveness probe, will be restarted',
      }),
      { severity: 'medium' },
    ],
    ['a stop', anObservation({ reason: 'Killing', type: 'Normal', note: 'Stopping container a' }), { severity: 'low' }],
    [
      'a pod that may stay after all',
      anObservation({ reason: 'TaintManagerEviction', type: 'Normal', note: 'Cancelling deletion of Pod a/b' }),
      { severity: 'info' },
    ],
  ]
  it.each(meanings)('knows that %s', (_, event, expected) => {
    expect(rulesOf('').classify(event)).toMatchObject(expected)
  })
})

describe('a filter', () => {
  const NAMESPACES = ['jenkins', 'jenkins-agents', 'jenkin', 'my-jenkins']
  const removed = (text: string): readonly string[] => {
    const ruleSet = rulesOf(text)
    return NAMESPACES.filter((namespace) => ruleSet.filteredBy(anObservation({ namespace })) !== null)
  }

  it('reads its fields as globs on the whole value', () => {
    expect(removed('filters: [{ name: ci, namespaces: ["jenkins*"] }]')).toEqual(['jenkins', 'jenkins-agents'])
    expect(removed('filters: [{ name: ci, namespaces: jenkins }]')).toEqual(['jenkins'])
    expect(removed('filters: [{ name: ci, namespaces: ["*-agents", "jenkin"] }]')).toEqual(['jenkins-agents', 'jenkin'])
  })

  it('reads re2 as a pattern that is found anywhere, and warns of what looks like a glob', () => {
    const text = 'filters: [{ name: ci, when: event.namespace.re2("jenkins*") }]'
    expect(removed(text)).toEqual(NAMESPACES)
    expect(rulesOf(text).warnings).toHaveLength(1)
    expect(removed('filters: [{ name: ci, when: event.namespace.re2("^jenkins") }]')).toEqual([
      'jenkins',
      'jenkins-agents',
    ])
  })

  it('is refused with file, line and fix when "|" was meant to join globs', () => {
    expect(problemsOf('filters:\n  - name: temp\n    namespaces: ["*test*|*temp*"]\n')).toEqual([
      '0.yaml:3:18: "*test*|*temp*" is read as a glob, where only * is special; "|" would never match. ' +
        'Write a list: ["*test*", "*temp*"].',
    ])
  })

  it('joins its conditions by AND and the values of one by OR', () => {
    const ruleSet = rulesOf('filters: [{ name: quiet, types: Normal, reasons: [BackOff, Pulling] }]')
    const filteredBy = (type: string, reason: string): string | null =>
      ruleSet.filteredBy(anObservation({ type, reason }))
    expect(filteredBy('Normal', 'BackOff')).toBe('quiet')
    expect(filteredBy('Normal', 'Pulling')).toBe('quiet')
    expect(filteredBy('Warning', 'BackOff')).toBeNull()
    expect(filteredBy('Normal', 'Created')).toBeNull()
    const both = rulesOf('filters: [{ name: both, kinds: Pod, when: event.count > 1 }]')
    expect(both.filteredBy(anObservation({ count: 2 }))).toBe('both')
    expect(both.filteredBy(anObservation({ count: 1 }))).toBeNull()
  })

  it('names itself, the first that matches, and counts', () => {
    const ruleSet = rulesOf('filters: [{ name: a, reasons: BackOff }, { name: b, kinds: Pod }]')
    expect(ruleSet.filteredBy(anObservation())).toBe('a')
    expect(ruleSet.filteredBy(anObservation({ reason: 'Failed' }))).toBe('b')
    expect(ruleSet.counters().map(({ name, matches }) => [name, matches])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
  })
})

describe('a note that stands for several', () => {
  const ruleSet = rulesOf(`
rules:
  - name: anchored
    when: 'event.note.re2("^Deleted pod: agent-")'
    extract: '^Deleted pod: (?P<gone>[a-z0-9-]+)$'
    set: { severity: medium }
  - { name: equal, when: 'event.note == "Saw 3 jobs"', set: { severity: low } }
  - { name: raw, when: 'event.rawNote.startsWith("(combined") && event.note.endsWith("raw")', set: { severity: high } }
filters:
  - { name: noise, when: 'event.note.startsWith("Nothing to do")' }`)
  const classified = (note: string) => ruleSet.classify(anObservation({ reason: 'SuccessfulDelete', note }))
  const combined = (note: string) => `(combined from similar events): ${note}`

  it.each(['Deleted pod: agent-x2k9p', 'Saw 3 jobs', 'anything'])(
    'means the same to rules as one alone: %s',
    (note) => {
      expect(classified(combined(note))).toEqual(classified(note))
    },
  )

  it('is extracted from and filtered like one alone', () => {
    expect(classified(combined('Deleted pod: agent-x2k9p'))).toMatchObject({
      rule: 'anchored',
      metadata: { gone: 'agent-x2k9p', pod: 'agent-x2k9p' },
    })
    expect(ruleSet.filteredBy(anObservation({ note: combined('Nothing to do') }))).toBe('noise')
  })

  it('can be read as it was reported', () => {
    expect([classified(combined('raw')).rule, classified('raw').rule]).toEqual(['raw', 'catalogue'])
  })

  it('has a warning for rules that look for its words where they are not', () => {
    const { warnings } = rulesOf(`
rules:
  - name: a
    when: event.reason == "x" && event.note.startsWith("(combined from similar events)")
    set: { severity: low }
  - { name: b, when: event.reason == "x", extract: 'combined from similar events\\): (?P<a>.)' }
  - { name: c, when: 'event.rawNote.contains("combined from similar events")', set: { severity: low } }`)
    expect(warnings.map(({ line, column, what }) => `${line}:${column}: ${what}`)).toEqual([
      '4:56: event.note is without "(combined from similar events): ", so this never matches.',
      '6:52: event.note is without "(combined from similar events): ", so this never matches.',
    ])
  })
})

describe('rule files', () => {
  it('tell every problem of every file at once, with place and fix', () => {
    const first = `rules:
  - name: a
    when: event.raeson == "x" && event.note.matches("a+")
    set: { severity: hihg, categry: image }
  - nam: b
    when: event.type = "Normal"
  - name: catalogue
    when: |
      event.reason == "x"
      && event.nope == "y"
    extract: "no group"
  - text
filter: []
`
    const second = 'filters:\n  - name: a\n  - { name: "?!", kinds: [] }\n'
    expect(problemsOf(first, second)).toEqual([
      '0.yaml:3:17: There is no field "raeson". Did you mean event.reason?',
      '0.yaml:3:34: matches() is not allowed: a pattern could take hours on one note. Write .re2("…") instead: the same syntax as RE2, in linear time.',
      '0.yaml:4:22: "hihg" is not a severity. Did you mean high?',
      '0.yaml:4:28: "set" has no key "categry". Did you mean category?',
      '0.yaml:5:5: A rule has no key "nam". Did you mean name?',
      '0.yaml:5:5: The rule has no name. Add a name: accounts and events show it.',
      '0.yaml:5:5: The rule sets nothing. Add for example set: { severity: low }.',
      '0.yaml:6:22: Unexpected character: =. Write == to compare.',
      '0.yaml:7:5: The name "catalogue" is taken. Choose another one.',
      '0.yaml:10:16: There is no field "nope". Did you mean event.note?',
      '0.yaml:11:14: The pattern has no named group. Name what to keep: (?P<tenant>[a-z]+).',
      '0.yaml:12:5: A rule is a map with the keys name, describe, when, set, extract. Write key: value pairs.',
      '0.yaml:13:1: A rule file has no key "filter". Did you mean filters?',
      '1.yaml:2:5: The filter has no condition and would remove everything. Add for example namespaces: ["test-*"], or when.',
      '1.yaml:2:5: The name "a" is used at 0.yaml:2 already. Give each rule a name of its own: accounts are kept by it.',
      '1.yaml:3:13: "?!" cannot be a name. Use at most 64 letters, digits, blanks, and . _ / -',
      '1.yaml:3:26: "kinds" is empty and would match nothing. Leave it out for any value.',
    ])
  })

  it.each(['[', 'a: b: c', 'rules: 5', '- 1', 'rules: [{ when: [] }]'])('refuse %j in words', (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0)
  })

  it('may be empty', () => {
    expect(problemsOf('', 'rules:\nfilters:\n', '# nothing\n')).toEqual([])
  })

  it(
    'never crash the loader, whatever they hold',
    () => {
      const value = fc.jsonValue({ maxDepth: 4 })
      const key = fc.constantFrom('name', 'when', 'set', 'extract', 'namespaces', 'reasons', 'metadata', 'severity')
      const file = fc.record({
        rules: fc.array(fc.dictionary(key, value)),
        filters: fc.array(fc.dictionary(key, value)),
      })
      fc.assert(
        fc.property(fc.oneof(value, file), (content) => {
          try {
            rulesOf(JSON.stringify(content))
          } catch (error) {
            expect(error).toBeInstanceOf(RuleError)
          }
        }),
        { numRuns: 300 },
      )
    },
    PROPERTY_MILLISECONDS,
  )
})

describe('a rule that throws', () => {
  const THROWS = `rules:
  - { name: bad, when: int(event.note) > 1, set: { severity: low } }
  - { name: good, when: event.reason == "BackOff", set: { severity: medium } }`

  it('is no match, is counted, and leaves the other rules alone', () => {
    const ruleSet = rulesOf(THROWS)
    expect(ruleSet.classify(anObservation()).rule).toBe('good')
    expect(ruleSet.classify(anObservation({ note: '5' })).rule).toBe('bad')
    expect(ruleSet.counters()[0]).toEqual({
      name: 'bad',
      kind: 'rule',
      evaluations: 2,
      matches: 1,
      throws: 1,
      disabled: false,
    })
  })

  it('is disabled past the rate, and says so once', () => {
    const told: RuleDisabled[] = []
    const files = [{ name: 'rules.yaml', text: THROWS }]
    const ruleSet = createRuleSet({ files, clock: () => NOON, onRuleDisabled: (disabled) => told.push(disabled) })
    for (let time = 0; time < 3 * MAX_THROWS_PER_MINUTE; time++) ruleSet.classify(anObservation())
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ name: 'bad', kind: 'rule', throwsPerMinute: MAX_THROWS_PER_MINUTE + 1 })
    expect(ruleSet.counters()[0]).toMatchObject({ throws: MAX_THROWS_PER_MINUTE + 1, disabled: true })
    expect(ruleSet.classify(anObservation({ note: '5' })).rule).toBe('good')
  })

  it('stays in force when it throws seldom', () => {
    let now = NOON
    const ruleSet = createRuleSet({ files: [{ name: 'rules.yaml', text: THROWS }], clock: () => now })
    for (let time = 0; time < 5 * MAX_THROWS_PER_MINUTE; time++) {
      ruleSet.classify(anObservation())
      now += MINUTE / 50
    }
    expect(ruleSet.counters()[0]).toMatchObject({ throws: 5 * MAX_THROWS_PER_MINUTE, disabled: false })
  })
})

describe('the index', () => {
  const word = fc.constantFrom('BackOff', 'Failed', 'Killing')
  const kind = fc.constantFrom('Pod', 'Node', 'Job')
  const condition = fc.oneof(
    word.map((reason) => ({
      when: `event.reason == "${reason}"`,
      holds: (event: NormalizedEvent) => event.reason === reason,
    })),
    fc.tuple(word, kind).map(([reason, name]) => ({
      when: `event.regarding.kind == "${name}" && event.reason in ["${reason}", "Other"]`,
      holds: (event: NormalizedEvent) => event.reason === reason && event.regarding.kind === name,
    })),
    kind.map((name) => ({
      when: `event.regarding.kind == "${name}" || event.count > 3`,
      holds: (event: NormalizedEvent) => event.regarding.kind === name || event.count > 3,
    })),
  )

  it(
    'never changes which rule comes first',
    () => {
      fc.assert(
        fc.property(
          fc.array(condition, { maxLength: 12 }),
          fc.array(fc.tuple(word, kind, fc.nat(5))),
          (conditions, events) => {
            const rules = conditions.map(({ when }, index) => ({ name: `r${index}`, when, set: { severity: 'low' } }))
            const ruleSet = rulesOf(JSON.stringify({ rules }))
            for (const [reason, name, count] of events) {
              const event = anObservation({ reason, count, regarding: { ...anObservation().regarding, kind: name } })
              const first = conditions.findIndex(({ holds }) => holds(event))
              const { rule } = ruleSet.classify(event)
              expect(rule.startsWith('r') ? rule : null).toBe(first < 0 ? null : `r${first}`)
            }
          },
        ),
        { numRuns: 300 },
      )
    },
    PROPERTY_MILLISECONDS,
  )

  it('keeps rules of other reasons from being evaluated', () => {
    const ruleSet = rulesOf(
      'rules: [{ name: a, when: event.reason == "Killing" && event.count > 0, set: { severity: low } }]',
    )
    ruleSet.classify(anObservation())
    expect(ruleSet.counters()[0]?.evaluations).toBe(0)
    expect(ruleSet.rules[0]).toMatchObject({ name: 'a', kind: 'rule', file: 'rules.yaml', reasons: ['Killing'] })
  })
})
