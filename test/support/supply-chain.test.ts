import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read } from './known-vulnerabilities.ts'

const ROOT = join(import.meta.dirname, '..', '..')

interface Bill {
  readonly bomFormat: string
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly licenses?: readonly unknown[]
  }[]
}

const { billsOfMaterials } = (await import(join(ROOT, 'plugin', 'build', 'sbom.mjs'))) as {
  billsOfMaterials: () => readonly { readonly name: string; readonly text: string }[]
}

describe('what we are made of', () => {
  it('is listed for a release with its version and licence', { timeout: 120_000 }, () => {
    const bills = billsOfMaterials().map(({ name, text }) => ({ name, bill: JSON.parse(text) as Bill }))
    expect(bills.map(({ name }) => name)).toEqual(['eventloom-collector', 'eventloom-plugin'])
    for (const { bill } of bills) {
      expect(bill.bomFormat).toBe('CycloneDX')
      expect(bill.components.length).toBeGreaterThan(50)
      expect(bill.components.filter(({ version }) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([])
    }
    const names = bills.map(({ bill }) => bill.components.map(({ name }) => name))
    expect(names[0]).toEqual(expect.arrayContaining(['undici', 'express']))
    expect(names[0]).not.toContain('vitest')
  })

  /** The tools of the front end are named as Grafana's own scaffold names them; its lock file pins them. */
  it.each(['package.json', 'collector/package.json'])('is pinned in %s', (file) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, Record<string, string> | undefined> // prettier-ignore
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('has known vulnerabilities only where a registry says so', () => {
    expect(read('{"vulnerabilities":{}}')).toEqual({})
    expect(read('{"vulnerabilities":{"a":{"severity":"high","range":"<2"}}}')).toHaveProperty('a')
    for (const none of ['{"message":"405 Method Not Allowed"}', '', 'no json', null]) expect(read(none)).toBeNull()
  })
})
