import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { MAX_TEMPLATES, Templates } from './templates.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Three words of letters only, so that no mask makes them alike. */
function aNote(index: number): string {
  const word = [index % 26, Math.floor(index / 26) % 26, Math.floor(index / 676)]
    .map((at) => LETTERS[at] ?? '')
    .join('')
  return `${word} ${word} ${word}`
}

describe('templates remembered', () => {
  const event = anObservation()

  it('are never more than the bound, and those in use stay', () => {
    const templates = new Templates()
    const hot = templates.find({ ...event, note: 'always here' })
    for (let index = 0; index < 2 * MAX_TEMPLATES; index += 1) {
      templates.find({ ...event, note: aNote(index) })
      expect(templates.find({ ...event, note: 'always here' })).toBe(hot)
      expect(templates.size).toBeLessThanOrEqual(MAX_TEMPLATES)
    }
  })

  it('have their id back when they return after they were forgotten', () => {
    const templates = new Templates()
    const before = templates.find({ ...event, note: aNote(0) })
    for (let index = 1; index < 2 * MAX_TEMPLATES; index += 1) templates.find({ ...event, note: aNote(index) })
    const after = templates.find({ ...event, note: aNote(0) })
    expect(after).not.toBe(before)
    expect(after?.id).toBe(before?.id)
  })

  it('of one length and first word are at most a hundred', () => {
    const templates = new Templates()
    for (let index = 0; index < 500; index += 1) templates.find({ ...event, note: `first ${aNote(index)}` })
    expect(templates.size).toBeLessThanOrEqual(100)
  })
})
