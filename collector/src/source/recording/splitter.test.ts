import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSplitter, type Piece } from './splitter.ts'

function split(text: string | Uint8Array, { size = 1 << 20, maxBytes = 10_000 } = {}): readonly Piece[] {
  const bytes = Buffer.from(text as string)
  const splitter = createSplitter({ maxBytes })
  const pieces: Piece[] = []
  for (let start = 0; start < bytes.length; start += size)
    pieces.push(...splitter.push(bytes.subarray(start, start + size)))
  return [...pieces, ...splitter.end()]
}

/** `3:{"a":1}` for an object on line 3, `3:malformed` for a refusal. */
const seen = (pieces: readonly Piece[]): readonly string[] =>
  pieces.map((piece) => `${piece.line}:${piece.kind === 'object' ? piece.text : piece.cause}`)

const layouts: readonly { name: string; text: string; pieces: readonly string[] }[] = [
  { name: 'JSON Lines', text: '{"a":1}\n{"a":2}\n', pieces: ['1:{"a":1}', '2:{"a":2}'] },
  {
    name: 'byte order mark, CRLF and empty lines',
    text: '\ufeff{"a":1}\r\n\r\n{"a":2}\r\n\r\n',
    pieces: ['1:{"a":1}', '3:{"a":2}'],
  },
  { name: 'no line break at the end', text: '{"a":1}\n{"a":2}', pieces: ['1:{"a":1}', '2:{"a":2}'] },
  { name: 'objects on one line', text: '{"a":1}{"a":2} {"a":3}', pieces: ['1:{"a":1}', '1:{"a":2}', '1:{"a":3}'] },
  {
    name: 'pretty objects after one another',
    text: '{\n  "a": {\n    "b": []\n  }\n}\n{\n  "a": 2\n}',
    pieces: ['1:{\n  "a": {\n    "b": []\n  }\n}', '6:{\n  "a": 2\n}'],
  },
  {
    name: 'a compact list',
    text: '{"kind":"List","items":[{"a":1},{"a":{"items":[3]}}],"metadata":{"x":[{}]}}\n{"b":1}',
    pieces: ['1:{"a":1}', '1:{"a":{"items":[3]}}', '2:{"b":1}'],
  },
  {
    name: 'a pretty list',
    text: '{\n "items" : [\n  {\n   "a": 1\n  },\n  {\n   "a": 2\n  }\n ]\n}\n',
    pieces: ['3:{\n   "a": 1\n  }', '6:{\n   "a": 2\n  }'],
  },
  { name: 'an empty list', text: '{"kind":"List","items":[]}', pieces: [] },
  { name: 'an array', text: '[\n{"a":1},\n{"a":2}\n]\n', pieces: ['2:{"a":1}', '3:{"a":2}'] },
  {
    name: 'brackets, quotes and breaks in strings',
    text: String.raw`{"}":"[\"{\\","n":"\n"}`,
    pieces: [String.raw`1:{"}":"[\"{\\","n":"\n"}`],
  },
  { name: 'U+2028 in a note', text: '{"n":"a\u2028b"}\n{"a":1}', pieces: ['1:{"n":"a\u2028b"}', '2:{"a":1}'] },
  { name: 'nothing', text: '', pieces: [] },
  { name: 'only blanks', text: ' \n\t\n', pieces: [] },
]

const damages: readonly { name: string; text: string; pieces: readonly string[] }[] = [
  {
    name: 'a line of words',
    text: '{"a":1}\nLAST SEEN  TYPE {x}\n{"a":2}\n',
    pieces: ['1:{"a":1}', '2:malformed', '3:{"a":2}'],
  },
  { name: 'a line cut in a string', text: '{"a":"x\n{"a":2}\n', pieces: ['1:malformed', '2:{"a":2}'] },
  { name: 'a line cut behind a backslash', text: '{"a":"x\\\n{"a":2}\n', pieces: ['1:malformed', '2:{"a":2}'] },
  {
    name: 'a line cut behind a value',
    text: '{"a":{"b":1}\n{"a":2}\n{"a":3}\n',
    pieces: ['1:malformed', '2:{"a":2}', '3:{"a":3}'],
  },
  {
    name: 'a line cut behind a colon',
    text: '{"a":\n{"a":2}\n{"a":3}\n',
    pieces: ['1:malformed', '2:{"a":2}', '3:{"a":3}'],
  },
  {
    name: 'a line cut behind a bracket',
    text: '{"a":[\n{"a":2}\n{"a":3}\n',
    pieces: ['1:malformed', '2:{"a":2}', '3:{"a":3}'],
  },
  { name: 'a line cut behind a bracket, last but one', text: '{"a":[\n{"a":2}', pieces: ['1:malformed', '2:{"a":2}'] },
  { name: 'a line cut behind a comma', text: '{"a":1,\n{"a":2}\n', pieces: ['1:malformed', '2:{"a":2}'] },
  { name: 'brackets that do not match', text: '{"a":[1}\n{"a":2}\n', pieces: ['1:malformed', '2:{"a":2}'] },
  {
    name: 'a file cut in a pretty object',
    text: '{\n "a": 1\n}\n{\n "a": {\n',
    pieces: ['1:{\n "a": 1\n}', '4:malformed'],
  },
  { name: 'a list cut in an item', text: '{"items":[{"a":1},\n{"a":', pieces: ['1:{"a":1}', '2:malformed'] },
  { name: 'a list cut between items', text: '{"items":[{"a":1},\n', pieces: ['1:{"a":1}', '2:malformed'] },
  {
    name: 'a list cut behind its items',
    text: '{"items":[{"a":1}],"metadata":{',
    pieces: ['1:{"a":1}', '1:malformed'],
  },
  { name: 'an array of numbers', text: '[1,2]\n{"a":1}', pieces: ['1:malformed', '2:{"a":1}'] },
  { name: 'a log line', text: '[2026-05-11] {"a":1}\n{"a":2}', pieces: ['1:malformed', '2:{"a":2}'] },
]

describe('the splitter finds the objects in', () => {
  it.each([...layouts, ...damages])('$name', ({ text, pieces }) => {
    expect(seen(split(text))).toEqual(pieces)
  })

  it.each([...layouts, ...damages])('$name, cut at every byte', ({ text, pieces }) => {
    for (let size = 1; size <= 9; size++) expect(seen(split(text, { size }))).toEqual(pieces)
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const splitter = createSplitter({ maxBytes: 10_000 })
      const found = [...splitter.push(bytes.subarray(0, cut)), ...splitter.push(bytes.subarray(cut)), ...splitter.end()]
      expect(seen(found)).toEqual(pieces)
    }
  })
})

/** Other tests run beside. */
const PATIENT = { timeout: 60_000 }

describe('the splitter', () => {
  it('gives back any objects, in any layout, cut anywhere', PATIENT, () => {
    const objects = fc.array(
      fc.dictionary(
        fc.string({ unit: 'binary' }).filter((key) => key !== 'items'),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      { maxLength: 6 },
    )
    const layout = fc.constantFrom('lines', 'pretty', 'list', 'array')
    fc.assert(
      fc.property(objects, layout, fc.integer({ min: 1, max: 40 }), (values, form, size) => {
        const text =
          form === 'lines'
            ? values.map((value) => `${JSON.stringify(value)}\n`).join('')
            : form === 'pretty'
              ? values.map((value) => JSON.stringify(value, null, 2)).join('\n')
              : JSON.stringify(form === 'list' ? { kind: 'List', items: values } : values)
        const found = split(text, { size, maxBytes: 1_000_000 }).map((piece) =>
          piece.kind === 'object' ? (JSON.parse(piece.text) as unknown) : piece,
        )
        expect(found).toEqual(JSON.parse(JSON.stringify(values)))
      }),
    )
  })

  it('finds the same in any bytes, however they are cut, and never throws', PATIENT, () => {
    const bytes = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ':',
        ',',
        '\n',
        ' ',
        'a',
        '{"a":1}\n',
        '"items":[',
        '{"items":[',
      ),
      maxLength: 60,
    })
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 5, max: 40 }), (text, size, maxBytes) => {
        expect(seen(split(text, { size, maxBytes }))).toEqual(seen(split(text, { maxBytes })))
      }),
      { numRuns: 2_000 },
    )
  })

  it('costs a cut line only that line, wherever it is cut', () => {
    const line = JSON.stringify({
      kind: 'Event',
      metadata: { name: 'a{b', labels: { x: '[1]' }, list: [{ y: 1 }, 2] },
      note: 'say "hi"\\',
    })
    for (let cut = 1; cut < line.length; cut++) {
      const pieces = seen(split(`{"first":1}\n${line.slice(0, cut)}\n{"a":2}\n{"a":3}\n`))
      expect(pieces).toEqual(['1:{"first":1}', '2:malformed', '3:{"a":2}', '4:{"a":3}'])
    }
  })

  it('costs a cut line only that line when more follows than an object may have', () => {
    for (const cut of ['{"a":{"b":1}', '{"a":[', '{"a":', '{"a":[{"b":1}']) {
      const pieces = seen(split(`${cut}\n${'{"a":2}\n'.repeat(100)}`, { maxBytes: 200 }))
      expect(pieces).toHaveLength(101)
      expect(pieces[0]).toBe('1:malformed')
    }
  })

  it('refuses what is too large, and goes on behind it', () => {
    const long = JSON.stringify({ note: 'x'.repeat(200) })
    expect(seen(split(`{"a":1}\n${long}\n{"a":2}\n`, { maxBytes: 100 }))).toEqual([
      '1:{"a":1}',
      '2:too large',
      '3:{"a":2}',
    ])
    expect(seen(split(`{"items":[${long},{"a":2}]}`, { maxBytes: 100, size: 10 }))).toEqual([
      '1:too large',
      '1:{"a":2}',
    ])
    expect(seen(split(long, { maxBytes: long.length }))).toEqual([`1:${long}`])
  })

  it('holds no more brackets than an object may have, however many a file opens', PATIENT, () => {
    const splitter = createSplitter({ maxBytes: 100_000 })
    const chunk = Buffer.from('{"a":'.repeat(20_000))
    const before = process.memoryUsage().heapUsed
    const pieces = Array.from({ length: 300 }, () => splitter.push(chunk)).flat()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000)
    expect(seen([...pieces, ...splitter.push(Buffer.from('\n{"a":1}\n'))])).toEqual(['1:malformed', '2:{"a":1}'])
  })

  it('does not hold a line of 50 MB', PATIENT, () => {
    const splitter = createSplitter({ maxBytes: 100_000 })
    const chunk = Buffer.alloc(100_000, 'x')
    const pieces = [...splitter.push(Buffer.from('{"note":"'))]
    const before = process.memoryUsage().arrayBuffers
    for (let index = 0; index < 500; index++) pieces.push(...splitter.push(chunk))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    expect(seen([...pieces, ...splitter.push(Buffer.from('"}\n{"a":1}\n'))])).toEqual(['1:too large', '2:{"a":1}'])
  })

  it('reads hostile lines in proportion to their number', PATIENT, () => {
    const start = performance.now()
    for (const line of ['{"a":[\n', '{"a":\n', '[\n', '{"items":[\n', '{\n', '"\n'])
      split(line.repeat(50_000), { maxBytes: 8_000_000 })
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  it('replaces bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"n":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}\n')])
    expect(seen(split(bytes))).toEqual(['1:{"n":"\ufffd\ufffd"}'])
  })
})
