import { describe, expect, it } from 'vitest'
import { readCase } from '../../../test/support/read-case.ts'
import { createRuleSet } from './classify.ts'

const ruleSet = createRuleSet({ files: [], clock: () => 0 })

function classified(name: string) {
  return readCase(name).map((event) => ({ event, ...ruleSet.classify(event) }))
}

describe('reported situations', () => {
  it('an OOM kill is told of the node, and names the process', () => {
    const rows = classified('two-line-notes')
    expect(rows.map(({ category, severity }) => [category, severity])).toEqual(Array(3).fill(['node', 'high']))
    expect(rows.map(({ metadata }) => metadata.process).toSorted()).toEqual(['java', 'java', 'logshipd'])
  })

  it('a pull that fails is about the image, a crash about the container, and the answer is named', () => {
    const rows = classified('failing-pulls').filter(({ event }) => ['Failed', 'BackOff'].includes(event.reason))
    const image = rows.filter(({ category }) => category === 'image')
    const container = rows.filter(({ category }) => category === 'container')
    const occurrences = (part: typeof rows): number =>
      part.reduce((sum, { event }) => sum + event.countDelta + event.countUnplaced, 0)
    expect([image.length, occurrences(image), container.length, occurrences(container)]).toEqual([7, 23, 1, 5])
    const naming = rows.filter(({ event }) => event.note.includes('image "'))
    expect(new Set(naming.map(({ metadata }) => metadata.image))).toEqual(
      new Set(['registry.example.net/shop/api:1.9.3', 'registry.example.net/shop/report:4.1']),
    )
    const answers = rows.flatMap(({ metadata }) => metadata.registryError ?? [])
    expect(new Set(answers)).toEqual(new Set(['not found', 'rate limit']))
  })

  it('the volume that hangs is the unmounted one', () => {
    const rows = classified('hanging-volume')
    expect(rows.map(({ category }) => category)).toEqual(['storage', 'storage'])
    expect(rows.map(({ metadata }) => metadata.volume).toSorted()).toEqual([
      'data',
      'pvc-4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10',
    ])
  })

  it('the missing Secret is named', () => {
    const failed = classified('missing-secret').filter(({ event }) => event.reason === 'Failed')
    expect(failed.map(({ metadata }) => metadata.secret)).toEqual(failed.map(() => 'checkout-db'))
    expect(failed.length).toBeGreaterThan(0)
  })

  it('what is extracted from a note holds no credentials', () => {
    expect(JSON.stringify(classified('passwords').map(({ metadata }) => metadata))).not.toContain('S3cr3t')
  })
})
