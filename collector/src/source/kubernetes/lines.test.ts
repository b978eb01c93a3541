import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter, type WatchLine } from './lines.ts'

const LIMIT = 64

/** Texts without a line end, among them what Unicode calls one. */
const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'a\u2028b', 'ü\r', '😀'.repeat(8), 'x'.repeat(LIMIT), 'x'.repeat(200)),
  ),
  { maxLength: 8 },
)

function inChunks(bytes: Buffer, cuts: readonly number[]): WatchLine[] {
  const splitter = new LineSplitter(LIMIT)
  const edges = [0, ...cuts, bytes.length]
  return edges.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(edges[index], end)))
}

function expected(lines: readonly string[]): WatchLine[] {
  return lines
    .map((line) => Buffer.from(line))
    .filter((line) => line.length > 0)
    .map((line) =>
      line.length > LIMIT ? { kind: 'too large', bytes: line.length } : { kind: 'text', text: line.toString() },
    )
}

describe('LineSplitter', () => {
  it('finds the same lines wherever the stream is cut into two', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const lines = given.map((line) => line.replaceAll('\n', ' '))
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const whole = JSON.stringify(expected(lines))
        for (let cut = 0; cut <= bytes.length; cut++) {
          const found = JSON.stringify(inChunks(bytes, [cut]))
          if (found !== whole) expect(found).toBe(whole)
        }
      }),
    )
  })

  it('finds the same lines in single bytes', () => {
    const lines = ['{"note":"a\u2028b"}', '', 'x'.repeat(LIMIT), 'y'.repeat(LIMIT + 1), 'ünïcödé 😀']
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    expect(
      inChunks(
        bytes,
        Array.from({ length: bytes.length }, (_, index) => index),
      ),
    ).toEqual(expected(lines))
  })

  it('holds no more of a line than the limit', () => {
    const splitter = new LineSplitter(LIMIT)
    const before = process.memoryUsage().arrayBuffers
    for (let megabyte = 0; megabyte < 50; megabyte++) splitter.push(Buffer.alloc(1_048_576, 'x'))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * 1_048_576)
    expect(splitter.push(Buffer.from('\nnext\n'))).toEqual([
      { kind: 'too large', bytes: 50 * 1_048_576 },
      { kind: 'text', text: 'next' },
    ])
  })

  it('keeps what it holds when the memory of a chunk is used again', () => {
    const splitter = new LineSplitter(LIMIT)
    const chunk = Buffer.from('begin')
    splitter.push(chunk)
    chunk.fill('?')
    expect(splitter.push(Buffer.from('-end\n'))).toEqual([{ kind: 'text', text: 'begin-end' }])
  })
})
