import { describe, expect, it } from 'vitest'
import { TRAITS } from '../event/pattern.ts'
import { CATEGORIES, SEVERITIES } from '../event/words.ts'
import { InvalidQueryError } from '../query/invalid-query.ts'
import { parseAggregateRequest, parseEventRequest, parsePatternRequest } from '../query/request.ts'
import { METRICS } from '../query/request-parts.ts'
import { openApi } from './openapi.ts'

interface Schema {
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly type?: unknown
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly anyOf?: readonly Schema[]
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[]
}

const { paths } = openApi('0') as {
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>
}

/** What is declared of a parameter, wherever it is taken; each once. */
function declared(name: string): readonly Schema[] {
  const all = Object.values(paths).flatMap(({ get }) => get?.parameters ?? [])
  const texts = all.filter((parameter) => parameter.name === name).map(({ schema }) => JSON.stringify(schema))
  return [...new Set(texts)].map((text) => JSON.parse(text) as Schema)
}

describe('the OpenAPI document', () => {
  it.each([
    ['order', ['newest', 'oldest']],
    ['view', ['events', 'observations']],
    ['orderBy', METRICS],
    ['zeroFill', [true, false, 'true', 'false']],
    ['all', [true, false, 'true', 'false']],
  ])('lists what %s can be', (name, values) => {
    expect(declared(name)).toMatchObject([{ enum: values }])
  })

  it.each([
    ['severity', SEVERITIES],
    ['category', CATEGORIES],
    ['metrics', METRICS],
    ['trait', TRAITS],
  ])('lists what each of %s can be, in a list and with commas', (name, values) => {
    const [schema, ...others] = declared(name)
    expect(others).toEqual([])
    expect(schema?.anyOf?.[0]).toMatchObject({ type: 'array', items: { enum: [...values, ''] } })
    const withCommas = new RegExp(schema?.anyOf?.[1]?.pattern ?? '-')
    for (const text of [values[0] ?? '', values.join(',')]) expect(text).toMatch(withCommas)
    for (const text of ['0', `${values[0] ?? ''},0`, `${values[0] ?? ''}0`]) expect(text).not.toMatch(withCommas)
  })

  it('lets null and nothing stand for what is not given, as it is taken', () => {
    const { schema } = paths['/aggregate']?.post?.requestBody?.content['application/json'] ?? {}
    expect(schema?.properties?.['zeroFill']?.anyOf).toContainEqual({ type: 'null' })
    expect(schema?.properties?.['zeroFill']?.anyOf).toContainEqual({ type: 'string', const: '' })
    expect(paths['/events']?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', allowEmptyValue: true }),
    )
    expect(() => parseEventRequest({ limit: '', view: '' }, 0)).not.toThrow()
    expect(() => parseAggregateRequest({ zeroFill: '' }, 0)).not.toThrow()
    expect(() => parseAggregateRequest({ zeroFill: null, metrics: null, top: null }, 0)).not.toThrow()
  })

  it('says which fields can be grouped by, just as they are taken', () => {
    const [schema] = declared('key')
    const [one, withCommas] = [schema?.anyOf?.[0]?.items?.pattern ?? '-', schema?.anyOf?.[1]?.pattern ?? '-']
    for (const field of ['reason', 'regarding.kind', 'labels.app.kubernetes.io/name', 'note', 'regardingXkind', 'labels', 'patternIds', 'reasons']) {
      expect({ field, isDeclared: new RegExp(one).test(field) }).toEqual({ field, isDeclared: isTaken(field) })
      expect(new RegExp(withCommas).test(`node,${field}`)).toBe(isTaken(field))
    }
  }) // prettier-ignore
})

function isTaken(field: string): boolean {
  try {
    return parsePatternRequest({ key: field }, 0).key.length === 1
  } catch (error) {
    if (error instanceof InvalidQueryError) return false
    throw error
  }
}
