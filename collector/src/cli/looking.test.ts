import { aChange } from '../../../test/support/a-change.ts'
import { changeRecord } from '../pipeline/change-record.ts'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { aStory, collectorOver, eventloom, Screen, storeWith } from '../../../test/support/cli-session.ts'
import { HOUR } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'

describe('eventloom fields', () => {
  it('lists them with what they mean, or one by any of its names', async () => {
    const { out } = await eventloom(['fields'])
    expect(out).toContain('owner.name')
    const { fields, total } = JSON.parse((await eventloom(['fields', 'involvedObject.kind', '-o', 'json'])).out) as {
      fields: { name: string }[]
      total: number
    }
    expect({ total, names: fields.map(({ name }) => name) }).toEqual({ total: 1, names: ['regarding.kind'] })
    expect(await eventloom(['fields', 'raeson'])).toMatchObject({
      exitCode: 1,
      err: 'fields: There is no field "raeson". Did you mean reason?\n',
    })
  })
})

describe('eventloom values', () => {
  it('tells what a field holds, the most frequent first, and whether there may be more', async () => {
    const reader = await storeWith(aStory)
    const { out, err } = await eventloom(['values', 'reason', '--limit', '2'], { reader })
    expect(out).toMatchInlineSnapshot(`
      "OOMKilling   51,252
      FailedMount      42
      "
    `)
    expect(err).toBe('The 2 most frequent; there may be more: --limit\n')
    const narrowed = await eventloom(['values', 'reason', 'severity:info', '--prefix', 'Sch', '--json'], { reader })
    expect(JSON.parse(narrowed.out)).toMatchObject({
      total: 1,
      cursor: null,
      values: [{ value: 'Scheduled', occurrences: 1 }],
    })
  })

  it('of what is no field says what was meant', async () => {
    expect((await eventloom(['values', 'raeson'])).err).toContain('Did you mean reason?')
    expect((await eventloom(['values'])).exitCode).toBe(2)
  })
})

describe('eventloom gaps', () => {
  it('tells where data is missing and why', async () => {
    const body = { cluster: 'lab', stream: 'all namespaces', cause: 'the API server forgot its history' }
    const reader = await storeWith(aStory, [{ kind: 'gap', id: 'g', revision: 1, from: NOON - HOUR, to: NOON, body }])
    const { out } = await eventloom(['gaps'], { reader })
    expect(out).toBe(
      '2026-05-11T11:00:00Z  2026-05-11T12:00:00Z  lab  all namespaces  the API server forgot its history\n',
    )
    expect(JSON.parse((await eventloom(['gaps', '--json'], { reader })).out)).toMatchObject({
      total: 1,
      gaps: [{ id: 'g' }],
      unwatched: [],
    })
    expect((await eventloom(['gaps'], { isTerminal: true })).out).toBe('No gaps: nothing is missing in this range.\n')
  })
})

describe('eventloom changes', () => {
  const records = [
    changeRecord(aChange(-60, { object: 'Deployment shop/api', manager: 'helm', fields: ['spec.paused'] })),
    changeRecord(aChange(0)),
  ]

  it('tells who changed which objects, newest first', async () => {
    const { out } = await eventloom(['changes'], { reader: await storeWith(aStory, records) })
    expect(out).toBe(
      '2026-05-11T12:00:00Z  changed  ConfigMap shop/flags  kubectl-edit  data.flags   lab\n' +
        '2026-05-11T11:59:00Z  changed  Deployment shop/api   helm          spec.paused  lab\n',
    )
  })

  it('takes what to look at, and says what is wrong with it', async () => {
    const reader = await storeWith(aStory, records)
    const { out } = await eventloom(['changes', '--kind', 'Deployment', '--json'], { reader })
    expect(JSON.parse(out)).toMatchObject({ total: 1, changes: [{ manager: 'helm', fields: ['spec.paused'] }] })
    expect((await eventloom(['changes', '--what', 'moved'])).err).toContain('must be one of created, changed')
    expect((await eventloom(['changes'], { isTerminal: true })).out).toBe('No changes are known in this range.\n')
  })
})

describe('eventloom export', () => {
  it('gives every observation on a line of its own, oldest first', async () => {
    const { out } = await eventloom(['export', 'NOT reason:Scheduled'], { reader: await storeWith(aStory) })
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Observation)
    expect(rows.map(({ reason }) => reason)).toEqual(['FailedMount', 'OOMKilling'])
  })
  it('refuses a wrong query before it opens anything', async () => {
    const { err, exitCode, opened } = await eventloom(['export', 'raeson:x', '--limit', '3'])
    expect({ exitCode, opened }).toEqual({ exitCode: 2, opened: [] })
    expect(err).toContain('--limit: there is no such flag')
    expect(err).toContain('Did you mean reason?')
  })
})

describe('a running collector', () => {
  let server: Server | undefined
  afterEach(() => server?.closeAllConnections())
  const serve = async (...collector: Parameters<typeof collectorOver>) => {
    server = createServer(collectorOver(...collector))
      .listen(0, '127.0.0.1')
      .unref()
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('is asked for its status, which is an exit code too', async () => {
    const reader = await storeWith(aStory)
    expect((await eventloom(['status'], { reader })).out).toMatch(
      /^collector  no collector runs: this is what its files tell\nversions   0 versions received · 0 stored · 0 dropped · balanced\nstore      memory: 3 observations, /,
    )
    const ready = await eventloom(['status', '--url', await serve(reader)])
    expect(ready).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^collector  running, ready\n/) as string })
    const problems = [{ component: 'cluster lab', text: 'may not list events' }]
    const not = await eventloom(['status', '--url', await serve(reader, { live: true, ready: false, problems })])
    expect(not).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('running, NOT READY\nproblem    cluster lab: may not list events\n') as string,
    })
    const json = await eventloom(['status', '-o', 'json', '--url', await serve(reader)])
    expect(JSON.parse(json.out)).toMatchObject({
      running: true,
      ready: true,
      store: { observations: 3 },
      accounts: { balanced: true },
    })
  })

  it('exports the same as files', async () => {
    const reader = await storeWith(aStory)
    const files = await eventloom(['export', '-n', 'shop'], { reader })
    const { opened, ...asked } = await eventloom(['export', '-n', 'shop', '--url', await serve(reader)])
    expect(opened).toEqual([])
    expect(asked).toMatchObject({ out: files.out, err: '', exitCode: 0 })
    expect((await eventloom(['export', '--url', await serve(reader), '--from', 'now', '--to', '-1h'])).exitCode).toBe(2)
  })

  it('is followed: each row that it stores is shown once, also what happened long before', async () => {
    const store = createMemoryStore()
    let sequence = 0
    const write = (...rows: readonly Observation[]) =>
      store.write(
        {
          bufferId: 'b',
          sequence: ++sequence,
          rows: rows.map((observation) => ({ observation, undecided: false })),
          records: [],
        },
        new AbortController().signal,
      )
    const row = (name: string, lastObserved: number) =>
      anObservation({
        id: name,
        uid: name,
        reason: name,
        lastObserved,
        firstObserved: lastObserved,
        deltaSince: lastObserved,
        received: NOON + HOUR,
      })
    await write(row('Before', NOON), row('Older', NOON - HOUR))
    const stopping = new AbortController()
    const stdout = new Screen(false)
    const url = await serve(store)
    const command = eventloom(['events', '-w', '-o', 'json', '--limit', '1', '--url', url, 'NOT reason:Not*'], {
      stdout,
      signal: stopping.signal,
    })
    const shown = () =>
      stdout.text
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as Observation).reason)
    const until = async (count: number) => {
      while (shown().length < count) await once(stdout, 'written')
    }
    await until(1)
    await write(row('Late', NOON - 2 * HOUR), row('NotThis', NOON), row('New', NOON + 1))
    await until(3)
    await write(row('Newer', NOON + 2))
    await until(4)
    stopping.abort()
    expect((await command).exitCode).toBe(0)
    expect(shown()).toEqual(['Before', 'Late', 'New', 'Newer'])
  })

  it('is what following needs', async () => {
    expect(await eventloom(['events', '-w'])).toMatchObject({
      exitCode: 1,
      err: 'events: No collector runs here, so that nothing comes. Start one with "eventloom run", or name one with --url.\n',
    })
  })
})
