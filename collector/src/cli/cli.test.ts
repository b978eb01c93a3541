import { aDetector } from '../../../test/support/as-configured.ts'
import { aCorrelation, aRecord } from '../../../test/support/a-record.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import {
  aStory,
  collectorOver,
  eventloom,
  failures,
  NONE,
  NOW,
  Screen,
  storeWith,
  type SessionOptions,
} from '../../../test/support/cli-session.ts'
import { writeCollectorFile } from '../api/collector-file.ts'
import { HOUR, MINUTE } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import { formatTime } from '../query/time.ts'
import type { ReplaySummary } from '../run/replay-summary.ts'
import type { Actions } from './actions.ts'
import { EXIT_CODES, Output } from './cli.ts'
import { foundLines, ingestLines, startLines, WATCHING } from './start-screen.ts'
import { replayExitCode } from './replay-command.ts'
import { patternLines, type PatternJson } from './pattern-table.ts'
import { createProgram } from './program.ts'
import { cliReference } from './reference.ts'
import type { Terminal } from './terminal.ts'

const signal = new AbortController().signal
const page = (out: string) =>
  JSON.parse(out) as { observations: Observation[]; cursor: string | null; notices: object[] }
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-cli-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const SUMMARY: ReplaySummary = {
  received: 7,
  outcomes: { stored: 4, alreadyStored: 0, filtered: {}, signalled: { bookmark: 1, deletion: 1, 'error notice': 1 }, dropped: {}, deadLettered: {} },
  balanced: true,
  passedOver: 0,
  observations: 4,
  logicalEvents: 2,
  occurrences: 4,
  firstObserved: '2026-05-11T12:00:00Z',
  lastObserved: '2026-05-11T12:09:00Z',
  seconds: 0.42,
  eventsPerSecond: 16.7,
  patterns: [],
  unknownReasons: {},
} // prettier-ignore

describe('eventloom events', () => {
  it('shows events on a terminal, newest last', async () => {
    const { out, exitCode } = await eventloom(['events', '*', '--no-color'], {
      reader: await storeWith(aStory),
      isTerminal: true,
    })
    expect(exitCode).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "LAST    SEVERITY  REASON       OBJECT                 COUNT  NOTE
      2h ago  info      Scheduled    shop/Pod/payments-0       ×1  Successfully assigned shop/payments-0
      6m ago  high      FailedMount  shop/Pod/payments-0      ×42  Unable to attach or mount volumes: timed out
      5m ago  critical  OOMKilling   Node/worker-5        ≥51,252  Memory cgroup out of memory
      "
    `)
  })

  it('is one plain line for each event on a pipe, even for notes with line breaks', async () => {
    const { out } = await eventloom(['events', '*'], { reader: await storeWith(aStory) })
    expect(out).toMatchInlineSnapshot(`
      "2026-05-11T10:00:00Z  info      Scheduled    shop/Pod/payments-0       ×1  Successfully assigned shop/payments-0
      2026-05-11T11:59:00Z  high      FailedMount  shop/Pod/payments-0      ×42  Unable to attach or mount volumes: timed out
      2026-05-11T12:00:00Z  critical  OOMKilling   Node/worker-5        ≥51,252  Memory cgroup out of memory
      "
    `)
  })

  it('colours severities on a terminal only, and not when asked for none', async () => {
    const reader = await storeWith(aStory)
    const coloured = async (words: readonly string[], options: SessionOptions) =>
      (await eventloom(['events', '*', ...words], { reader, ...options })).out.includes('\u001b[')
    expect(await coloured([], { isTerminal: true })).toBe(true)
    expect(await coloured([], { isTerminal: false })).toBe(false)
    expect(await coloured(['--no-color'], { isTerminal: true })).toBe(false)
    expect(await coloured([], { isTerminal: true, environment: { NO_COLOR: '1' } })).toBe(false)
  })

  it('is one answer as JSON, its newest observation last, each on a line of its own', async () => {
    const { out } = await eventloom(['events', '*', '--json'], { reader: await storeWith(aStory) })
    const { observations: rows, ...beside } = JSON.parse(out) as {
      observations: { reason: string; lastObserved: string }[]
    }
    expect(beside).toMatchObject({ total: 3, returned: 3, cursor: null, notices: [] })
    expect(out.split('\n').filter((line) => line.startsWith('{"id"'))).toHaveLength(3)
    expect(rows.map(({ reason }) => reason)).toEqual(['Scheduled', 'FailedMount', 'OOMKilling'])
    expect(rows[0]?.lastObserved).toBe('2026-05-11T10:00:00Z')
    expect(JSON.parse((await eventloom(['events', 'reason:No', '--json'])).out)).toMatchObject({
      total: 0,
      observations: [],
      notices: [],
    })
  })

  it('keeps the newest when limited, and says of how many', async () => {
    const reader = await storeWith(failures(600))
    const { out, err } = await eventloom(['events', '*', '--limit', '5', '--json'], { reader })
    const names = page(out).observations.map(({ regarding }) => regarding.name)
    expect(names).toEqual([595, 596, 597, 598, 599].map((index) => `payments-${index}`))
    expect(err).toBe('')
    const table = await eventloom(['events', '*', '--limit', '5'], { reader })
    expect(table.err).toBe('The newest 5 of 600. More: --limit; pages: --cursor with the one that --json gives\n')
  })

  it('pages by cursor, each row once', async () => {
    const reader = await storeWith(failures(7))
    const names: string[] = []
    let cursor: string | null = null
    do {
      const { out } = await eventloom(
        ['events', '*', '--limit', '2', '--json', ...(cursor === null ? [] : ['--cursor', cursor])],
        { reader },
      )
      const { observations, cursor: next } = page(out)
      names.unshift(...observations.map(({ regarding }) => regarding.name))
      cursor = next
    } while (cursor !== null)
    expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `payments-${index}`))
  })

  it('meets a limit above that of one page by several', async () => {
    const { out, err } = await eventloom(['events', '*', '--limit', '20000', '--json'], {
      reader: await storeWith(failures(10_500)),
    })
    expect(page(out).observations).toHaveLength(10_500)
    expect(err).toBe('')
  })

  it('takes a query that begins with a minus', async () => {
    const reader = await storeWith(aStory)
    expect(
      page((await eventloom(['events', '-reason:Scheduled', '--json'], { reader })).out).observations,
    ).toHaveLength(2)
    // None of these is the flag of its first letter.
    for (const query of ['-namespace:shop', '-note:"out of memory"', '-object.name:x', '-labels.a:b'].slice(0, 2)) {
      const { out, exitCode } = await eventloom(['events', query, '-o', 'json'], { reader })
      expect({ exitCode, rows: page(out).observations.length }).toEqual({
        exitCode: 0,
        rows: query === '-namespace:shop' ? 1 : 2,
      })
    }
  })

  it('warns on standard error when data is missing', async () => {
    const body = { cluster: 'lab', stream: 'all namespaces', cause: 'the API server forgot its history' }
    const reader = await storeWith(aStory, [{ kind: 'gap', id: 'g', revision: 1, from: NOON - HOUR, to: NOON, body }])
    const { out, err } = await eventloom(['events', '*'], { reader })
    expect(out.trimEnd().split('\n')).toHaveLength(3)
    expect(err).toMatch(/^Warning: Data may be missing from /)
    const json = await eventloom(['events', '*', '--json'], { reader })
    expect(json.err).toBe('')
    expect(page(json.out).notices[0]).toMatchObject({ severity: 'warning' })
  })

  it('keeps hostile text from steering the terminal', async () => {
    const hostile = anObservation({ note: 'x\u001b[2J\u202e\u2028gone', reason: 'A\u0007B' })
    const { out } = await eventloom(['events', '*', '--no-color'], {
      reader: await storeWith([hostile]),
      isTerminal: true,
    })
    expect(out).not.toMatch(/[\u001b\u202e\u2028\u0007]/)
    expect(out.trimEnd().split('\n')).toHaveLength(2)
  })
})

describe('eventloom aggregate', () => {
  const rows = ['BackOff', 'BackOff', 'Pulled']
    .flatMap((reason, index) =>
      failures(9).map((row) => ({
        ...row,
        id: '',
        uid: `${index}-${row.uid}`,
        reason,
        lastObserved: row.lastObserved - index * 7 * MINUTE,
      })),
    )
    .map((row, index) => ({ ...row, id: `id-${index}` }))

  it('shows groups with a sparkline', async () => {
    const words = [
      'aggregate',
      '--group-by',
      'reason',
      '--window',
      '5m',
      '--from',
      '2026-05-11T11:30:00Z',
      '--to',
      '2026-05-11T12:05:00Z',
      '--zero-fill',
      '--metrics',
      'occurrences,objects,maxSeverity',
    ]
    const { out } = await eventloom([...words, '--no-color'], { reader: await storeWith(rows), isTerminal: true })
    expect(out).toMatchInlineSnapshot(`
      "REASON   OCCURRENCES  OBJECTS (HIGHEST)  SEVERITY  TREND
      BackOff           18                  7  high         ▆█▆▂
      Pulled             9                  5  high       ▄█▄
      TREND: one bar is 5m; the first window begins at 2026-05-11 11:30, the last at 2026-05-11 12:00
      "
    `)
  })

  const day = 24 * HOUR
  const days = [0, 0, 2].map((back, index) =>
    anObservation({
      uid: `day-${index}`,
      resourceVersion: index,
      reason: index === 0 ? 'Pulled' : 'BackOff',
      lastObserved: NOON - back * day,
      firstObserved: NOON - back * day,
      deltaSince: NOON - back * day,
    }),
  )

  it('shows a sparkline where a column for each day is too much for the terminal', async () => {
    const words = [
      'aggregate',
      '--group-by',
      'reason',
      '--window',
      '1d',
      '--from',
      '2026-05-03T00:00:00Z',
      '--no-color',
    ]
    const reader = await storeWith(days)
    const { out } = await eventloom(words, { reader, isTerminal: true, columns: 60 })
    expect(out).toMatchInlineSnapshot(`
      "REASON   OCCURRENCES  TREND
      BackOff            2        █ █
      Pulled             1          █
      TREND: one bar is 1d; the first window begins at 2026-05-03, the last at 2026-05-11
      "
    `)
    const wide = await eventloom(words, { reader, isTerminal: true, columns: 110 })
    expect(wide.out).toContain('05-03  05-04')
  })

  it('shows a column for each of a few windows, empty ones too, named by their days', async () => {
    const { out } = await eventloom(['aggregate', '--group-by', 'reason', '--window', '1d', '--no-color'], {
      reader: await storeWith(days),
      isTerminal: true,
    })
    expect(out).toMatchInlineSnapshot(`
      "REASON   OCCURRENCES  05-09  05-10  05-11
      BackOff            2      1      0      1
      Pulled             1      0      0      1
      "
    `)
  })

  it('without groups shows one line a window', async () => {
    const words = ['aggregate', '--window', 'day', '--timezone', 'Europe/Berlin', '--metrics', 'occurrences,last']
    const { out } = await eventloom([...words, '--no-color'], { reader: await storeWith(days), isTerminal: true })
    expect(out).toMatchInlineSnapshot(`
      "DAY         OCCURRENCES                  LAST
      2026-05-09            1  2026-05-09T12:00:00Z  ▄
      2026-05-10            0                     -
      2026-05-11            2  2026-05-11T12:00:00Z  █
      "
    `)
  })

  it('gives a program one line for each window and group, with the instant at which it begins', async () => {
    const { out } = await eventloom(['aggregate', '--group-by', 'reason', '--window', '1d'], {
      reader: await storeWith(days),
    })
    expect(out).toMatchInlineSnapshot(`
      "2026-05-09T00:00:00Z  BackOff  1
      2026-05-10T00:00:00Z  BackOff  0
      2026-05-11T00:00:00Z  BackOff  1
      2026-05-09T00:00:00Z  Pulled   0
      2026-05-10T00:00:00Z  Pulled   0
      2026-05-11T00:00:00Z  Pulled   1
      "
    `)
  })

  it('says the units of what it measures, and what fields and groups are called', async () => {
    const named = rows.map((row, index) => (index === 0 ? { ...row, owner: { kind: 'Job', name: 'other' } } : row))
    const words = [
      'aggregate',
      '--group-by',
      'owner.name',
      '--metrics',
      'occurrences,rate,gapP50,gapP95,last,maxSeverity',
      '--top',
      '1',
    ]
    const { out } = await eventloom([...words, '--no-color'], { reader: await storeWith(named), isTerminal: true })
    expect(out).toMatchInlineSnapshot(`
      "WORKLOAD      OCCURRENCES  A MINUTE  MEDIAN GAP  95% OF GAPS                  LAST  SEVERITY
      payments               26  1.18/min          1m           1m  2026-05-11T12:00:00Z  high
      (all others)            1  0.05/min           -            -  2026-05-11T11:52:00Z  high
      "
    `)
  })

  it('gives the series as JSON', async () => {
    const { out } = await eventloom(
      ['aggregate', '--query', 'reason:(BackOff OR Pulled)', '--group-by', 'reason', '--top', '1', '--json'],
      { reader: await storeWith(rows) },
    )
    const { groups } = JSON.parse(out) as { groups: { key: string[] | null; points: { values: object }[] }[] }
    expect(groups.map(({ key, points }) => [key, points[0]?.values])).toEqual([
      [['BackOff'], { occurrences: 18 }],
      [null, { occurrences: 9 }],
    ])
  })
})

describe('eventloom patterns', () => {
  it('shows what recurs, where, and how it goes', async () => {
    const { out } = await eventloom(['patterns', '--no-color'], {
      reader: await storeWith(failures(18)),
      isTerminal: true,
    })
    expect(out).toMatchInlineSnapshot(`
      "SEVERITY  REASON   WHERE                    SEEN       LAST    TREND         NOTE
      high      BackOff  shop/payments (18 pods)  18 in 17m  5m ago  █▄█▄█▄▄█▄█▄█  Back-off restarting failed conta…
      "
    `)
  })

  it('says what it means that many were seen at one time, and of what began long before it was first seen', async () => {
    const atOnce = anObservation({
      uid: 'a',
      count: 16,
      countDelta: 16,
      countIsLowerBound: true,
      firstObserved: NOON,
      deltaSince: NOON,
    })
    const once = anObservation({ uid: 'b', reason: 'Killing', severity: 'low', note: 'Stopping container payments' })
    const since = anObservation({
      uid: 'c',
      reason: 'FailedMount',
      severity: 'medium',
      note: 'timed out',
      count: 9,
      countDelta: 9,
      deltaSince: NOON - HOUR,
    })
    const words = ['patterns', '--min-occurrences', '1', '--no-color']
    const { out } = await eventloom([...words, '--min-rate-per-minute', '0'], {
      reader: await storeWith([atOnce, once, since]),
      isTerminal: true,
    })
    expect(out).toMatchInlineSnapshot(`
      "SEVERITY  REASON       WHERE          SEEN         LAST    TREND         NOTE
      high      BackOff      shop/payments  ≥16 at once  5m ago  █             Back-off restarting failed container…
      medium    FailedMount  shop/payments  9 in 1h      5m ago  █             timed out
      low       Killing      shop/payments  once         5m ago  █             Stopping container payments
      "
    `)
  })

  it('tells what is late, of which workload, and when it was expected', async () => {
    const detector = aDetector()
    const runs = Array.from({ length: 9 }, (_, back) =>
      anObservation({
        uid: `run-${back}`,
        reason: 'SuccessfulCreate',
        severity: 'info',
        note: `Created job backup-${back}`,
        owner: { kind: 'CronJob', name: 'backup' },
        lastObserved: NOON - HOUR - back * 5 * MINUTE,
        deltaSince: NOON - HOUR - back * 5 * MINUTE,
      }),
    )
    const rows = runs.toReversed().map((run) => ({ ...run, ...detector.detect(run) }))
    detector.advance({ cluster: 'lab', until: NOON, isWatched: true })
    const reader = await storeWith(rows, detector.changedRecords(true))
    const { out } = await eventloom(['patterns', '--trait', 'silent', '--no-color'], { reader, isTerminal: true })
    expect(out).toMatchInlineSnapshot(`
      "SEVERITY  REASON            WHERE        SEEN      TRAITS                                            LAST
      info      SuccessfulCreate  shop/backup  9 in 40m  silent, every 5m CronJob/backup, expected 1h ago  1h ago
      "
    `)
    const one = await eventloom(['patterns', 'SuccessfulCreate:Pod:shop'], { reader })
    expect(one.out.split('\n').slice(4, 9).join('\n')).toMatchInlineSnapshot(`
      "trend   ███ ██ ██ ██
      is      silent, periodic
      ever    ×9 since 2026-05-11T10:20:00Z
      rhythm  every 5m CronJob/backup, expected 1h ago (silent)
      says    ×9  Created job <name>"
    `)
    expect((await eventloom(['patterns', '--trait', 'burst'], { reader, isTerminal: true })).out).toBe(
      'No pattern of this range has such a trait.\n',
    )
    expect((await eventloom(['patterns', '--trait', 'silly'], { reader })).err).toContain(
      '"silly" is no trait of a pattern. It is one of burst, recurring, novel, silent, periodic',
    )
  })

  it('leaves room to say where a pattern is, however much there is to say of its traits', () => {
    const one = { reason: 'ExternalProvisioning', 'regarding.kind': 'PersistentVolumeClaim', namespace: 'shop' }
    const rhythm = { cluster: 'lab', workload: { kind: 'CronJob', name: 'nightly-report' }, periodSeconds: 3_600, lastBeat: formatTime(NOW), nextExpected: formatTime(NOW + HOUR), isSilent: false } // prettier-ignore
    const pattern = { id: 'x', key: one, occurrences: 58, isLowerBound: false, objects: 30, observations: 58, firstObserved: formatTime(NOON - HOUR), lastObserved: formatTime(NOON), ratePerMinute: 1, maxSeverity: 'low', trend: [1], traits: ['burst', 'recurring', 'periodic'], counted: null, rhythms: [rhythm], bursts: [], templates: [], samples: [], query: '' } // prettier-ignore
    const look = { columns: 80, hasTitle: true, now: NOW, paint: (_style: string, text: string) => text, hasTraits: true } // prettier-ignore
    expect(patternLines([pattern], look).join('\n')).toMatchInlineSnapshot(`
      "SEVERITY  REASON                WHERE               SEEN      TRAITS
      low       ExternalProvisioning  shop (30 …eclaims)  58 in 1h  burst, recurring,…"
    `)
  })

  it('tells all of one', async () => {
    const { out } = await eventloom(['patterns', 'BackOff:Pod:shop'], { reader: await storeWith(failures(4)) })
    expect(out).toMatchInlineSnapshot(`
      "high  reason BackOff · regarding.kind Pod · namespace shop
      seen    ×4, 1.33 a minute, 4 objects, 4 observations
      first   2026-05-11T11:57:00Z
      last    2026-05-11T12:00:00Z
      trend   █  █   █   █

      Examples
        2026-05-11T12:00:00Z  Pod/payments-3  Back-off restarting failed container payments in pod payments-0_shop
        2026-05-11T11:59:00Z  Pod/payments-2  Back-off restarting failed container payments in pod payments-0_shop
        2026-05-11T11:58:00Z  Pod/payments-1  Back-off restarting failed container payments in pod payments-0_shop
        2026-05-11T11:57:00Z  Pod/payments-0  Back-off restarting failed container payments in pod payments-0_shop

      Its events: eventloom events 'reason:"BackOff" AND regarding.kind:"Pod" AND namespace:"shop"'
      "
    `)
  })

  it('is an answer with its list as JSON', async () => {
    const { out } = await eventloom(['patterns', '--json'], { reader: await storeWith(failures(4)) })
    expect(JSON.parse(out)).toMatchObject({
      total: 1,
      cursor: null,
      patterns: [{ id: 'BackOff:Pod:shop', occurrences: 4 }],
    })
  })

  it('says which pattern did not happen', async () => {
    const { err, exitCode } = await eventloom(['patterns', 'Killing:Pod:shop'], {
      reader: await storeWith(failures(4)),
    })
    expect(exitCode).toBe(1)
    expect(err).toContain('Nothing of the pattern "Killing:Pod:shop" happened')
  })
})

describe('eventloom correlations', () => {
  const body = aCorrelation({
    title: 'FailedMount: Deployment shop/payments',
    severity: 'high',
    worstSeverity: 'critical',
    isOpen: true,
    problems: [
      { id: 'p', class: 'FailedMount', object: 'Pod shop/payments-0', workload: '', severity: 'high', state: 'quiet' },
    ],
    members: 3,
    occurrences: 9,
    evidence: [{ words: 'same owner', members: 2 }],
  })
  const record = aRecord('correlation', { id: 'c-0123456789abcdef', from: NOON - HOUR, body })

  it('lists groups', async () => {
    const { out } = await eventloom(['correlations', '--from', '-2h', '--no-color'], {
      reader: await storeWith([], [record]),
      isTerminal: true,
    })
    expect(out).toMatchInlineSnapshot(`
      "ID                  SEVERITY  WHAT                                   EVENTS  LAST    LASTED  STATE
      c-0123456789abcdef  high      FailedMount: Deployment shop/payments      ×9  5m ago  1h      open
      "
    `)
  })

  it('tells one as a story, oldest first', async () => {
    const { out } = await eventloom(['correlations', record.id], { reader: await storeWith(failures(2), [record]) })
    expect(out).toMatchInlineSnapshot(`
      "c-0123456789abcdef  high (worst: critical)  FailedMount: Deployment shop/payments
      3 observations, ×9, 2026-05-11T11:00:00Z to 2026-05-11T12:00:00Z
        quiet: FailedMount of Pod shop/payments-0, high
        2 × same owner

      LAST                  OBJECT               REASON   NOTE                                                                  WHY HERE
      2026-05-11T11:59:00Z  shop/Pod/payments-0  BackOff  Back-off restarting failed container payments in pod payments-0_shop  first of its group
      2026-05-11T12:00:00Z  shop/Pod/payments-1  BackOff  Back-off restarting failed container payments in pod payments-0_shop  first of its group
      "
    `)
  })

  it('that is not there is looked for by a command', async () => {
    const { err, exitCode } = await eventloom(['correlations', 'c-nope'])
    expect({ err, exitCode }).toEqual({
      err: 'correlations: There is no group "c-nope". List them: eventloom correlations\n',
      exitCode: 1,
    })
  })
})

describe('wrong flags', () => {
  it('are told as JSON to who asked for JSON, on one line', async () => {
    for (const asked of [['--json'], ['-o', 'json'], ['-ojson'], ['--output=json']]) {
      const { err, out, exitCode } = await eventloom(['events', 'raeson:x', '--limit', '0', ...asked])
      expect({ out, exitCode, lines: err.split('\n').length }).toEqual({ out: '', exitCode: 2, lines: 2 })
      const { error } = JSON.parse(err) as { error: { exitCode: number; problems: string[] } }
      expect(error.exitCode).toBe(2)
      expect(error.problems).toHaveLength(2)
    }
    expect(JSON.parse((await eventloom(['evnts', '--json'])).err)).toMatchObject({ error: { exitCode: 2 } })
    expect(JSON.parse((await eventloom(['correlations', 'c-nope', '--json'])).err)).toMatchObject({
      error: { exitCode: 1 },
    })
  })

  it('are all told at once, and nothing is opened', async () => {
    const { err, out, exitCode, opened } = await eventloom([
      'events',
      'raeson:BackOff AND (',
      '--frm',
      '-1h',
      '--limit',
      'many',
      '--to',
      'yesterday',
      '--url',
      'x',
      '--data',
      'y',
    ])
    expect({ exitCode, out, opened }).toEqual({ exitCode: 2, out: '', opened: [] })
    expect(err).toMatchInlineSnapshot(`
      "--frm: there is no such flag. Did you mean --from?
      query, column 1: there is no field "raeson". Did you mean reason? To look for this text in notes, put it in quotes
          raeson:BackOff AND ( -1h
          ^^^^^^
      query, column 20: this parenthesis is never closed. Write ) behind the last condition, or \\( when it is part of a value
          raeson:BackOff AND ( -1h
                             ^
      --to: "yesterday" is not a time. Write for example 2026-05-11T09:00:00Z, 2026-05-11, now, -1h, now-7d or the ms or µs since 1970
      --limit: must be a whole number from 1 to 10,000
      --url and --data exclude each other: a collector has its own data.
      Try: eventloom events --help
      "
    `)
  })

  const cases: readonly { readonly words: readonly string[]; readonly says: string }[] = [
    { words: ['qurey'], says: 'unknown command' },
    { words: ['events', '--limit'], says: "option '--limit <N>' argument missing" },
    { words: ['patterns', 'a:b:c', 'd'], says: '"d": this command takes no further argument.' },
    { words: ['aggregate', '--window', 'often'], says: '--window: "often" is not the width of a window' },
    { words: ['aggregate', '--group-by', 'raeson'], says: 'Did you mean reason?' },
    { words: ['replay'], says: 'FILE: name at least one recording' },
    { words: ['replay', 'x.jsonl', '--speed', 'fast', '--rebse'], says: '--rebse: there is no such flag. Did you mean --rebase?\n--speed: "fast" is not a number' },
    { words: ['record', '--max-bytes', 'lots'], says: '--out: name the folder to write to, for example --out ./recording\n--max-bytes: "lots" is not a size' },
    { words: ['migrate', '--from', 'postgres', '--to', 'memory'], says: '--from: "postgres" is no store that keeps anything. Use one of duckdb, elasticsearch.\n--to: "memory" is no store' },
    { words: ['migrate', '--from', 'duckdb', '--to', 'duckdb'], says: '--to: it is the same kind of store as --from' },
    { words: ['completion', 'tcsh'], says: '"tcsh" is not one of bash, zsh, fish' },
    { words: ['events', '--url', 'localhost'], says: '--url: "localhost" is not the address of a collector' },
    { words: ['config', 'chekc'], says: 'unknown command' },
    { words: ['events', '-o', 'xml'], says: '--output: "xml" is not one of json, yaml, wide.' },
    { words: ['events', '-n', 'shop', '-A'], says: '--namespace and --all-namespaces exclude each other.' },
    { words: ['problems', '-l', 'a=b=c'], says: '--selector: "a=b=c" is no label selector.' },
    { words: ['run', 'now'], says: '"now": this command takes no further argument.' },
  ] // prettier-ignore

  it.each(cases)('$words are refused with what to do', async ({ words, says }) => {
    const { err, exitCode } = await eventloom(words)
    expect(err).toContain(says)
    expect(err).not.toMatch(/^\s+at /m)
    expect(exitCode).toBe(2)
  })
})

describe('where answers come from', () => {
  let server: Server | undefined
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
    rmSync(join(directory, 'collector.json'), { force: true })
  })

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async function collector(rows: readonly Observation[], token: string | null = null): Promise<string> {
    return serve(collectorOver(await storeWith(rows), undefined, token))
  }

  const commands = [
    ['events', 'reason:FailedMount OR reason:OOMKilling'],
    ['events', '*', '--json', '--limit', '2'],
    ['aggregate', '--group-by', 'reason,category', '--window', '1h', '--json'],
    ['aggregate', '--group-by', 'reason'],
    ['patterns', '--min-occurrences', '1', '--min-rate-per-minute', '0'],
    ['patterns', 'FailedMount:Pod:shop'],
    ['correlations', '--json'],
    ['dead-letters', 'list'],
    ['dead-letters', 'list', '--json'],
    ['events', 'raeson:x'],
    ['fields', 'reason'],
    ['values', 'reason', '--json'],
    ['gaps'],
    ['export', 'reason:FailedMount'],
    ['correlations', 'c-none'],
  ]

  it.each(commands)('files and collector say the same: %s %s %s', async (...words) => {
    const url = await collector(aStory)
    const fromFiles = await eventloom(words, { reader: await storeWith(aStory) })
    const overHttp = await eventloom([...words, '--url', url])
    const { opened, ...seen } = fromFiles
    expect(opened.length === 0 || opened.at(-1) === 'closed').toBe(true)
    expect(overHttp).toEqual({ ...seen, opened: [] })
  })

  /** As a collector does, this process has a file of the directory open while it serves. */
  async function havingTheDirectory<Seen>(look: () => Promise<Seen>): Promise<Seen> {
    const file = openSync(join(directory, 'buffer.db'), 'w')
    return look().finally(() => closeSync(file))
  }

  it('is the collector that has the data directory, with its token', async () => {
    const token = 'a-token-of-more-than-16-characters'
    writeFileSync(join(directory, 'token'), `${token}\n`, { mode: 0o600 })
    const url = await collector(aStory, token)
    await writeCollectorFile(directory, { url, pid: process.pid, tokenFile: join(directory, 'token') })
    const { out, opened } = await havingTheDirectory(() => eventloom(['events', '*', '--data', directory]))
    expect(out.split('\n')).toHaveLength(4)
    expect(opened).toEqual([])
  })

  it('are the files when that collector is dead, or its number or port is another program now', async () => {
    const url = await collector(aStory)
    for (const named of [
      { url, pid: 2 ** 22 + 1 },
      { url, pid: 1 },
      { url: 'http://127.0.0.1:1', pid: process.pid },
    ]) {
      await writeCollectorFile(directory, { ...named, tokenFile: null })
      const { opened } = await havingTheDirectory(() => eventloom(['events', '*', '--data', directory]))
      expect(opened).toEqual([directory, 'closed'])
    }
  })

  it('is never an address that a directory names and no process of ours that has it, whatever file it calls a token', async () => {
    const heard: unknown[] = []
    const url = await serve(({ headers }, response) => {
      heard.push(headers)
      response.end('{}')
    })
    const port = new URL(url).port
    const child = spawn('sleep', ['60'])
    for (const named of [
      { url, pid: process.pid },
      { url, pid: 1 },
      { url, pid: child.pid ?? 0 },
    ]) {
      await writeCollectorFile(directory, { ...named, tokenFile: '/etc/hostname' })
      const { opened } = await eventloom(['events', '*', '--data', directory])
      expect(opened).toEqual([directory, 'closed'])
    }
    await writeCollectorFile(directory, {
      url: `http://127.0.0.1.example:${port}`,
      pid: process.pid,
      tokenFile: '/etc/hostname',
    })
    expect((await havingTheDirectory(() => eventloom(['events', '*', '--data', directory]))).opened).toHaveLength(2)
    child.kill()
    expect(heard).toEqual([])
  })

  it('are told of --url and --token-file when the files cannot be opened beside a collector of somebody else', async () => {
    await writeCollectorFile(directory, { url: 'http://127.0.0.1:1', pid: 1, tokenFile: null })
    const openReader = () => Promise.reject(new Error('another process has it'))
    const { err } = await eventloom(['events', '*', '--data', directory], { actions: { openReader } })
    expect(err).toContain(
      `${directory}: another process has it The collector that collector.json names is no process of yours that has this directory. Ask it with --url URL --token-file FILE.`,
    )
  })

  it('get no token of the configuration with --url', async () => {
    const heard: unknown[] = []
    const url = await serve(({ headers }, response) => {
      heard.push(headers.authorization)
      response.end('{}')
    })
    const token = join(directory, 'token')
    writeFileSync(token, 'a-token-of-more-than-16-characters', { mode: 0o600 })
    const environment = { EVENTLOOM_API_TOKEN_FILE: token }
    await eventloom(['events', '*', '--url', url], { environment })
    await eventloom(['events', '*', '--url', url, '--token-file', token])
    expect(heard).toEqual([undefined, 'Bearer a-token-of-more-than-16-characters'])
  })

  it('are asked with no token that every user can read, unless that is wanted', async () => {
    const heard: unknown[] = []
    const url = await serve(({ headers }, response) => {
      heard.push(headers.authorization)
      response.end('{}')
    })
    const token = join(directory, 'token')
    writeFileSync(token, 'a-token-of-more-than-16-characters')
    chmodSync(token, 0o644)
    const words = ['events', '*', '--url', url, '--token-file', token]
    expect(await eventloom(words)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(
        `Every user of this machine can read the token file ${token}. Close it: chmod o-r ${token}`,
      ) as string,
    })
    expect(heard).toEqual([])
    await eventloom(words, { environment: { EVENTLOOM_API_ALLOW_SHARED_TOKEN_FILE: 'true' } })
    expect(heard).toEqual(['Bearer a-token-of-more-than-16-characters'])
  })

  it('is told when it needs a token, or does not answer, or is something else', async () => {
    const refused = await eventloom(['events', '*', '--url', await collector([], 'a-token-of-more-than-16-characters')])
    expect(refused).toMatchObject({
      exitCode: 1,
      err: 'events: Send the token of the collector: "Authorization: Bearer …".\n',
    })
    const nobody = await eventloom(['events', '*', '--url', 'http://127.0.0.1:1'])
    expect(nobody.err).toBe(
      'events: No collector answers at http://127.0.0.1:1 (ECONNREFUSED). Start one with "eventloom run", or read files with --data DIR.\n',
    )
    const other = await eventloom([
      'events',
      '*',
      '--url',
      await serve((_request, response) => void response.end('<html>')),
    ])
    expect(other.err).toContain('what answers is not a collector')
  })
})

describe('text of other people', () => {
  const HOSTILE = 'a\u001b]0;owned\u0007\u001b[2J\r\u009b31m\u202eb.jsonl'

  it('steers no terminal from file names, failures, refusals or notices', async () => {
    const replay: Actions['replay'] = async (_config, _options, report) => {
      report.refused(`${HOSTILE}:1: no JSON`)
      report.refused('two\nlines')
      throw new Error(`read ${HOSTILE}: no such file`)
    }
    const { out, err } = await eventloom(['replay', HOSTILE], { actions: { replay } })
    expect(out).toBe('')
    expect(err).toBe(
      'a␛]0;owned␇␛[2J <U+009B>31m<U+202E>b.jsonl:1: no JSON\ntwo\nlines\nreplay: read a␛]0;owned␇␛[2J <U+009B>31m<U+202E>b.jsonl: no such file\n',
    )
    const wrong = await eventloom(['events', HOSTILE, '--form', HOSTILE])
    expect(wrong.err).not.toContain('\u001b')
    expect(
      startLines(
        { version: '1', doing: HOSTILE, store: HOSTILE, url: '' },
        { columns: 80, paint: (_style, text) => text },
      ).join(''),
    ).not.toContain('\u001b')
  })
})

describe('eventloom replay', () => {
  it('ends with one JSON object of exactly the promised keys', async () => {
    const { out, err, exitCode } = await eventloom(['replay', 'a.jsonl', '--json'], {
      actions: { replay: async () => SUMMARY },
    })
    expect(Object.keys(JSON.parse(out) as object)).toEqual([
      'received',
      'outcomes',
      'balanced',
      'passedOver',
      'observations',
      'logicalEvents',
      'occurrences',
      'firstObserved',
      'lastObserved',
      'seconds',
      'eventsPerSecond',
      'patterns',
      'unknownReasons',
    ])
    expect({ err, exitCode, lines: out.trimEnd().split('\n').length }).toEqual({ err: '', exitCode: 0, lines: 1 })
  })

  it('says what it did, and names the first pieces that it could not use', async () => {
    const replay: Actions['replay'] = async (_config, _options, report) => {
      report.progress({ received: 5, stored: 2 })
      for (let line = 1; line <= 12; line++) report.refused(`a.jsonl:${line}: not JSON`)
      return { ...SUMMARY, received: 19, outcomes: { ...SUMMARY.outcomes, dropped: { malformed: 12 } } }
    }
    const { out, err, exitCode } = await eventloom(['replay', 'a.jsonl'], { actions: { replay } })
    expect(exitCode).toBe(3)
    expect(err.trimEnd().split('\n')).toHaveLength(11)
    expect(err).toContain('a.jsonl:10: not JSON\n2 more could not be used.\n')
    expect(out).toContain(
      '19 versions received · 4 stored · 1 bookmark · 1 deletion · 1 error notice · 12 dropped · balanced, 0.4s',
    )
  })

  it('shows what went wrong, and routine only where nothing did', async () => {
    const routine = failures(9).map((row) => ({ ...row, id: `${row.id}-pulled`, uid: `${row.uid}-pulled`, reason: 'Pulled', severity: 'info' as const })) // prettier-ignore
    const replayed = async (rows: readonly Observation[]) => {
      const { out } = await eventloom(['patterns', '--json'], { reader: await storeWith(rows) })
      const { patterns } = JSON.parse(out) as { patterns: PatternJson[] }
      return (await eventloom(['replay', 'a'], { actions: { replay: async () => ({ ...SUMMARY, patterns }) } })).out
    }
    const both = await replayed([...failures(9), ...routine])
    expect(both).toContain('BackOff')
    expect(both).not.toContain('Pulled')
    expect(await replayed(routine)).toContain('Pulled')
  })

  it('passes files, flags and configuration on', async () => {
    const asked: unknown[] = []
    const replay: Actions['replay'] = async (config, { files, cluster }) => {
      asked.push(config.data, config.recordings, files, cluster)
      return SUMMARY
    }
    await eventloom(['replay', 'a', '-', '--data', 'd', '--rebase', '--speed', '60', '--cluster', 'prod'], {
      actions: { replay },
    })
    expect(asked).toEqual(['d', { rebase: true, speed: 60, loop: false, maxLineBytes: 4_000_000 }, ['a', '-'], 'prod'])
  })

  it('says when there are no events at all', async () => {
    const { out, exitCode } = await eventloom(['replay', 'c.json'], {
      actions: {
        replay: async () => ({ ...SUMMARY, received: 0, outcomes: { ...SUMMARY.outcomes, stored: 0, signalled: {} } }),
      },
    })
    expect({ out, exitCode }).toEqual({ out: 'There are no events in this input.\n', exitCode: 0 })
  })

  const outcomes = (dropped: Record<string, number>, stored: number) => ({
    ...SUMMARY,
    received: stored + Object.values(dropped).reduce((a, b) => a + b, 0),
    outcomes: { ...SUMMARY.outcomes, stored, dropped },
  })
  const cases = [
    { name: 'all stored', summary: outcomes({}, 3), code: 0 },
    {
      name: 'deletions only',
      summary: { ...SUMMARY, received: 1, outcomes: { ...SUMMARY.outcomes, stored: 0, signalled: { deletion: 1 } } },
      code: 0,
    },
    { name: 'one line malformed', summary: outcomes({ malformed: 1 }, 3), code: 3 },
    { name: 'nothing but files that hold no events', summary: { ...outcomes({}, 0), passedOver: 2 }, code: 4 },
    { name: 'files passed over beside events', summary: { ...outcomes({}, 3), passedOver: 2 }, code: 0 },
    { name: 'every line malformed', summary: outcomes({ malformed: 3 }, 0), code: 4 },
  ]
  it.each(cases)('ends with $code: $name', ({ summary, code }) => {
    expect(replayExitCode(summary)).toBe(code)
  })
})

describe('a reader of standard output that leaves', () => {
  it.each([
    ['events', '*', '--json'],
    ['events', '*'],
    ['aggregate', '--json', '--group-by', 'reason'],
    ['patterns'],
    ['--help'],
  ])('ends the command quietly: %s %s %s', async (...words) => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    const { exitCode, err } = await eventloom(words, { reader: await storeWith(failures(50)), stdout })
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  })
})

describe('configuration', () => {
  it('is checked with every problem at once', async () => {
    const file = join(directory, 'wrong.yaml')
    writeFileSync(file, 'retenton: {}\napi: { port: x }\n')
    const { err, exitCode } = await eventloom(['config', 'check', file])
    expect(err.replaceAll(directory, 'DIR')).toBe(
      'DIR/wrong.yaml:2:8 api.port: "x" is not a port from 0 to 65535 (0: any free one). Use for example 8085.\nDIR/wrong.yaml:1:1 retenton: There is no setting "retenton" here. Did you mean "retention"?\n',
    )
    expect(exitCode).toBe(2)
  })

  it('that excludes node events says so', async () => {
    const file = join(directory, 'prod.yaml')
    writeFileSync(file, 'clusters: [{ name: prod, namespaces: [prod] }]')
    const { out, exitCode } = await eventloom(['config', 'check', file])
    expect(out).toContain('Events of nodes and other objects without a namespace are excluded')
    expect(exitCode).toBe(0)
  })

  it('that is wrong stops every command before it begins', async () => {
    const file = join(directory, 'wrong.yaml')
    writeFileSync(file, 'retenton: {}')
    for (const words of [['events', '*'], ['run'], ['replay', 'x'], ['rules', 'check']]) {
      const { exitCode, opened } = await eventloom([...words, '--config', file])
      expect({ exitCode, opened }).toEqual({ exitCode: 2, opened: [] })
    }
  })

  it('that is not there is named', async () => {
    const { err, exitCode } = await eventloom(['run', '--config', '/nowhere.yaml'])
    expect({ err, exitCode }).toEqual({ err: 'run: The file /nowhere.yaml does not exist.\n', exitCode: 1 })
  })

  it('has a schema', async () => {
    const { out } = await eventloom(['config', 'schema'])
    expect(JSON.parse(out)).toMatchObject({ properties: { clusters: { type: 'array' } } })
  })
})

describe('rules', () => {
  const mistake = {
    file: 'rules.yaml',
    line: 12,
    column: 9,
    what: 'There is no field "raeson".',
    fix: 'Did you mean event.reason?',
  }

  it('are checked with every problem at once', async () => {
    const checkRules: Actions['checkRules'] = async () => ({ rules: 0, problems: [mistake, mistake], warnings: [] })
    const { err, exitCode } = await eventloom(['rules', 'check', 'rules.yaml'], { actions: { checkRules } })
    expect(err).toBe('rules.yaml:12:9: There is no field "raeson". Did you mean event.reason?\n'.repeat(2))
    expect(exitCode).toBe(2)
  })

  it('that look wrong are allowed, with a warning', async () => {
    const checkRules: Actions['checkRules'] = async () => ({ rules: 3, problems: [], warnings: [mistake] })
    const { out, err, exitCode } = await eventloom(['rules', 'check'], { actions: { checkRules } })
    expect([out, err.startsWith('Warning: rules.yaml:12:9'), exitCode]).toEqual([
      '3 rules and filters are right.\n',
      true,
      0,
    ])
  })

  it('are tried on stored events', async () => {
    const seen: Observation[] = []
    const testRules: Actions['testRules'] = async (_options, observations) => {
      seen.push(...observations)
      return observations.map(({ reason }) => ({
        filteredBy: reason === 'Scheduled' ? 'no scheduling' : null,
        rule: 'mine',
        category: 'storage',
        severity: 'low',
        matching: ['mine'],
      }))
    }
    const { out } = await eventloom(['classify', 'namespace:shop', '--no-color'], {
      reader: await storeWith(aStory),
      isTerminal: true,
      actions: { testRules },
    })
    expect(seen).toEqual(aStory.slice(0, 2))
    expect(out).toMatchInlineSnapshot(`
      "REASON       OBJECT               STORED           NOW          BY             ALSO MATCHES
      Scheduled    shop/Pod/payments-0  info scheduling  filtered     no scheduling
      FailedMount  shop/Pod/payments-0  high storage     low storage  mine
      "
    `)
  })
})

describe('eventloom migrate', () => {
  const counted = { read: 10, stored: 9, alreadyStored: 1, rejected: 0, records: 2, seconds: 1 }

  it('says what was copied', async () => {
    const migrate = async () => ({ ...counted, differences: [] })
    const { out, exitCode } = await eventloom(['migrate', '--from', 'duckdb', '--to', 'elasticsearch'], {
      actions: { migrate },
    })
    expect(exitCode).toBe(0)
    expect(out).toBe('10 observations read, 9 stored, 1 were there, 0 refused; 2 records; 1 s\n')
  })

  it('fails when both stores do not hold the same, and says where', async () => {
    const difference = { cluster: 'lab', day: '2026-05-11T00:00:00Z', source: [10, 12, 9], target: [9, 11, 8] }
    const migrate = async () => ({ ...counted, differences: [difference] })
    const { out, err, exitCode } = await eventloom(['migrate', '--from', 'duckdb', '--to', 'elasticsearch'], {
      actions: { migrate },
    })
    expect(exitCode).toBe(1)
    expect(out).toContain('lab on 2026-05-11T00:00:00Z: 10, 12, 9 here, 9, 11, 8 there')
    expect(err).toContain('The stores differ')
  })
})

describe('help', () => {
  it('lists every exit code, and each command has an example', async () => {
    const { out, exitCode } = await eventloom(['--help'])
    expect(exitCode).toBe(0)
    for (const meaning of Object.values(EXIT_CODES)) expect(out).toContain(meaning)
    for (const name of [
      'run',
      'replay',
      'record',
      'events',
      'aggregate',
      'patterns',
      'correlations',
      'migrate',
      'completion',
    ]) {
      expect((await eventloom([name, '--help'])).out, name).toContain(`eventloom ${name}`)
    }
  })

  it('is what a line without command gets', async () => {
    const { err, exitCode } = await eventloom([])
    expect(err).toContain('Usage: eventloom')
    expect(exitCode).toBe(2)
  })

  it('tells the version', async () => {
    expect((await eventloom(['version'])).out).toBe('eventloom 0.1.0\n')
    expect((await eventloom(['--version'])).out).toBe('0.1.0\n')
  })
})

describe('the page docs/cli.md', () => {
  it('is made from the code', async () => {
    const streams = { stdout: new Screen(false), stderr: new Screen(false) }
    const stdin = Readable.from([])
    const terminal: Terminal = { stdin, ...streams, environment: {}, clock: () => NOW, signal, version: '0.1.0' }
    const [output, errors] = [new Output(streams.stdout), new Output(streams.stderr)]
    const program = createProgram({ actions: {} as Actions, terminal, output, errors, exit: () => undefined })
    await expect(cliReference(program)).toMatchFileSnapshot('../../../docs/cli.md')
  })
})

describe('the start screen', () => {
  it('says what it does and why, what it counted and found, and the next step', async () => {
    const plain = (_style: string, text: string) => text
    const { out } = await eventloom(['patterns', '--json'], { reader: await storeWith(failures(18)) })
    const { patterns } = JSON.parse(out) as { patterns: PatternJson[] }
    const doing = 'no cluster reachable through the current kubeconfig: playing the shipped recording'
    const start = { version: '0.1.0', doing, store: 'DuckDB  ./data/eventloom.duckdb', url: 'http://127.0.0.1:8085' }
    const accounts = {
      ...NONE,
      received: 41_212,
      stored: 41_207,
      filtered: { noise: 2 },
      signalled: { deletion: 2 },
      dropped: { malformed: 1 },
    }
    const lines = [
      ...startLines(start, { columns: 110, paint: plain }),
      ...ingestLines(accounts, 1.94, 110),
      '',
      ...foundLines(patterns, { columns: 110, now: NOW, paint: plain }),
      WATCHING,
    ]
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "eventloom 0.1.0  ·  no cluster reachable through the current kubeconfig: playing the shipped recording
        store      DuckDB  ./data/eventloom.duckdb
        api        http://127.0.0.1:8085/api/v1
        docs       http://127.0.0.1:8085/docs
        metrics    http://127.0.0.1:8085/metrics
        ingest     41,212 versions received · 41,207 stored · 2 filtered · 2 deletions · 1 dropped · balanced, 1.9s

      What recurs
        SEVERITY  REASON   WHERE                    SEEN       LAST    TREND         NOTE
        high      BackOff  shop/payments (18 pods)  18 in 17m  5m ago  █▄█▄█▄▄█▄█▄█  Back-off restarting failed con…

      Next
        eventloom incidents
        eventloom problems
        eventloom correlations
        eventloom events 'reason:BackOff'
        eventloom patterns 'BackOff:Pod:shop'
      Watching. Ctrl-C stops (everything accepted is kept)."
    `)
  })

  it.each([80, 100])('fits %i columns, and never cuts a reason', async (columns) => {
    const { out } = await eventloom(['patterns', '--json'], { reader: await storeWith(failures(18)) })
    const { patterns } = JSON.parse(out) as { patterns: PatternJson[] }
    const look = { columns, now: NOW, paint: (_style: string, text: string) => text }
    const doing =
      'no cluster reachable through the current kubeconfig: playing the shipped recording (a shop whose storage reaches its limit, times moved to now)'
    const start = { version: '0.1.0', doing, store: 'DuckDB  ./data/eventloom.duckdb', url: 'http://127.0.0.1:8085' }
    const accounts = {
      ...NONE,
      received: 41_212,
      stored: 41_205,
      filtered: { noise: 2 },
      signalled: { deletion: 2, bookmark: 1 },
      dropped: { malformed: 2 },
    }
    const lines = [
      ...startLines(start, look),
      ...ingestLines(accounts, 1.94, columns),
      ...foundLines(patterns, look),
      WATCHING,
    ]
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
    expect(lines.join('\n')).toContain('BackOff  shop/payments (18 pods)')
  })

  it('says it loudly when the sums do not balance', () => {
    expect(ingestLines({ ...NONE, received: 2, stored: 1 }, 1, 110)[0]).toContain('NOT BALANCED')
  })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('for %s asks the program itself', async (shell) => {
    const { out, exitCode } = await eventloom(['completion', shell])
    expect(exitCode).toBe(0)
    expect(out).toContain(' complete -- ')
  })

  it('offers words that are known, and values of the store', async () => {
    const reader = await storeWith(aStory)
    const offered = async (...words: string[]) =>
      (await eventloom(['complete', '--', ...words], { reader })).out
        .split('\n')
        .map((line) => line.split('\t')[0])
        .slice(0, -1)
    expect(await offered('corr')).toEqual(['correlations'])
    expect(await offered('query', '--sel')).toEqual(['--selector'])
    expect(await offered('events', '--namespace', '')).toEqual(['shop'])
    expect(await offered('events', '--reason', 'OOMKilling,F')).toEqual(['OOMKilling,FailedMount'])
    expect(await offered('events', '--limit', '')).toEqual([])
    expect(await offered('events', '--json', '--severity', 'm')).toEqual(['medium'])
    expect(await offered('run', '--play', 'x')).toEqual([':files'])
  })

  it('says nothing of a store that cannot be asked', async () => {
    const openReader = () => Promise.reject(new Error('no data'))
    expect(await eventloom(['complete', '--', 'events', '-n', 's'], { actions: { openReader } })).toMatchObject({
      out: '',
      err: '',
      exitCode: 0,
    })
  })

  it('offers nothing that steers the shell', async () => {
    const reader = await storeWith([{ ...aStory[0], namespace: 'a\u001b]0;x\u0007\nb' } as Observation])
    const { out } = await eventloom(['complete', '--', 'events', '-n', ''], { reader })
    expect(out).toBe('a␛]0;x␇ b\n')
  })
})
