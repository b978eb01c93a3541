import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference, fieldNames } from './field-names.ts'

describe('names of fields', () => {
  it('are those of the innermost fields, with elements by their name', () => {
    const fieldsV1 = {
      'f:metadata': { 'f:annotations': { '.': {}, 'f:shop.example/owner': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    }
    expect(fieldNames(fieldsV1)).toEqual([
      'metadata.annotations[shop.example/owner]',
      'spec.replicas',
      'spec.template.spec.containers[app].image',
      'spec.template.spec.containers[app].name',
    ])
  })

  it('hold no values: of a set only that it was written, of a key only its name', () => {
    const fieldsV1 = {
      'f:metadata': { 'f:finalizers': { '.': {}, 'v:"secret-value"': {} } },
      'f:spec': { 'f:ports': { 'k:{"port":8443,"protocol":"TCP"}': { 'f:port': {} } }, 'f:list': { 'i:3': {} } },
    }
    expect(fieldNames(fieldsV1)).toEqual(['metadata.finalizers[]', 'spec.list[]', 'spec.ports[].port'])
  })

  it('are none of what is no set of fields', () => {
    for (const nothing of [undefined, null, 'f:spec', 7, [], {}]) expect(fieldNames(nothing)).toEqual([])
  })

  it('are bounded, however deep and wide the set is', () => {
    let deep: object = {}
    for (let level = 0; level < 5_000; level += 1) deep = { 'f:a': deep }
    expect(fieldNames(deep)).toHaveLength(1)
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f:key-${String(index)}`, {}]))
    expect(fieldNames({ 'f:data': wide })).toHaveLength(2_000)
  })
})

const key = fc.oneof(fc.stringMatching(/^f:[a-z][a-zA-Z0-9-]{0,8}$/), fc.stringMatching(/^k:\{"name":"[a-z]{1,4}"\}$/))
const { fields } = fc.letrec((tie) => ({
  fields: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('fields')), { maxKeys: 4 }),
}))

describe('any sets of fields', () => {
  it('have names that are sorted, each once, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fields, (set) => {
        const names = fieldNames(set)
        expect(names).toEqual([...new Set(names)].sort())
        expect(fieldNames(reversed(set))).toEqual(names)
      }),
    )
  })

  it('differ by what leads from one to the other and back', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const [before, after] = [fieldNames(a), fieldNames(b)]
        const { added, removed } = difference(before, after)
        const made = [...before.filter((name) => !removed.includes(name)), ...added].sort()
        expect(made).toEqual(after)
        expect(difference(after, before)).toEqual({ added: removed, removed: added })
        expect(difference(before, before)).toEqual({ added: [], removed: [] })
      }),
    )
  })

  it('never throw, whatever stands in their place', () => {
    fc.assert(fc.property(fc.anything(), (value) => void fieldNames(value)))
  })
})

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, child]) => [name, reversed(child)]),
  )
}
