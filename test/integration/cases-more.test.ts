import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byWindow, CaseFolder, CASES, hasCases } from '../support/case-folder.ts'

const file = (name: string) => join(CASES, `${name}.jsonl`)

if (!hasCases) {
  it(`finds the public situations in ${CASES}`, ({ skip }) => {
    if (process.env.CI !== undefined) expect.fail(`${CASES} is missing`)
    skip('the folder beside the repository is not on this machine')
  })
} else {
  describe.concurrent('a public situation, through the command line', () => {
    it('C24: events that the reporter no longer sent are no problem', async () => {
      using folder = new CaseFolder()
      expect(await folder.replayTwice(file('C24'))).toMatchObject({ observations: 26, occurrences: 26 })
      expect((await folder.correlations()).filter(({ severity }) => severity !== 'info')).toEqual([])
      expect(await folder.query('severity:(medium OR high OR critical)', '--to', '2026-05-11T10:30:00Z')).toEqual([])
    })

    it('C26: names that look like the query language are found', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C26'))
      const queries: readonly (readonly [string, number])[] = [
        ['regarding.name:"ip-10-0-3-17.eu-west-1.compute.internal"', 1],
        ['regarding.name:ip-10-0-3-17.eu-west-1.compute.internal', 1],
        ['reason:"Sync/Failed"', 1],
        [String.raw`reason:Sync\/Failed`, 1],
        ['reason:Sync', 1],
        ['reason:"NOT"', 1],
        ['namespace:team-a', 2],
        ['note:"queue/depth"', 1],
        [String.raw`note:"C:\\temp\\x"`, 1],
      ]
      const found: [string, number][] = []
      for (const [query] of queries) found.push([query, (await folder.query(query)).length])
      expect(found).toEqual(queries)
      const { code, stdout, stderr } = await folder.run('query', 'reason:Sync/Failed', '--json')
      if (code === 0) expect(JSON.parse(stdout)).toHaveLength(1)
      else expect([code, /\d/.test(stderr)]).toEqual([2, true])
    })

    it('C28: a day is the day of the asked zone, also when clocks change', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C28'))
      const days = async (zone: string) => byWindow(await folder.aggregate('--window', '1d', '--timezone', zone))
      expect(await days('UTC')).toEqual({ '2026-03-28T00:00:00Z': 2, '2026-03-29T00:00:00Z': 4 })
      expect(await days('Europe/Berlin')).toEqual({ '2026-03-27T23:00:00Z': 1, '2026-03-28T23:00:00Z': 4, '2026-03-29T22:00:00Z': 1 }) // prettier-ignore
      expect(await days('Asia/Kolkata')).toEqual({ '2026-03-28T18:30:00Z': 4, '2026-03-29T18:30:00Z': 2 })
      const day = ['--from', '2026-03-28T23:00:00Z', '--to', '2026-03-29T22:00:00Z']
      const hours = await folder.aggregate('--window', 'hour', '--timezone', 'Europe/Berlin', '--zero-fill', ...day)
      expect(hours.groups[0]?.points).toHaveLength(23)
      expect(byWindow(hours)).toEqual({ '2026-03-28T23:00:00Z': 1, '2026-03-29T00:00:00Z': 1, '2026-03-29T01:00:00Z': 1, '2026-03-29T21:00:00Z': 1 }) // prettier-ignore
      // C35: the end of a range is excluded, in rows as in bars.
      expect(await folder.query('*', ...day)).toHaveLength(4)
    })

    it('C34: a field called "." and an annotation of 40,000 characters are kept', async () => {
      using folder = new CaseFolder()
      expect(await folder.replayTwice(file('C34'))).toMatchObject({ observations: 2, occurrences: 4 })
      const [row] = await folder.query('annotations.app:"plain text"')
      const line =
        readFileSync(file('C34'), 'utf8')
          .split('\n')
          .find((text) => text.includes('plain text')) ?? '{}'
      const { metadata } = JSON.parse(line) as { metadata: { annotations: Record<string, string> } }
      expect(row?.annotations).toEqual(metadata.annotations)
    })

    it('C43: credentials in notes reach neither answers nor disk, the rest of the note does', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C43'))
      const { stdout, stderr } = await folder.run('query', '*', '--json')
      expect(stdout).toContain('git.example.ne')
      expect(stdout).toContain('bot:')
      const onDisk = readdirSync(folder.data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      for (const text of [stdout, stderr, ...onDisk]) expect(text.includes('S3cr3t-canary')).toBe(false)
    })
  })
}
