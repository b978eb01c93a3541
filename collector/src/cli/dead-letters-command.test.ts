import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import type { ReplayedLetters } from '../run/dead-letters.ts'
import type { Actions } from './actions.ts'
import { runCommandLine } from './cli.ts'

const LETTERS = [7, 8].map((resourceVersion) => {
  const observation = anObservation({ resourceVersion })
  return { id: observation.id, cause: 'mapping', detail: 'count: 300 is\nout of range', observation }
})
const none = () => Promise.reject(new Error('not in this test'))

/** Runs a command line over some dead letters. */
async function eventloom(words: readonly string[], actions: Partial<Actions> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const all: Actions = {
    run: none,
    replay: none,
    replayTo: none,
    record: none,
    migrate: none,
    reindex: none,
    testReceiver: none,
    openReader: none,
    checkRules: none,
    testRules: none,
    alerts: { check: none, cases: none, toGrafana: none },
    listDeadLetters: async (_, limit) => ({ total: LETTERS.length, letters: LETTERS.slice(0, limit) }),
    replayDeadLetters: none,
    ...actions,
  }
  const { signal } = new AbortController()
  const terminal = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    environment: {},
    clock: () => NOON,
    signal,
    version: '0',
  }
  const code = await runCommandLine(words, all, terminal)
  return { code, out: await text(stdout.end()), err: await text(stderr.end()) }
}

const replayed = (result: Partial<ReplayedLetters>) => ({
  replayDeadLetters: async () => ({ replayed: 2, accepted: 2, refused: 0, waiting: 0, ...result }),
})

describe('eventloom dead-letters list', () => {
  it('shows each with its reason on one line, and says how many there are', async () => {
    const { code, out, err } = await eventloom(['dead-letters', 'list', '--limit', '1'])
    expect({ code, err }).toEqual({ code: 0, err: '1 of 2. More: --limit\n' })
    expect(out).toBe('2026-05-11T12:00:00Z  BackOff  shop/Pod/payments-0  mapping  count: 300 is out of range\n')
  })

  it('gives the observations as the API does', async () => {
    const { out } = await eventloom(['dead-letters', 'list', '--json'])
    const observation = { lastObserved: '2026-05-11T12:00:00Z', resourceVersion: 7 }
    expect(JSON.parse(out)).toMatchObject({ total: 2, letters: [{ cause: 'mapping', observation }, {}] })
  })

  it('names every mistake', async () => {
    const { code, err } = await eventloom(['dead-letters', 'list', '--limit', '0', '--jsn'])
    expect(code).toBe(2)
    expect(err).toMatch(
      /--jsn: there is no such flag. Did you mean --json\?\n--limit: must be a whole number from 1 to/,
    )
  })
})

describe('eventloom dead-letters replay', () => {
  it('tells what became of them', async () => {
    const { code, out } = await eventloom(['dead-letters', 'replay'], replayed({}))
    expect({ code, out }).toEqual({ code: 0, out: '2 observations sent again, 2 accepted, 0 refused\n' })
  })

  it('fails when some were refused again, or not sent', async () => {
    const refused = await eventloom(['dead-letters', 'replay', '--json'], replayed({ accepted: 1, refused: 1 }))
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out)).toEqual({ replayed: 2, accepted: 1, refused: 1, waiting: 0 })
    expect(refused.err).toContain('1 observations were refused again. ')
    const stopped = await eventloom(['dead-letters', 'replay'], replayed({ accepted: 0, waiting: 2 }))
    expect(stopped.code).toBe(1)
    expect(stopped.err).toContain('They wait in the buffer: the next start sends them.')
  })
})

describe('eventloom elasticsearch reindex', () => {
  it('tells what was done, and when nothing was to be done', async () => {
    const summary = { mappingVersion: 3, indices: 2, documents: 1_200, copied: 700 }
    const some = await eventloom(['elasticsearch', 'reindex'], { reindex: async () => summary })
    expect(some.out).toBe('2 indices have mapping version 3 now: 1,200 documents, 700 copied by this run\n')
    const nothing = await eventloom(['elasticsearch', 'reindex'], { reindex: async () => ({ ...summary, indices: 0 }) })
    expect(nothing.out).toBe('All indices have mapping version 3: nothing to do.\n')
  })
})
