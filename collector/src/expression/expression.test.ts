import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import type { Classification, NormalizedEvent } from '../event/observation.ts'
import { createCompiler, EventView, ExpressionError } from './expression.ts'

const KNOWN: Classification = {
  category: 'container',
  severity: 'high',
  rule: 'catalogue',
  metadata: { image: 'registry.example.net/shop/api:1.9.3' },
}

function matches(source: string, event: Partial<NormalizedEvent> = {}): boolean {
  return createCompiler()(source).matches(new EventView(anObservation(event), () => KNOWN))
}

function mistakesOf(source: string): readonly string[] {
  try {
    createCompiler()(source)
    return []
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return error.mistakes.map(({ offset, what, fix }) => `${offset}: ${what} ${fix}`)
  }
}

describe('an expression', () => {
  const truths: readonly (readonly [string, Partial<NormalizedEvent>, boolean])[] = [
    ['event.reason == "BackOff"', {}, true],
    ['event.regarding.kind == "Pod" && event.note.contains("restarting")', {}, true],
    ['event.count >= 5', { count: 5 }, true],
    ['event.count >= 5', { count: 4 }, false],
    ['event.count == 9007199254740991', { count: Number.MAX_SAFE_INTEGER }, true],
    ['event.lastObserved - event.firstObserved == duration("60s")', {}, true],
    ['event.lastObserved >= timestamp("2026-05-11T12:00:00Z")', {}, true],
    ['event.category == "container" && event.severity == "high"', {}, true],
    ['event.metadata.image.startsWith("registry.example.net/")', {}, true],
    ['event.note.re2("(?i)^BACK-OFF .*payments")', {}, true],
    ['"combined" in event.flags', { flags: ['combined'] }, true],
    ['event.labels.exists(key, key.startsWith("app"))', { labels: { app: 'x' } }, true],
  ]
  it.each(truths)('%s', (source, event, expected) => {
    expect(matches(source, event)).toBe(expected)
  })

  const absences: readonly (readonly [string, boolean])[] = [
    ['event.labels["team"] == "shop"', false],
    ['event.labels["team"] != "shop"', false],
    ['!(event.labels.team == "shop")', false],
    ['event.related.kind == "Pod"', false],
    ['event.related.kind != "Pod"', false],
    ['event.clusterUid == ""', false],
    ['event.labels["team"] == "shop" || event.reason == "BackOff"', true],
    ['has(event.labels.team)', false],
    ['!has(event.labels.team)', true],
    ['has(event.related)', false],
    ['!("team" in event.labels)', true],
    ['event.labels["__proto__"] == "x"', false],
    ['event.labels["constructor"] != "x"', false],
  ]
  it.each(absences)('takes an absent key for no match: %s is %s', (source, expected) => {
    expect(matches(source)).toBe(expected)
  })

  it('reads keys that look like JavaScript internals as plain keys', () => {
    const labels = JSON.parse('{"__proto__": "x", "toString": "y"}') as Record<string, string>
    expect(matches('event.labels["__proto__"] == "x" && event.labels["toString"] == "y"', { labels })).toBe(true)
  })

  it('throws what is neither true nor false, so that the caller can count it', () => {
    expect(() => matches('int(event.note) > 1')).toThrow()
  })

  it('reads no more than the first 4,096 characters of a note', () => {
    expect(matches('event.note.endsWith("needle")', { note: `${'x'.repeat(5_000)}needle` })).toBe(false)
    expect(matches('size(event.note) == 4096', { note: 'x'.repeat(5_000) })).toBe(true)
  })

  it('matches a hostile pattern in linear time', () => {
    const started = performance.now()
    expect(matches('event.note.re2("^(a+)+$")', { note: `${'a'.repeat(4_000)}!` })).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('a mistake in an expression', () => {
  const mistakes: readonly (readonly [string, readonly string[]])[] = [
    ['event.raeson == "x"', ['6: There is no field "raeson". Did you mean event.reason?']],
    ['event.regarding.kid == "Pod"', ['16: There is no field "kid". Did you mean event.regarding.kind?']],
    ['reason == "x"', ['0: "reason" is not known: everything starts at "event". Write event.reason.']],
    ['event.note.contain("x")', ['0: There is no contain(string) on string. Did you mean contains()?']],
    ['event.note.toLowerCase() == "x"', ['0: There is no toLowerCase() on string. Did you mean lowerAscii()?']],
    ['event.reason', ['0: This gives string, not true or false. Compare it with something, for example ==.']],
    ['event.reason = "x"', ['13: Unexpected character: =. Write == to compare.']],
    [
      'event.count == 5.0',
      [
        '0: No such overload: int == double. Compare values of one type: texts in quotes, whole numbers without a point.',
      ],
    ],
    [
      'event.note.matches("x")',
      [
        '0: matches() is not allowed: a pattern could take hours on one note. ' +
          'Write .re2("…") instead: the same syntax as RE2, in linear time.',
      ],
    ],
    ['event.note.re2(event.reason)', ['0: The pattern of re2() is not a literal text. Write it in quotes.']],
    [
      'event.note.re2("(?=x)")',
      [
        '15: "(?=x)" is not a regular expression: invalid or unsupported Perl syntax: `(?=`. ' +
          'Write it without look-around: several conditions joined by && do the same.',
      ],
    ],
    [
      'event.namespace.re2("*test*|*temp*")',
      [
        '20: "*test*|*temp*" is not a regular expression: missing argument to repetition operator: `*`. ' +
          'It looks like a glob. In "when" write contains("test") or contains("temp"); ' +
          'in a filter write for example namespaces: ["*test*", "*temp*"].',
      ],
    ],
    [
      'event.reason == "a" ||',
      ['22: Unexpected token: EOF. Something is missing at the end: an operand, a quote or a bracket.'],
    ],
  ]
  it.each(mistakes)('in %s is told with place and fix', (source, expected) => {
    expect(mistakesOf(source)).toEqual(expected)
  })

  it('is told together with all others', () => {
    const source = 'event.raeson == "a" && event.note.contain("b") && event.reason && event.note.matches("c")'
    expect(mistakesOf(source).map((text) => text.split(':', 1)[0])).toEqual(['6', '23', '50', '66'])
  })

  it('is a text of ten thousand characters and more', () => {
    expect(mistakesOf(`event.note == "${'x'.repeat(10_000)}"`)).toEqual([
      '0: The expression has 10016 characters; at most 10000 are allowed. Split it into several rules.',
    ])
  })
})

describe('a pattern that looks like a glob', () => {
  it.each(['jenkins*', 'jenkins*|agents*', 'app-*'])('is allowed as a pattern, with a warning: %s', (pattern) => {
    const { warnings } = createCompiler()(`event.namespace.re2("${pattern}")`)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.fix).toContain('It looks like a glob.')
  })

  it.each(['^jenkins', 'jenkins.*', 'a+b*c', '(x|y)*', 'plain'])('is not seen in %s', (pattern) => {
    expect(createCompiler()(`event.namespace.re2("${pattern}")`).warnings).toEqual([])
  })
})

describe('what an expression requires', () => {
  const requirements: readonly (readonly [string, object])[] = [
    ['event.reason == "A"', { reasons: ['A'] }],
    ['"A" == event.reason && event.regarding.kind == "Pod"', { reasons: ['A'], kinds: ['Pod'] }],
    ['event.reason in ["A", "B"] && event.type == "Warning"', { reasons: ['A', 'B'], types: ['Warning'] }],
    ['event.reason == "A" || event.reason == "B"', { reasons: ['A', 'B'] }],
    ['event["reason"] == "A"', { reasons: ['A'] }],
    ['event.reason == "A" && event.reason == "B"', { reasons: [] }],
    ['event.reason == "A" || event.type == "Warning"', {}],
    ['event.reason != "A"', {}],
    ['!(event.reason == "A")', {}],
    ['event.reason.startsWith("A")', {}],
    ['event.labels["a"] == "x"', { keys: [{ map: 'labels', key: 'a' }] }],
    ['event.labels["a.b/c"] == "x"', { keys: [{ map: 'labels', key: 'a.b/c' }] }],
    ['event.labels["a"] == "x" || event.count > 1', {}],
    ['has(event.labels.a)', {}],
    ['event.related.kind == "Pod"', { related: true }],
  ]
  it.each(requirements)('%s', (source, expected) => {
    expect(createCompiler()(source).requires).toEqual({ keys: [], related: false, ...expected })
  })
})

/** A condition as CEL text, with what it should give: CEL's logic over an absent key has three values. */
interface Condition {
  readonly text: string
  readonly truth: (event: NormalizedEvent) => boolean | 'absent'
}

const word = fc.constantFrom('BackOff', 'Failed', 'Pod', 'Node', 'shop')
const atom: fc.Arbitrary<Condition> = fc.oneof(
  word.map((text) => ({ text: `event.reason == "${text}"`, truth: (event: NormalizedEvent) => event.reason === text })),
  word.map((text) => ({
    text: `event.regarding.kind in ["${text}", "Job"]`,
    truth: ({ regarding }: NormalizedEvent) => regarding.kind === text || regarding.kind === 'Job',
  })),
  word.map((text) => ({
    text: `event.labels["app"] == "${text}"`,
    truth: ({ labels }: NormalizedEvent) => (labels.app === undefined ? 'absent' : labels.app === text),
  })),
  word.map((text) => ({
    text: `event.related.kind == "${text}"`,
    truth: ({ related }: NormalizedEvent) => (related.kind === '' ? 'absent' : related.kind === text),
  })),
  fc.constant({ text: 'has(event.labels.app)', truth: ({ labels }: NormalizedEvent) => labels.app !== undefined }),
)
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    tie('condition').map(({ text, truth }) => ({
      text: `!(${text})`,
      truth: (event: NormalizedEvent) => {
        const value = truth(event)
        return value === 'absent' ? value : !value
      },
    })),
    fc.tuple(tie('condition'), tie('condition'), fc.boolean()).map(([a, b, isAnd]) => ({
      text: `(${a.text} ${isAnd ? '&&' : '||'} ${b.text})`,
      truth: (event: NormalizedEvent) => {
        const values = [a.truth(event), b.truth(event)]
        if (values.includes(!isAnd)) return !isAnd
        return values.includes('absent') ? 'absent' : isAnd
      },
    })),
  ),
}))
const someEvent = fc
  .record({ reason: word, kind: word, app: fc.option(word, { nil: undefined }), related: fc.option(word, { nil: '' }) })
  .map(({ reason, kind, app, related }) => {
    const base = anObservation()
    return {
      ...base,
      reason,
      regarding: { ...base.regarding, kind },
      related: { ...base.related, kind: related },
      labels: app === undefined ? {} : { app },
    }
  })

describe('random expressions', () => {
  it('match what their logic says, whatever the requirements skip', () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), someEvent, (conditions, event) => {
        const text = conditions.map((part) => part.text).join(' && ')
        const expected = conditions.every((part) => part.truth(event) === true)
        expect(createCompiler()(text).matches(new EventView(event, () => KNOWN))).toBe(expected)
      }),
      { numRuns: 500 },
    )
  }, 60_000)

  it('never crash the compiler, whatever is written', () => {
    const piece = fc.constantFrom(
      ...['event', '.', 'reason', '==', '"a"', '&&', '||', '(', ')', '[', ']', '!', '5', 're2', 'matches', 'in', ','],
      ...['labels', '"(a"', '?', ':', 'has', '\\', "'", '{', '}', '-', '\u2028', '\0', 'exists', 'x', 'null', '1.5'],
    )
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(' ')),
    )
    const event = new EventView(anObservation(), () => KNOWN)
    fc.assert(
      fc.property(text, (source) => {
        let expression
        try {
          expression = createCompiler()(source)
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError)
          expect((error as ExpressionError).mistakes.length).toBeGreaterThan(0)
          return
        }
        expect(typeof expression.matches(event)).toBe('boolean')
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)
})
