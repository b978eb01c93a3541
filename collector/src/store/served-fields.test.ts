import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import type { Observation } from '../event/observation.ts'
import { fieldReader, textOf } from '../query/field-value.ts'
import { FIELDS } from '../query/fields.ts'
import { encodeRows } from './duckdb/schema.ts'
import { documentOf } from './elasticsearch/document.ts'
import { pathOf } from './elasticsearch/filter-query.ts'
import { DEFAULT_LAYOUT, indexTemplate } from './elasticsearch/layout.ts'

/** An observation in which no field has the value that a store leaves out. */
const FULL: Observation = {
  ...anObservation(),
  clusterUid: 'k',
  action: 'a',
  countIsLowerBound: true,
  countUnplaced: 1,
  countEstimated: true,
  deltaSince: 1,
  regarding: { ...anObservation().regarding, namespace: 'other', fieldPath: 'spec.initContainers{a}' },
  related: { kind: 'Pod', namespace: 'shop', name: 'a', uid: 'u', apiVersion: 'v1', fieldPath: 'spec' },
  labels: { a: 'b' },
  annotations: { a: 'b' },
  objectLabels: { a: 'b' },
  metadata: { a: 'b' },
  flags: ['combined'],
  patternIds: ['p'],
}

const row = Object.keys(JSON.parse(encodeRows([FULL])) as object)
const document: unknown = JSON.parse(JSON.stringify(documentOf(FULL).document))
const { mappings } = (indexTemplate(DEFAULT_LAYOUT) as { template: { mappings: object } }).template

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((part, key) => (part as Readonly<Record<string, unknown>> | undefined)?.[key], value)
}

describe('each field of the dictionary', () => {
  it.each(FIELDS)('$name is kept by every store', (field) => {
    expect(textOf(fieldReader(field.name)(FULL))).not.toBe('')
    const column = field.name.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    expect(row.some((name) => name === column || name === `${column}_number`)).toBe(true)
    const path = pathOf({ field, key: null, name: field.name }).split('.')
    expect(at(document, path)).toBeDefined()
    // The words of a note are what is sought.
    if (field.name !== 'note')
      expect(
        at(
          mappings,
          path.flatMap((key) => ['properties', key]),
        ),
      ).toBeDefined()
  })
})
