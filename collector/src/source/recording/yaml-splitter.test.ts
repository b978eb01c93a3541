import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Piece } from './splitter.ts'
import { createTextSplitter } from './text-splitter.ts'
import { createYamlSplitter } from './yaml-splitter.ts'

function split(text: string, options: { maxBytes?: number; chunkBytes?: number } = {}): readonly Piece[] {
  const { maxBytes = 1_000_000, chunkBytes = Infinity } = options
  const splitter = createYamlSplitter({ maxBytes })
  const bytes = Buffer.from(text)
  const pieces: Piece[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes)
    pieces.push(...splitter.push(bytes.subarray(start, Math.min(bytes.length, start + chunkBytes))))
  return [...pieces, ...splitter.end()]
}

const shown = (pieces: readonly Piece[]) =>
  pieces.map((piece) => `${piece.line} ${piece.kind === 'object' ? piece.text : piece.cause}`)

const EVENT = { kind: 'Event', metadata: { name: 'a' } }
const TEXT = stringify(EVENT)

describe('YAML', () => {
  it('is split into its documents, wherever they begin', () => {
    const text = `%YAML 1.2\n---\n# first\n${TEXT}...\n---\n\n--- {kind: Event}\n---\n${TEXT}`
    expect(shown(split(text))).toEqual([
      `4 ${JSON.stringify(EVENT)}`,
      '10 {"kind":"Event"}',
      `12 ${JSON.stringify(EVENT)}`,
    ])
  })

  it.each([
    ['at the margin, as kubectl writes them', '- '],
    ['further to the right', '  - '],
    ['far from their dash', ' -    '],
  ])('is split into the items of a list %s', (_, dash) => {
    const item = TEXT.trimEnd()
      .split('\n')
      .join(`\n${' '.repeat(dash.length)}`)
    const text = `apiVersion: v1\nitems:\n${dash}${item}\n\n# between\n${dash}${item}\nkind: List\nmetadata:\n  resourceVersion: ""\n---\n${TEXT}`
    expect(shown(split(text))).toEqual([3, 8, 15].map((line) => `${line} ${JSON.stringify(EVENT)}`))
  })

  it('is split into a sequence that stands alone', () => {
    expect(shown(split(stringify([EVENT, structuredClone(EVENT)])))).toEqual(
      [1, 4].map((line) => `${line} ${JSON.stringify(EVENT)}`),
    )
  })

  it('gives nothing for a list without items', () => {
    for (const items of ['items: []', 'items:', 'items: null'])
      expect(split(`apiVersion: v1\n${items}\nkind: List\n`).filter(({ kind }) => kind === 'refused')).toEqual([])
  })

  it('takes no list that was cut for a whole one: its last item may lack what tells it apart', () => {
    const text = `apiVersion: v1\nitems:\n- ${TEXT.replaceAll('\n', '\n  ').trimEnd()}\n- kind: Event\n  metadata:\n`
    expect(shown(split(text))).toEqual([`3 ${JSON.stringify(EVENT)}`, '6 malformed'])
  })

  it('keeps lines of a text that look like items, documents or comments', () => {
    const event = {
      kind: 'Event',
      note: '- a\n# b\n\n--- c\nitems:\nd: e\n',
      more: 'x'.repeat(300).replaceAll('xxx', 'x - '),
    }
    const text = stringify(
      { apiVersion: 'v1', items: [event, structuredClone(event)], kind: 'List' },
      { lineWidth: 60 },
    )
    const events = split(text).map((piece): unknown => (piece.kind === 'object' ? JSON.parse(piece.text) : piece))
    expect(events).toEqual([event, event])
  })

  it('never reads an object of another kind', () => {
    const pod = `kind: Pod\nspec: {: not: [valid\n`
    expect(shown(split(`${pod}---\n${TEXT}`))).toEqual(['1 {"kind":"Pod"}', `4 ${JSON.stringify(EVENT)}`])
  })

  it.each([
    ['aliases that stand for more and more', `kind: Event\na: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n`],
    ['an alias of one text', `kind: Event\na: &a x\nb: *a\n`],
    ['brackets that do not close', `kind: Event\na: [1, 2\n`],
    ['ten thousand brackets', `kind: Event\na: ${'['.repeat(10_000)}\n`],
    ['a text', `- kind is nothing\n`],
  ])('refuses %s, and goes on', (_, text) => {
    expect(shown(split(`${text}---\n${TEXT}`))).toEqual([
      '1 malformed',
      `${text.split('\n').length + 1} ${JSON.stringify(EVENT)}`,
    ])
  })

  it('refuses what is too large without holding it, also as one line, and goes on', () => {
    const long = `kind: Event\nnotes:\n${'- aaaaaaaa\n'.repeat(1_000)}`
    const wide = `kind: Event\nnote: ${'a'.repeat(10_000)}\n`
    for (const text of [long, wide]) {
      const pieces = split(`---\n${text}---\n${TEXT}`, { maxBytes: 1_000, chunkBytes: 100 })
      expect(shown(pieces)).toEqual(['2 too large', `${text.split('\n').length + 2} ${JSON.stringify(EVENT)}`])
    }
  })

  const event = fc.record({
    kind: fc.constant('Event'),
    metadata: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
    note: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('- a', '---', 'items:', ' x', '#', '', '"')).map((lines) => lines.join('\n')),
    ),
    count: fc.option(fc.integer()),
  })

  it('gives back every event that a writer of YAML wrote, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.integer({ min: 1, max: 50 }), (events, isList, chunkBytes) => {
        const text = isList ? stringify({ apiVersion: 'v1', items: events, kind: 'List' }) : events.map((each) => `---\n${stringify(each)}`).join('')
        const pieces = split(text, { chunkBytes })
        expect(pieces.map((piece) => (piece.kind === 'object' ? (JSON.parse(piece.text) as unknown) : piece))).toEqual(JSON.parse(JSON.stringify(events)))
        expect(pieces).toEqual(split(text))
      }),
    )
  }) // prettier-ignore
})

describe('the form of a text', () => {
  const first = (text: string) => {
    const splitter = createTextSplitter({ maxBytes: 1_000_000 })
    const pieces = [...text].flatMap((character) => splitter.push(Buffer.from(character)))
    return [...pieces, ...splitter.end()][0]
  }

  it.each([
    ['JSON', `\ufeff \n${JSON.stringify({ kind: 'Event', note: '\nkind: x' })}`],
    ['YAML', '\ufeffkind: Event\n'],
    ['YAML behind a comment', '# from a bundle\napiVersion: v1\nkind: Event\n'],
    ['a sequence of YAML', '- apiVersion: v1\n  kind: Event\n'],
    ['a document of YAML', '---\nkind: Event\n'],
    ['YAML that describes', 'apiVersion: v1\nkind: Event\nnote: |\n  Name:   x\n  Type  Reason\n'],
  ])('%s is read', (_, text) => expect(first(text)?.kind).toBe('object'))

  it.each([
    ['kubectl get events', 'LAST SEEN   TYPE      REASON    OBJECT    MESSAGE\n10m  Warning  BackOff  pod/a  b\n'],
    [
      'kubectl get events -A -o wide',
      'NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   SUBOBJECT   SOURCE   MESSAGE\n',
    ],
    ['kubectl describe', 'Name:         api\nNamespace:    shop\nEvents:\n  Type     Reason     Age\n'],
    [
      'the end of kubectl describe',
      'Events:\n  Type     Reason     Age                From     Message\n  ----     ------     ----   ----\n',
    ],
  ])('what %s prints is one refusal that says what to do', (_, text) => {
    expect(first(text)).toMatchObject({
      kind: 'refused',
      cause: 'malformed',
      line: 1,
      detail: expect.stringContaining('kubectl get events -A -o json') as string,
    })
  })

  it('anything else is looked at line by line', () => {
    expect(first('2026-05-11 started\n{"kind":"Event"}\n')).toMatchObject({ kind: 'refused', line: 1 })
  })
})
