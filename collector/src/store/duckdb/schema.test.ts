import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../../test/support/an-observation.ts'
import { encodeRows, OBSERVATION_COLUMNS } from './schema.ts'

/** Cells of one row by column; null where the column is left out. */
function encoded(overrides: Parameters<typeof anObservation>[0]): (column: string) => unknown {
  const block = JSON.parse(encodeRows([anObservation(overrides)])) as Record<string, readonly unknown[]>
  return (column) => block[column]?.[0] ?? null
}

describe('a row on its way to the file', () => {
  it('leaves out what is usual', () => {
    const cell = encoded({ deltaSince: anObservation().firstObserved })
    const usual = ['uid_text', 'name_text', 'note_tokens', 'regarding_namespace', 'regarding_field_path', 'delta_since']
    expect(usual.map(cell)).toEqual(usual.map(() => null))
    expect(['related_kind', 'labels', 'annotations', 'rest', 'flags'].map(cell)).toEqual([null, null, null, null, null])
  })

  it.each([
    { name: 'payments-0.18ae773b82737275', number: '18ae773b82737275', text: null },
    { name: 'payments-0.08ae773b82737275', number: null, text: 'payments-0.08ae773b82737275' },
    { name: 'payments-0.18AE773B82737275', number: null, text: 'payments-0.18AE773B82737275' },
    { name: 'payments-0.118ae773b82737275', number: null, text: 'payments-0.118ae773b82737275' },
    { name: 'payments-0', number: null, text: 'payments-0' },
    { name: 'payments-1.18ae773b82737275', number: null, text: 'payments-1.18ae773b82737275' },
  ])('keeps the name $name as the number $number or the text $text', ({ name, number, text }) => {
    const cell = encoded({ name })
    expect([cell('name_number'), cell('name_text')]).toEqual([number, text])
  })

  it('keeps uids that are none as text', () => {
    const cell = encoded({
      uid: 'worker-1',
      regarding: { ...anObservation().regarding, uid: '11111111-1111-4111-8111-11111111111A' },
    })
    expect([cell('uid'), cell('uid_text')]).toEqual([null, 'worker-1'])
    expect([cell('regarding_uid'), cell('regarding_uid_text')]).toEqual([null, '11111111-1111-4111-8111-11111111111A'])
  })

  it('replaces half a surrogate pair, in values, in keys and in maps, and nothing else', () => {
    const cell = encoded({
      note: 'a\ud800b \\ud800 \u{1F600}',
      labels: { 'k\udc00': 'v\ud800', path: 'C:\\ud800' },
    })
    expect(cell('note')).toBe('a\ufffdb \\ud800 \u{1F600}')
    expect(JSON.parse(String(cell('labels')))).toEqual({ 'k\ufffd': 'v\ufffd', path: 'C:\\ud800' })
  })

  it('has a column for each field of the observation', () => {
    const names = OBSERVATION_COLUMNS.map(({ name }) => name).join(' ')
    for (const field of Object.keys(anObservation())) {
      const column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      expect(names).toContain(column)
    }
  })
})
