import { describe, expect, it } from 'vitest'
import { aRow, KNOWLEDGE, minute, Story } from '../../../test/support/problem-story.ts'
import { DAY, SECOND } from '../clock.ts'
import { createProblems } from './problem.ts'

const WEB_2 = { reason: 'Started', name: 'web-2' } as const

describe('open, quiet, over', () => {
  it('is open while it is told of, quiet past its usual pause, and over by silence past its hold', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    expect(story.pass(5.9).state).toBe('open')
    expect(story.pass(6).state).toBe('quiet')
    story.tell(7, { reason: 'Chronic' })
    expect(story.state).toBe('open')
    expect(story.pass(21.9).state).toBe('quiet')
    expect(story.pass(22).state).toBe('over (silent)')
    expect(story.all[0]?.body.transitions.map(({ at, state }) => [at, state])).toEqual([
      [minute(1), 'open'],
      [minute(6), 'quiet'],
      [minute(7), 'open'],
      [minute(12), 'quiet'],
      [minute(22), 'over'],
    ])
  })

  it('ordinary life is no problem', () => {
    const story = new Story()
    expect(story.tell(1, { reason: 'Started' })).toBeNull()
    expect(story.all).toEqual([])
  })

  it('two kinds of trouble of one object are two problems, each with its own end', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(1, { reason: 'Chronic' })
    story.tell(2, { reason: 'Started' })
    expect(story.states).toEqual(['web-1 Chronic open', 'web-1 Crash over (cleared)'])
  })

  it('counts all that is told of it, and knows when that is a lower bound', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic', countDelta: 3, countUnplaced: 4 })
    story.tell(2, { reason: 'Chronic', countDelta: 2 })
    expect(story.all[0]?.body).toMatchObject({ occurrences: 9, isLowerBound: false })
    story.tell(3, { reason: 'Chronic', countEstimated: true })
    expect(story.all[0]?.body).toMatchObject({ occurrences: 10, isLowerBound: true })
  })
})

describe('ended by an event', () => {
  it('about the same object', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(1, { reason: 'Crash', name: 'web-2' })
    story.tell(2, { reason: 'Started' })
    expect(story.states).toEqual(['web-1 Crash over (cleared)', 'web-2 Crash open'])
  })

  it('and knows by which, and when', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.problems.judge(aRow(2, { reason: 'Started', id: 'the start' }))
    const ending = { how: 'cleared', observation: 'the start', at: minute(2) }
    expect(story.all[0]?.body.transitions.at(-1)).toMatchObject({ state: 'over', at: minute(2), endedBy: ending })
  })

  it('at the same time, as clocks of whole seconds make it', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(1, { reason: 'Started' })
    expect(story.state).toBe('over (cleared)')
  })

  it('about the same container only, where both name one', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash', container: 'app' })
    story.tell(2, { reason: 'Started', container: 'sidecar' })
    expect(story.state).toBe('open')
    story.tell(3, { reason: 'Started', container: 'app' })
    expect(story.state).toBe('over (cleared)')
  })

  it('a clearing of before its newest evidence says nothing', () => {
    const story = new Story()
    story.tell(3, { reason: 'Crash' })
    story.tell(2, { reason: 'Started' })
    expect(story.state).toBe('open')
  })

  it('of its workload; of another pod only when this one is quiet', () => {
    const story = new Story()
    story.tell(1, { reason: 'Hang', name: 'web-1' })
    story.tell(2, { reason: 'Created', name: 'web-2' })
    expect(story.state).toBe('open')
    story.tell(2, { reason: 'Created', kind: 'Deployment', name: 'other' })
    expect(story.state).toBe('open')
    story.tell(3, { reason: 'Created', kind: 'Deployment', name: 'web' })
    expect(story.state).toBe('over (cleared)')
    const quiet = new Story()
    quiet.tell(1, { reason: 'Hang', name: 'web-1' })
    quiet.tell(7, { reason: 'Created', name: 'web-2' })
    expect(quiet.state).toBe('over (cleared)')
  })

  it('of its node, with one of the words that the clearing needs', () => {
    const story = new Story()
    story.tell(1, { reason: 'Pressed' })
    story.tell(2, { reason: 'Ready', kind: 'Node', name: 'worker-2', note: 'all is well' })
    story.tell(2, { reason: 'Ready', kind: 'Node', name: 'worker-1', note: 'nothing new' })
    expect(story.state).toBe('open')
    story.tell(3, { reason: 'Ready', kind: 'Node', name: 'worker-1', note: 'now fine again' })
    expect(story.state).toBe('over (cleared)')
  })
})

describe('ended by a pod that came after it', () => {
  it('at once when the troubled pod is quiet, else as soon as it is', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(2, WEB_2)
    expect(story.pass(5.9).state).toBe('open')
    expect(story.pass(6).state).toBe('over (cleared)')
    const quiet = new Story()
    quiet.tell(1, { reason: 'Crash' })
    quiet.tell(7, WEB_2)
    expect(quiet.state).toBe('over (cleared)')
  })

  it('not while the troubled pod goes on to be told of', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(2, WEB_2)
    story.tell(4, { reason: 'Crash' })
    expect(story.pass(10).state).toBe('quiet')
  })

  it('not by one that was there before', () => {
    const story = new Story()
    story.tell(0.5, WEB_2)
    story.tell(1, { reason: 'Crash' })
    story.tell(7, WEB_2)
    expect(story.pass(8).state).toBe('quiet')
  })

  it.each([
    [
      'a StatefulSet: the next pod of the same name',
      { kind: 'StatefulSet', name: 'db' },
      'db-0',
      'worker-2',
      'over (gone)',
    ],
    ['a StatefulSet: not one of another name', { kind: 'StatefulSet', name: 'db' }, 'db-1', 'worker-1', 'quiet'],
    ['a DaemonSet: the next pod on the node', { kind: 'DaemonSet', name: 'db' }, 'db-x', 'worker-1', 'over (cleared)'],
    ['a DaemonSet: not one elsewhere', { kind: 'DaemonSet', name: 'db' }, 'db-x', 'worker-2', 'quiet'],
  ])('of %s', (_, owner, name, node, state) => {
    const story = new Story()
    story.tell(1, { reason: 'Crash', name: 'db-0', owner })
    story.tell(7, { reason: 'Started', name, podUid: 'another', node, owner })
    expect(story.pass(8).state).toBe(state)
  })

  it('is replaced, not silent, where newer pods ran without this trouble for the hold', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    story.tell(1.5, WEB_2)
    expect(story.pass(16).state).toBe('over (silent)')
    const longer = new Story()
    longer.tell(1, { reason: 'Chronic' })
    longer.tell(2, WEB_2)
    longer.tell(3, { reason: 'Chronic' })
    expect(longer.pass(18).state).toBe('over (replaced)')
  })

  it('is not replaced by a pod that has the same trouble', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    story.tell(2, WEB_2)
    story.tell(3, { reason: 'Chronic' })
    story.tell(4, { reason: 'Chronic', name: 'web-2' })
    expect(story.pass(18.5).states).toEqual(['web-1 Chronic over (silent)', 'web-2 Chronic quiet'])
  })
})

describe('gone', () => {
  it('with the object, the pod that a note names, the node and its pods, or another one of its name', () => {
    const object = new Story()
    object.tell(1, { reason: 'Chronic' })
    object.tell(2, { reason: 'Deleted' })
    expect(object.state).toBe('over (gone)')
    const named = new Story()
    named.tell(1, { reason: 'Chronic' })
    named.tell(2, { reason: 'Removed', kind: 'ReplicaSet', name: 'web', metadata: { pod: 'web-2' } })
    expect(named.state).toBe('open')
    named.tell(2, { reason: 'Removed', kind: 'ReplicaSet', name: 'web', metadata: { pod: 'web-1' } })
    expect(named.state).toBe('over (gone)')
    const node = new Story()
    node.tell(1, { reason: 'Chronic' })
    node.tell(1, { reason: 'Chronic', name: 'web-2', node: 'worker-2' })
    node.tell(1, { reason: 'Chronic', kind: 'Node', name: 'worker-1' })
    node.tell(2, { reason: 'Deleted', kind: 'Node', name: 'worker-1' })
    expect(node.states).toEqual(['web-1 Chronic over (gone)', 'web-2 Chronic open', 'worker-1 Chronic over (gone)'])
    const again = new Story()
    again.tell(1, { reason: 'Chronic' })
    again.tell(2, { reason: 'Scheduled', podUid: 'another' })
    expect(again.state).toBe('over (gone)')
  })

  it('a job that a note names ends the job and no pod of that name', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic', kind: 'Job', name: 'web-1' })
    story.tell(1, { reason: 'Chronic' })
    story.tell(2, { reason: 'Removed', kind: 'CronJob', name: 'nightly', metadata: { job: 'web-1' } })
    expect(story.all.map(({ body }) => [body.object.kind, body.transitions.length])).toEqual([
      ['Job', 2],
      ['Pod', 1],
    ])
  })

  it('is not known by an event of before its newest evidence', () => {
    const story = new Story()
    story.tell(3, { reason: 'Chronic' })
    story.tell(2, { reason: 'Deleted' })
    story.tell(2, { reason: 'Scheduled', podUid: 'the one before' })
    expect(story.state).toBe('open')
  })

  it('a stopping pod that fails its probes has no problem; one that fails them later has', () => {
    const story = new Story()
    story.tell(1, { reason: 'Deleted' })
    expect(story.tell(3, { reason: 'Chronic', category: 'probe' })).toBeNull()
    expect(story.tell(3, { reason: 'Chronic', category: 'probe', name: 'web-2' })).not.toBeNull()
    expect(story.tell(7, { reason: 'Chronic', category: 'probe' })).not.toBeNull()
  })
})

describe('while nobody watches', () => {
  it('nothing ends by silence, and the time that was not watched does not count', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    story.look(4)
    story.problems.judge(aRow(600, { reason: 'Started', name: 'elsewhere' }))
    expect(story.problems.of('lab')).toMatchObject({ isWatched: false })
    expect(story.state).toBe('open')
    story.pass(601)
    expect(story.pass(602.9).state).toBe('open')
    expect(story.pass(603).state).toBe('quiet')
    expect(story.pass(612.9).state).toBe('quiet')
    expect(story.pass(613).state).toBe('over (silent)')
  })

  it('what it was watched for until then counts: silence was silence', () => {
    const story = new Story()
    story.tell(0, { reason: 'Crash' })
    story.pass(4)
    expect(story.look(6).state).toBe('quiet')
  })

  it('what comes too late for its own time is as silent as it was until then', () => {
    const story = new Story()
    story.pass(6).look(6)
    story.tell(0, { reason: 'Crash' })
    expect(story.state).toBe('quiet')
  })

  it('over several breaks only what was watched counts, and after a break the reporter has its usual pause', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    for (const [from, to] of [
      [0, 7],
      [100, 104],
      [200, 203],
    ] as const)
      story.pass(from).pass(to).look(to)
    expect(story.state).toBe('quiet')
    story.pass(300)
    expect(story.pass(304.9).state).toBe('quiet')
    expect(story.pass(305).state).toBe('over (silent)')
  })

  it('what an event tells ends all the same', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.look(2)
    story.tell(9, { reason: 'Started' })
    expect(story.state).toBe('over (cleared)')
  })
})

describe('what mostly heals', () => {
  it('is raised by time alone where an event would have told that it healed', () => {
    const story = new Story()
    story.tell(1, { reason: 'Noise' })
    expect(story.pass(10.9).all[0]?.body.severity).toBe('low')
    expect(story.pass(11).all[0]?.body.severity).toBe('high')
    const healed = new Story()
    healed.tell(1, { reason: 'Noise' })
    healed.tell(2, { reason: 'Started' })
    expect(healed.pass(14).all[0]?.body.severity).toBe('low')
  })

  it('is raised only by evidence that it goes on where nothing would have told', () => {
    const story = new Story()
    story.tell(1, { reason: 'Murmur' })
    expect(story.pass(15.9).all[0]?.body.severity).toBe('low')
    story.tell(15.9, { reason: 'Murmur' })
    expect(story.all[0]?.body.severity).toBe('high')
  })

  it('begins anew when it had healed', () => {
    const story = new Story()
    story.tell(1, { reason: 'Noise' })
    story.tell(2, { reason: 'Started' })
    story.tell(9, { reason: 'Noise' })
    expect(story.pass(12).all[0]?.body.severity).toBe('low')
    expect(story.pass(19).all[0]?.body.severity).toBe('high')
  })

  it('that comes back now and then is not raised for the time in between', () => {
    const story = new Story()
    story.tell(1, { reason: 'Murmur' })
    story.pass(16)
    expect(story.state).toBe('over (silent)')
    story.tell(17, { reason: 'Murmur' })
    expect(story.all[0]?.body.severity).toBe('low')
    story.tell(27, { reason: 'Murmur' })
    expect(story.all[0]?.body.severity).toBe('high')
  })
})

describe('late rows', () => {
  it('count, and neither open what is over nor make it new', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(3, { reason: 'Started' })
    story.tell(2, { reason: 'Crash', note: 'late' })
    expect(story.state).toBe('over (cleared)')
    expect(story.all[0]?.body).toMatchObject({ occurrences: 2, lastObserved: minute(2) })
    const quiet = new Story()
    quiet.tell(2, { reason: 'Chronic', note: 'newest' })
    quiet.pass(8)
    quiet.tell(1, { reason: 'Chronic', note: 'late' })
    expect(quiet.state).toBe('quiet')
    expect(quiet.all[0]?.body).toMatchObject({ occurrences: 2, note: 'newest', lastObserved: minute(2) })
  })

  it('a clearing that comes late ends it at its own time, and it was not known before', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.pass(9)
    story.tell(2, { reason: 'Started' })
    expect(story.all[0]?.body.transitions.at(-1)).toMatchObject({ state: 'over', at: minute(2), known: minute(9) })
  })

  it('trouble that comes after its own clearing is over', () => {
    const story = new Story()
    story.tell(3, { reason: 'Started' })
    story.tell(2, { reason: 'Crash' })
    expect(story.state).toBe('over (cleared)')
  })

  it('trouble so late that its hold has passed is over at once', () => {
    const story = new Story()
    story.pass(60)
    story.tell(10, { reason: 'Chronic' })
    expect(
      story
        .pass(60)
        .problems.changedRecords(true)
        .filter(({ kind }) => kind === 'problem')
        .map(({ from, to }) => [from, to]),
    ).toEqual([[minute(10), minute(25)]])
  })
})

describe('one life or two', () => {
  it('what comes back within the hold is the same problem, what comes later another one', () => {
    const story = new Story()
    const first = story.tell(1, { reason: 'Crash' })
    story.tell(2, { reason: 'Started' })
    expect(story.tell(17, { reason: 'Crash' })).toBe(first)
    expect(story.state).toBe('open')
    story.tell(18, { reason: 'Started' })
    const second = story.tell(33.1, { reason: 'Crash' })
    expect(second).not.toBe(first)
    expect(story.all.at(-1)?.body).toMatchObject({ occurrences: 1, firstObserved: minute(33.1) })
  })

  it('the next life of a series begins no earlier than the last one ended', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.tell(2, { reason: 'Started' })
    story.tell(60, { reason: 'Crash', firstObserved: minute(1) })
    expect(story.all.at(-1)?.body.firstObserved).toBe(minute(2))
  })

  it('the same rows make the same problems, with the same ids', () => {
    const rows = [1, 2, 3].map((at) => aRow(at, { reason: 'Crash', name: `web-${String(at % 2)}` }))
    const [one, other] = [createProblems(KNOWLEDGE), createProblems(KNOWLEDGE)]
    const ids = rows.map((row) => one.judge(row))
    expect(rows.map((row) => other.judge(row))).toEqual(ids)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('identity', () => {
  it('objects without uid are told apart by API group and namespace; nodes are one under both of their uids', () => {
    const story = new Story()
    const ids = [
      story.tell(1, { reason: 'Chronic', kind: 'Service', name: 'a', apiVersion: 'v1' }),
      story.tell(1, { reason: 'Chronic', kind: 'Service', name: 'a', apiVersion: 'serving.knative.dev/v1' }),
      story.tell(1, { reason: 'Chronic', kind: 'Node', name: 'n', podUid: 'n' }),
      story.tell(1, { reason: 'Chronic', kind: 'Node', name: 'n', podUid: '0c0ffee0-0000-4000-8000-000000000001' }),
    ]
    expect(new Set(ids).size).toBe(3)
    expect(ids[2]).toBe(ids[3])
  })

  it('of two kinds of one name in different API groups one does not end the other', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic', kind: 'Service', name: 'a', apiVersion: 'v1', podUid: 'one' })
    story.tell(2, { reason: 'Told', kind: 'Service', name: 'a', apiVersion: 'serving.knative.dev/v1', podUid: 'two' })
    expect(story.state).toBe('open')
  })

  it('an event that gives no uid does not say that the object with one is gone', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic', podUid: 'known' })
    story.tell(2, { reason: 'Told', podUid: '' })
    expect(story.state).toBe('open')
  })

  it('what becomes known of node and owner after it began counts from then on', () => {
    const story = new Story()
    story.tell(1, { reason: 'Pressed', node: '', owner: { kind: '', name: '' } })
    story.tell(2, { reason: 'Pressed', node: 'worker-7' })
    story.tell(3, { reason: 'Ready', kind: 'Node', name: 'worker-7', note: 'all is well' })
    expect(story.state).toBe('over (cleared)')
  })

  it('clusters do not know of each other, and each has its own clock', () => {
    const problems = createProblems(KNOWLEDGE)
    for (const cluster of ['a', 'b']) {
      problems.advance({ cluster, until: minute(0), isWatched: true })
      problems.judge(aRow(1, { reason: 'Crash', cluster }))
    }
    problems.judge(aRow(2, { reason: 'Started', cluster: 'a' }))
    problems.advance({ cluster: 'a', until: minute(600), isWatched: true })
    expect(problems.of('b')).toMatchObject({ clock: minute(1) })
    expect(problems.of('b')?.problems.map(({ body }) => body.transitions.length)).toEqual([1])
  })
})

describe('clocks', () => {
  it('one far ahead ends nothing, is there at once and ends like any other', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    const ahead = { firstObserved: minute(1) + 20 * DAY, lastObserved: minute(1) + 20 * DAY }
    story.problems.judge(aRow(2, { reason: 'Crash', name: 'web-2', ...ahead }))
    expect(story.states).toEqual(['web-1 Chronic open', 'web-2 Crash open'])
    expect(story.all[1]?.body.transitions[0]?.known).toBeLessThan(minute(6))
    expect(story.problems.of('lab')?.clock).toBeLessThan(minute(6))
    story.tell(5, { reason: 'Started', name: 'web-2' })
    expect(story.states).toEqual(['web-1 Chronic open', 'web-2 Crash over (cleared)'])
  })

  it('a clearing of a clock far ahead does not hide what comes after it', () => {
    const story = new Story()
    story.tell(1, { reason: 'Crash' })
    story.problems.judge(aRow(2, { reason: 'Started', lastObserved: minute(2) + 20 * DAY }))
    story.tell(6, { reason: 'Crash' })
    expect(story.state).toBe('open')
  })

  it('of a recording is its event time; a leap counts when a second row confirms it', () => {
    const source = 'recording a'
    const received = minute(0) + 300 * DAY
    const story = new Story({ isWatched: false })
    story.tell(1, { reason: 'Chronic', source, received })
    const told = { reason: 'Told', name: 'web-9', source, received }
    story.tell(2 + 30 * 1440, told)
    expect(story.state).toBe('open')
    story.tell(3, { reason: 'Chronic', source, received })
    story.tell(30 * 1440, told)
    expect(story.state).toBe('open')
    story.problems.changedRecords(true)
    story.tell(1 + 30 * 1440, told)
    expect(story.problems.changedRecords(true).map(({ kind, to }) => [kind, to])[0]).toEqual(['problem', minute(18)])
  })

  it('of a second recording of the same cluster may begin earlier', () => {
    const received = minute(0) + 300 * DAY
    const story = new Story({ isWatched: false })
    story.tell(100, { reason: 'Chronic', source: 'recording b', received })
    story.tell(101, { reason: 'Told', name: 'x', source: 'recording b', received })
    story.tell(1, { reason: 'Crash', name: 'web-3', source: 'recording a', received })
    expect(story.problems.of('lab')?.clock).toBe(minute(1))
    expect(story.states).toEqual(['web-1 Chronic open', 'web-3 Crash open'])
    story.tell(17, { reason: 'Told', name: 'x', source: 'recording a', received })
    expect(story.states).toEqual(['web-1 Chronic open', 'web-3 Crash over (silent)'])
  })
})

describe('very many', () => {
  it('100,000 pods of one workload that fail at once and come back cost little time, and memory has a bound', () => {
    const story = new Story()
    story.tell(0, { reason: 'Long', name: 'first' })
    const begin = performance.now()
    for (let pod = 0; pod < 100_000; pod += 1)
      story.tell(1 + pod / 100_000, { reason: 'Crash', name: `web-${String(pod)}` })
    expect(story.all).toHaveLength(20_000)
    for (let pod = 0; pod < 10_000; pod += 1)
      story.tell(8 + pod / 100_000, { reason: 'Started', name: `new-${String(pod)}` })
    expect(performance.now() - begin).toBeLessThan(60_000)
    expect(story.all).toHaveLength(20_000)
  }, 120_000)

  it('of too many, what is over is forgotten first, then what nothing was heard of for longest', () => {
    const story = new Story()
    for (const name of ['over', 'quiet', 'told']) story.tell(1, { reason: 'Long', name })
    story.tell(1, { reason: 'Deleted', name: 'over' })
    for (let pod = 0; pod < 19_997; pod += 1) story.tell(2, { reason: 'Long', name: `web-${String(pod)}` })
    story.tell(3, { reason: 'Long', name: 'told' })
    const names = () => new Set(story.all.map(({ body }) => body.object.name))
    story.tell(4, { reason: 'Long', name: 'one more' })
    expect([...names()].slice(0, 2)).toEqual(['quiet', 'web-0'])
    story.tell(4, { reason: 'Long', name: 'and one' })
    expect([...names()].slice(0, 1)).toEqual(['web-0'])
    expect(names().has('told')).toBe(true)
    const records = story.problems.changedRecords(true).filter(({ kind }) => kind === 'problem')
    expect(records).toHaveLength(20_002)
  })
})

describe('records', () => {
  const watched = (story: Story, all: boolean) =>
    story.problems
      .changedRecords(all)
      .filter(({ kind }) => kind === 'watched')
      .map(({ id, from, revision, body }) => ({ id, from, revision, ...body }))

  it('tell of each change at once, and of what only goes on once a minute', () => {
    const story = new Story()
    story.tell(1, { reason: 'Chronic' })
    expect(story.problems.changedRecords(false).map(({ kind }) => kind)).toEqual(['problem', 'watched'])
    story.tell(1.5, { reason: 'Chronic' })
    expect(story.problems.changedRecords(false)).toEqual([])
    expect(story.problems.changedRecords(true).filter(({ kind }) => kind === 'problem')).toHaveLength(1)
    story.tell(1.6, { reason: 'Chronic' })
    story.tell(2.6, { reason: 'Chronic' })
    expect(story.problems.changedRecords(false).filter(({ kind }) => kind === 'problem')).toHaveLength(1)
  })

  it('of watched time reach to its end when all are asked for', () => {
    const story = new Story()
    watched(story, false)
    story.pass(0.5)
    expect(watched(story, true)).toMatchObject([{ until: minute(0.5), isOpen: true }])
  })

  it('tell that nobody watches any more although no time has passed', () => {
    const story = new Story()
    const [open] = watched(story.pass(3), true)
    const [closed] = watched(story.look(3), false)
    expect(closed).toMatchObject({ id: open?.id, from: minute(0), until: minute(3), isOpen: false })
    expect(closed?.revision).toBeGreaterThan(open?.revision ?? Infinity)
  })

  it('tell the end of a recording when another one of its cluster begins, wherever that lies', () => {
    const received = minute(0) + 300 * DAY
    const story = new Story({ isWatched: false })
    story.tell(100, { reason: 'Told', source: 'recording b', received })
    watched(story, true)
    story.tell(100.5, { reason: 'Told', source: 'recording b', received })
    story.tell(1, { reason: 'Told', source: 'recording a', received })
    expect(watched(story, true)).toMatchObject([
      { from: minute(100), until: minute(100.5), isOpen: false, source: 'recording b' },
      { from: minute(1), until: minute(1), isOpen: true, source: 'recording a' },
    ])
  })

  it('give their memory back to another stage: what was counted is not counted again', () => {
    const story = new Story()
    const rows = Array.from({ length: 40 }, () => aRow(1, { reason: 'Chronic', received: minute(1) + SECOND }))
    for (const row of rows) story.problems.judge(row)
    const records = story.problems.changedRecords(true)
    const after = createProblems(KNOWLEDGE)
    for (const record of records) after.rememberRecord(record)
    for (const row of rows) after.remember(row)
    expect(after.of('lab')?.problems.map(({ body }) => body.occurrences)).toEqual([40])
  })

  it('a clock that was set back loses no evidence', () => {
    const story = new Story()
    story.tell(5, { reason: 'Chronic', received: minute(9) })
    story.tell(6, { reason: 'Chronic', received: minute(7) })
    expect(story.all[0]?.body.occurrences).toBe(2)
  })
})
