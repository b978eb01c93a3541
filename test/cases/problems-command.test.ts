import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { problemsSchema } from '../../collector/src/api/answer-schemas.ts'
import { commandLine } from '../support/command-line.ts'
import { recordingOf } from '../support/recorded-events.ts'

let data: string
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-problems-'))
  const { code, stderr } = await commandLine(['replay', recordingOf('refused-service-accounts'), '--data', data])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
afterAll(() => rmSync(data, { recursive: true }))

async function ask(...args: readonly string[]) {
  const { code, stdout, stderr } = await commandLine(['problems', ...args, '--json', '--data', data])
  expect({ code, stdout: stdout === '' ? stderr : 'an answer' }).toEqual({ code: 0, stdout: 'an answer' })
  return problemsSchema.parse(JSON.parse(stdout))
}

it('--json is the answer of the API, with nothing beside it', async () => {
  const answer = await ask('--all')
  expect(answer.problems.length).toBeGreaterThan(1)
  expect(answer).toMatchObject({ total: answer.problems.length, returned: answer.problems.length, cursor: null })
})

it('the table has a line for each row of the answer, and says how what is over ended', async () => {
  const { problems } = await ask('--all')
  const { code, stdout } = await commandLine(['problems', '--all', '--data', data])
  expect(code).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(problems.length)
  for (const [place, { severity, class: kind, state, endedBy }] of problems.entries()) {
    expect(lines[place]).toContain(severity)
    expect(lines[place]).toContain(kind)
    expect(lines[place]).toContain(endedBy === null ? state : `over (${endedBy.how})`)
  }
})

it('pages by --cursor give every row once', async () => {
  const whole = (await ask('--all', '--each')).problems.map(({ id }) => id)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof ask>> = await ask(
      '--all',
      '--each',
      '--limit',
      '2',
      ...(cursor === null ? [] : ['--cursor', cursor]),
    )
    seen.push(...page.problems.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== null)
  expect(seen).toEqual(whole)
})

it('a cursor that is none is refused in words', async () => {
  const { code, stderr } = await commandLine(['problems', '--cursor', 'x', '--data', data])
  expect(code).toBe(2)
  expect(stderr).toContain('cursor')
})
