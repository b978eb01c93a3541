import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLine } from '../support/command-line.ts'

const SHOP = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')

let data = ''
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-report-'))
  await commandLine(['replay', SHOP, '--data', data])
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

const report = (...words: readonly string[]) => commandLine(['report', '--data', data, ...words])

/** The lines of a part, by its heading. */
function part(page: string, title: string): string {
  return page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
}

describe('eventloom report', () => {
  it('is about the last week that is stored, and tells what broke apart from what was planned', async () => {
    const { code, stdout } = await report()
    expect(code).toBe(0)
    expect(stdout).toContain('From 2026-11-10T09:39:09Z to 2026-11-17T09:39:09Z')
    expect(part(stdout, 'What broke')).toContain('Volumes of class fast cannot be attached or mounted')
    expect(part(stdout, 'What broke')).not.toContain('was rolled out')
    expect(part(stdout, 'Planned')).toContain('Deployment gateway was rolled out')
    expect(part(stdout, 'Most frequent')).toMatch(/\| 84 \| high \| FailedMount · Pod · shop \|/)
    expect(part(stdout, 'Noisiest')).toContain('report')
    expect(part(stdout, 'Gaps in the data')).not.toBe('')
  })

  it('is about what is selected: a range, a namespace, a query', async () => {
    const range = ['--from', '2026-11-12', '--to', '2026-11-14']
    const { stdout } = await report(...range, '-n', 'shop', 'owner.name:payments')
    expect(part(stdout, 'What broke').match(/Volumes of class fast/g)).toHaveLength(2)
    expect(part(stdout, 'Noisiest')).not.toContain('gateway')
    expect((await report('-n', 'nowhere')).stdout).toContain('Nothing broke, as far as events tell.')
  })

  it('sums by a label of objects, or by a field', async () => {
    expect(part((await report('--by', 'app')).stdout, 'By objectLabels.app')).toContain('payments')
    expect(part((await report('--by', 'namespace')).stdout, 'By namespace')).toContain('shop')
  })

  it('is one page of HTML with pictures', async () => {
    const { stdout } = await report('--format', 'html', '--by', 'app')
    expect(stdout).toMatch(/^<!doctype html>/)
    expect(stdout).toMatch(/<rect [^>]+fill="#cf222e"><title>2026-11-17/)
    expect(stdout.trimEnd()).toMatch(/<\/html>$/)
  })

  it('says every mistake before it asks anything', async () => {
    const { code, stdout, stderr } = await report('--format', 'pdf', '--from', 'nonsense', 'reason:(')
    expect([code, stdout]).toEqual([2, ''])
    for (const part of ['--format', '--from', 'query']) expect(stderr).toContain(part)
  })
})
