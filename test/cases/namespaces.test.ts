import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { aDay } from '../support/a-day.ts'
import { byKey } from '../support/answers.ts'
import { commandLine } from '../support/command-line.ts'
import { recordingOf } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'

const directory = mkdtempSync(join(tmpdir(), 'eventloom-namespaces-'))
afterAll(() => rmSync(directory, { recursive: true }))

function put(name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

describe('"only this namespace"', () => {
  it.each([
    { clusterScoped: false, kept: ['Pod prod'] },
    { clusterScoped: true, kept: ['Pod prod', 'Node '] },
  ])(
    'drops nodes only under a name in the accounts (clusterScoped: $clusterScoped)',
    async ({ clusterScoped, kept }) => {
      await using situation = await Situation.open({
        clusters: [{ name: 'recording', namespaces: ['prod'], clusterScoped }],
      })
      const { outcomes, balanced } = await situation.play(recordingOf('namespaces-and-nodes'))
      const filtered = { 'outside the configured namespaces': 4 - kept.length }
      expect({ balanced, filtered: outcomes.filtered }).toEqual({ balanced: true, filtered })
      const rows = await situation.query('*')
      expect(rows.map(({ regarding: { kind, namespace } }) => `${kind} ${namespace}`)).toEqual(kept)
    },
  )
})

describe('a pattern of a filter', () => {
  const namespaces = ['jenkins', 'jenkins-agents', 'jenkin', 'my-jenkins']
  const events = put(
    'events.jsonl',
    aDay(4, 0, (index) => namespaces[index] ?? ''),
  )

  it('is a glob over the whole name', async () => {
    const rules = put('jobs.yaml', 'filters:\n  - name: no build jobs\n    namespaces: ["jenkins*"]\n')
    await using situation = await Situation.open({ rules: { files: [rules] } })
    const { outcomes, balanced } = await situation.play(events)
    expect({ balanced, filtered: outcomes.filtered }).toEqual({ balanced: true, filtered: { 'no build jobs': 2 } })
    expect(byKey(await situation.aggregate({ groupBy: 'namespace' }))).toEqual({ jenkin: 2, 'my-jenkins': 2 })
  })

  it('that can never match is refused with its line and what to write instead', async () => {
    const rules = put('tests.yaml', 'filters:\n  - name: tests\n    namespaces: ["*test*|*temp*"]\n')
    const { code, stdout, stderr } = await commandLine(['rules', 'check', rules])
    expect(code).toBe(2)
    expect(stdout + stderr).toMatch(/tests\.yaml:3.*\["\*test\*", "\*temp\*"\]/)
  })

  it('drops only what all conditions of one filter hold for', async () => {
    const rules = put('both.yaml', 'filters:\n  - name: both\n    types: [Normal]\n    reasons: [Unhealthy]\n')
    await using situation = await Situation.open({ rules: { files: [rules] } })
    expect((await situation.play(events)).outcomes.filtered).toEqual({})
  })
})
