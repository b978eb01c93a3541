import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type Column } from './frame.ts'

const LENGTH = 4

function listOf<Value>(value: fc.Arbitrary<Value>) {
  return fc.array(value, { minLength: LENGTH, maxLength: LENGTH })
}

const anyColumn: fc.Arbitrary<Column> = fc.oneof(
  fc.record({ kind: fc.constant('time' as const), name: fc.string(), values: listOf(fc.nat(9e15)) }),
  fc.record({ kind: fc.constant('number' as const), name: fc.string(), values: listOf(fc.option(fc.double())) }),
  fc.record({ kind: fc.constant('string' as const), name: fc.string(), values: listOf(fc.string()) }),
  fc.record({ kind: fc.constant('json' as const), name: fc.string(), values: listOf(fc.dictionary(fc.string(), fc.string()).map((map) => JSON.stringify(map))) }), // prettier-ignore
)

interface Encoded {
  readonly schema: { readonly fields: readonly { readonly typeInfo: { readonly frame: string } }[] }
  readonly data: {
    readonly values: readonly (readonly unknown[])[]
    readonly nanos?: readonly (readonly number[] | null)[]
    readonly entities?: readonly (Readonly<Record<string, readonly number[]>> | null)[]
  }
}

/** What Grafana's decoder reads: the JSON text, with the order of its keys. */
function sent(columns: readonly Column[]): Encoded {
  return JSON.parse(encodeFrame({ columns }, 'A')) as Encoded
}

describe('a frame as JSON', () => {
  it('has schema before data and values before everything else in it, or the decoder loses rows', () => {
    fc.assert(
      fc.property(fc.array(anyColumn), (columns) => {
        const { data, ...rest } = sent(columns)
        expect(Object.keys({ ...rest, data })).toEqual(['schema', 'data'])
        expect(Object.keys(data)[0]).toBe('values')
        expect(['values', 'nanos', 'entities']).toEqual(expect.arrayContaining(Object.keys(data)))
      }),
    )
  })

  it('names the Go type of every column, and has columns of one length', () => {
    fc.assert(
      fc.property(fc.array(anyColumn), (columns) => {
        const { schema, data } = sent(columns)
        expect(schema.fields).toHaveLength(columns.length)
        for (const field of schema.fields) expect(field.typeInfo.frame).not.toBe('')
        for (const values of data.values) expect(values).toHaveLength(LENGTH)
      }),
    )
  })

  it('keeps times to the microsecond, as whole milliseconds and nanoseconds below one', () => {
    fc.assert(
      fc.property(listOf(fc.nat(9e15)), (times) => {
        const { data } = sent([{ kind: 'time', name: 'time', values: times }])
        const back = times.map((_, row) => Number(data.values[0]?.[row]) * 1_000 + (data.nanos?.[0]?.[row] ?? 0) / 1_000) // prettier-ignore
        expect(back).toEqual(times)
        for (const value of data.values[0] ?? []) expect(Number.isInteger(value)).toBe(true)
      }),
    )
  })

  it('says where numbers are that JSON has no word for', () => {
    const { data } = sent([
      { kind: 'string', name: 'first', values: ['a', 'b', 'c', 'd'] },
      { kind: 'number', name: 'value', values: [NaN, 1.5, Infinity, -Infinity] },
    ])
    expect(data.values[1]).toEqual([null, 1.5, null, null])
    expect(data.entities).toEqual([null, { NaN: [0], Inf: [2], NegInf: [3] }])
  })
})
