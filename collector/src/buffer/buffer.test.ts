import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, statSync, copyFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aNotification } from '../../../test/support/a-notification.ts'
import { anObservation } from '../../../test/support/an-observation.ts'
import { isBalanced } from '../event/outcome.ts'
import { BufferBusyError, BufferWriteError, DurableBuffer, OutcomeCounts, type Commit } from './buffer.ts'

const STREAM = { clusterUid: 'c', path: '/apis/events.k8s.io/v1/events', selector: '' }
const MEGABYTE = 1_000_000

let directory: string
let file: string
let open: DurableBuffer[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-buffer-'))
  file = join(directory, 'buffer.sqlite')
})
afterEach(() => {
  for (const buffer of open.splice(0)) buffer.close()
  rmSync(directory, { recursive: true })
})

function openBuffer(maxBytes = MEGABYTE): DurableBuffer {
  const { buffer } = DurableBuffer.open(file, maxBytes, 'test')
  open.push(buffer)
  return buffer
}
function close(buffer: DurableBuffer): void {
  open = open.filter((other) => other !== buffer)
  buffer.close()
}

function aCommit(from: number, rows: number, note = 'note'): Commit {
  const outcomes = new OutcomeCounts()
  outcomes.receive(rows)
  const observations = Array.from({ length: rows }, (_, index) =>
    anObservation({ resourceVersion: from + index, name: `e-${from + index}`, note }),
  )
  return {
    rows: observations.map((observation) => ({
      observation,
      undecided: false,
      chain: `chain-${observation.name}`,
      highestCount: observation.count,
    })),
    records: [],
    heads: new Map(observations.map((o) => [`chain-${o.name}`, { ...o, highestCount: o.count, estimated: false }])),
    olderIds: [],
    outcomes,
    checkpoints: [{ stream: STREAM, resourceVersion: String(from + rows - 1) }],
  }
}

describe('the durable buffer', () => {
  it('hands entries over in order and forgets them when acknowledged, across a reopening', () => {
    const first = openBuffer()
    for (const from of [1, 11, 21]) first.commit(aCommit(from, 10))
    close(first)
    const buffer = openBuffer()
    const batch = buffer.next(20)
    expect(batch?.rows.map(({ observation }) => observation.resourceVersion)).toEqual(
      [...Array(20).keys()].map((n) => n + 1),
    )
    buffer.acknowledge(batch!, { stored: 20, alreadyStored: 0, rejected: [] })
    expect(buffer.pendingRows).toBe(10)
    expect(buffer.next(100)?.rows).toHaveLength(10)
    expect(buffer.checkpoint(STREAM)).toBe('30')
    expect(buffer.accounts()).toMatchObject({ received: 30, stored: 20, buffered: 10 })
  })

  it('hands over thousands of small entries, as a long outage leaves them, in turns that do not block for long', () => {
    const first = openBuffer()
    const many = 2_000
    for (let from = 1; from <= many; from++) first.commit(aCommit(from, 1))
    close(first)
    const buffer = openBuffer()
    let rows = 0
    for (let batch = buffer.next(10_000); batch !== null; batch = buffer.next(10_000)) {
      expect(batch.rows.length).toBeLessThanOrEqual(250)
      rows += batch.rows.length
      buffer.acknowledge(batch, { stored: batch.rows.length, alreadyStored: 0, rejected: [] })
    }
    expect(rows).toBe(many)
    expect(buffer.isEmpty).toBe(true)
  })

  it('raises its horizon to what it forgot, but not to a chain far ahead of all others', () => {
    const { buffer } = DurableBuffer.open(file, MEGABYTE, 'test', 500)
    open.push(buffer)
    const commitOf = (from: number, firstObserved: (index: number) => number): void => {
      const commit = aCommit(from, 500)
      const heads = new Map(
        [...commit.heads].map(([chain, head], index) => [chain, { ...head, firstObserved: firstObserved(index) }]),
      )
      buffer.commit({ ...commit, heads })
      buffer.acknowledge(buffer.next(1_000)!, { stored: 500, alreadyStored: 0, rejected: [] })
    }
    commitOf(1, (index) => (index === 7 ? 9_000_000 : index)) // one clock is far ahead
    for (const round of [1, 2, 3, 4]) commitOf(500 * round + 1, (index) => 1_000 * round + index)
    expect(buffer.head('chain-e-1')).toBeUndefined()
    expect(buffer.head('chain-e-8')).toMatchObject({ firstObserved: 9_000_000 })
    const { horizon } = buffer
    expect(horizon).toBeGreaterThan(1_000)
    expect(horizon).toBeLessThan(9_000_000)
    // Late chains, once forgotten, change nothing about those that were forgotten before.
    for (const round of [5, 6, 7]) commitOf(500 * round + 1, (index) => index)
    expect(buffer.horizon).toBeGreaterThanOrEqual(horizon)
    const last = buffer.horizon
    close(buffer)
    expect(openBuffer().horizon).toBe(last)
  })

  it('forgets no head while the row that it stands for waits', () => {
    const { buffer } = DurableBuffer.open(file, MEGABYTE, 'test', 100)
    open.push(buffer)
    for (let from = 1; from <= 1_000; from += 100) buffer.commit(aCommit(from, 100))
    const versions = Array.from({ length: 1_000 }, (_, index) => index + 1)
    const known = () => versions.filter((version) => buffer.head(`chain-e-${String(version)}`) !== undefined).length
    expect(known()).toBe(1_000)
    for (let from = 1_001; from <= 1_400; from += 100) {
      buffer.acknowledge(buffer.next(10_000)!, { stored: 1_000, alreadyStored: 0, rejected: [] })
      buffer.commit(aCommit(from, 100))
    }
    // But for one or two, which say how far the others reach.
    expect(known()).toBeLessThan(10)
  })

  it('never uses a sequence again', () => {
    const first = openBuffer()
    first.commit(aCommit(1, 1))
    const batch = first.next(10)!
    first.acknowledge(batch, { stored: 1, alreadyStored: 0, rejected: [] })
    close(first)
    const buffer = openBuffer(1) // so small that the acknowledged entry is not kept
    buffer.commit(aCommit(2, 1))
    expect(buffer.next(10)!.sequence).toBeGreaterThan(batch.sequence)
  })

  it('keeps its id for life, and another file has another', () => {
    const first = openBuffer()
    const { id } = first
    close(first)
    expect(openBuffer().id).toBe(id)
    close(open[0]!)
    rmSync(file)
    expect(openBuffer().id).not.toBe(id)
  })

  it('ends dead letters with their reason and knows them from then on', () => {
    const buffer = openBuffer()
    const commit = aCommit(1, 3)
    buffer.commit(commit)
    const { id } = commit.rows[1]!.observation
    const letter = { id, cause: 'mapping', detail: 'labels are too deep' }
    buffer.acknowledge(buffer.next(10)!, { stored: 2, alreadyStored: 0, rejected: [letter] })
    expect(buffer.deadLetters(10)).toEqual([{ ...letter, row: commit.rows[1] }])
    expect(buffer.isKnownOlder(id)).toBe(true)
    expect(isBalanced(buffer.accounts())).toBe(true)
    expect(buffer.accounts().deadLettered).toEqual({ mapping: 1 })
  })

  it('ends what the store has, and nobody acknowledged, as it ended there', () => {
    const first = openBuffer()
    const commits = [aCommit(1, 5), aCommit(6, 5), aCommit(11, 5)]
    for (const commit of commits) first.commit(commit)
    const sent = first.next(10)!
    close(first)
    const buffer = openBuffer()
    const letter = { id: commits[1]!.rows[2]!.observation.id, cause: 'mapping', detail: 'too deep' }
    const applied = { sequence: sent.sequence, alreadyStored: 2, rejected: [letter] }
    buffer.acknowledgeApplied(applied)
    buffer.acknowledgeApplied(applied)
    expect(buffer.accounts()).toMatchObject({ stored: 7, alreadyStored: 2, deadLettered: { mapping: 1 }, buffered: 5 })
    expect(buffer.deadLetters(10)).toEqual([{ ...letter, row: commits[1]!.rows[2] }])
    expect(buffer.next(10)?.rows).toEqual(commits[2]!.rows)
  })

  it('lets dead letters wait again, known and counted, across a reopening', () => {
    const first = openBuffer()
    const commit = aCommit(1, 2_500)
    first.commit(commit)
    const ids = commit.rows.map(({ observation }) => observation.id)
    const refused = ids.slice(0, 2_400).map((id) => ({ id, cause: 'mapping', detail: 'too deep' }))
    first.acknowledge(first.next(3_000)!, { stored: 100, alreadyStored: 0, rejected: refused })
    expect(first.replayDeadLetters()).toBe(2_400)
    close(first)
    const buffer = openBuffer()
    expect(buffer.deadLetterCount).toBe(0)
    expect(buffer.accounts()).toMatchObject({ received: 2_500, stored: 100, deadLettered: {}, buffered: 2_400 })
    expect(ids.slice(0, 2_400).every((id) => buffer.isKnownOlder(id))).toBe(true)
    const batch = buffer.next(10_000)!
    expect(new Set(batch.rows.map(({ observation }) => observation.id))).toEqual(new Set(ids.slice(0, 2_400)))
    expect(batch.rows.every(({ undecided }) => undecided)).toBe(true)
    const again = { id: ids[7]!, cause: 'other', detail: 'still too deep' }
    buffer.acknowledge(batch, { stored: 2_399, alreadyStored: 0, rejected: [again] })
    expect(buffer.deadLetters(10)).toMatchObject([again])
    expect(buffer.accounts()).toMatchObject({ stored: 2_499, deadLettered: { other: 1 }, buffered: 0 })
    expect(isBalanced(buffer.accounts())).toBe(true)
  })

  it('drops kept entries before its bound is passed', () => {
    const buffer = openBuffer(20_000)
    for (let from = 1; from < 2_000; from += 10) {
      buffer.commit(aCommit(from, 10, String(Math.random())))
      buffer.acknowledge(buffer.next(100)!, { stored: 10, alreadyStored: 0, rejected: [] })
      expect(buffer.bytes).toBeLessThanOrEqual(20_000)
    }
    expect(buffer.bytes).toBeGreaterThan(0)
    expect(buffer.bytes).toBeLessThanOrEqual(5_000)
  })

  it('learns the highest count of a chain from the store in whatever order its rows come', () => {
    const buffer = openBuffer()
    const rowOf = (resourceVersion: number, count: number) => ({
      observation: anObservation({ resourceVersion, count }),
      chain: 'chain',
      highestCount: count,
    })
    buffer.learnStored([rowOf(9, 40), rowOf(3, 7)])
    expect(buffer.head('chain')).toMatchObject({ resourceVersion: 9, highestCount: 40 })
  })

  it('gives the room of kept entries to those that wait', () => {
    const buffer = openBuffer(20_000)
    let from = 1
    const commit = () => {
      buffer.commit(aCommit(from, 10, String(Math.random())))
      from += 10
    }
    while (buffer.bytes < 4_000) {
      commit()
      buffer.acknowledge(buffer.next(100)!, { stored: 10, alreadyStored: 0, rejected: [] })
    }
    while (buffer.fullness < 0.9) {
      commit()
      expect(buffer.bytes).toBeLessThanOrEqual(20_000)
    }
    expect(buffer.next(1_000)!.rows.length).toBeGreaterThan(0)
  })

  it('brings kept entries back, with their heads and without checkpoints, when the store is lost', () => {
    const buffer = openBuffer()
    buffer.commit(aCommit(1, 10))
    buffer.acknowledge(buffer.next(100)!, { stored: 10, alreadyStored: 0, rejected: [] })
    buffer.commit(aCommit(11, 10))
    buffer.storeLost()
    expect(buffer.next(100)!.rows).toHaveLength(20)
    expect(buffer.checkpoint(STREAM)).toBeNull()
    expect(buffer.head('chain-e-3')?.resourceVersion).toBe(3)
    expect(buffer.accounts()).toMatchObject({ received: 20, stored: 0, buffered: 20 })
  })

  it('refuses a second owner with a sentence that says what to do', () => {
    openBuffer()
    expect(() => openBuffer()).toThrow(BufferBusyError)
    expect(() => openBuffer()).toThrow(/in use by another process: stop that collector/)
  })

  it('counts what a stream said beside versions apart from what was dropped, also in a file of before it did', () => {
    const outcomes = new OutcomeCounts()
    outcomes.receive(3)
    outcomes.end({ kind: 'signalled', cause: 'deletion' })
    outcomes.end({ kind: 'dropped', cause: 'malformed' }, 2)
    close(openBuffer())
    const database = new DatabaseSync(file)
    database.exec(
      "INSERT INTO account VALUES ('received', '', 5), ('dropped', 'deletion', 4), ('dropped', 'bookmark', 1)",
    )
    database.close()
    const buffer = openBuffer()
    buffer.commit({ ...aCommit(1, 0), outcomes, checkpoints: [] })
    expect(buffer.accounts()).toMatchObject({
      received: 8,
      signalled: { deletion: 5, bookmark: 1 },
      dropped: { malformed: 2 },
    })
    expect(isBalanced(buffer.accounts())).toBe(true)
  })

  it('recovers from a torn write-ahead log with every complete commit', () => {
    const first = openBuffer()
    for (const from of [1, 11, 21]) first.commit(aCommit(from, 10))
    const copy = join(directory, 'copy.sqlite')
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    truncateSync(`${copy}-wal`, statSync(`${copy}-wal`).size - 100)
    const { buffer } = DurableBuffer.open(copy, MEGABYTE, 'test')
    open.push(buffer)
    expect(buffer.pendingRows % 10).toBe(0)
    expect(buffer.pendingRows).toBe(20)
    expect(isBalanced(buffer.accounts())).toBe(true)
  })

  it('sets an unreadable file aside and begins anew', () => {
    writeFileSync(file, 'this was never a database, whatever its name says'.repeat(100))
    const { buffer, setAside } = DurableBuffer.open(file, MEGABYTE, '20260511')
    open.push(buffer)
    expect(setAside).toBe(`${file}.corrupt-20260511`)
    expect(readFileSync(setAside!, 'utf8')).toContain('never a database')
    buffer.commit(aCommit(1, 1))
    expect(buffer.pendingRows).toBe(1)
  })

  it('says that it cannot write, and is as before', () => {
    const buffer = openBuffer()
    buffer.commit(aCommit(1, 10))
    const broken = { ...aCommit(11, 10), checkpoints: [{ stream: STREAM, resourceVersion: null as unknown as string }] }
    expect(() => buffer.commit(broken)).toThrow(BufferWriteError)
    expect(buffer.pendingRows).toBe(10)
    expect(buffer.accounts().received).toBe(10)
    buffer.commit(aCommit(11, 10))
    expect(buffer.next(100)!.rows).toHaveLength(20)
  })
})

describe('what alert rules know', () => {
  const message = (key: string) => aNotification({ key })

  it('commits with the rows, waits for each receiver by itself, and is told once by key', () => {
    const first = openBuffer()
    first.outbox.use(['one', 'two'], () => 7)
    const rows = [
      { rule: 'a', cluster: 'c', body: '{"n":1}' },
      { rule: 'b', cluster: 'c', body: '{}' },
    ]
    first.commit({ ...aCommit(1, 1), alerts: { rows, messages: [message('x'), message('y')] } })
    first.commit({
      ...aCommit(2, 1),
      alerts: { rows: [{ rule: 'b', cluster: 'c', body: null }], messages: [message('y')] },
    })
    close(first)
    const buffer = openBuffer()
    expect(buffer.alerts.rows()).toEqual([rows[0]])
    const keysFor = (receiver: string) =>
      buffer.outbox.waiting(receiver, 10).map(({ notification }) => notification.key)
    expect(keysFor('one')).toEqual(['x', 'y'])
    buffer.outbox.drop(
      'one',
      buffer.outbox.waiting('one', 1).map(({ sequence }) => sequence),
    )
    expect(keysFor('one')).toEqual(['y'])
    expect(keysFor('two')).toEqual(['x', 'y'])
  })
})
