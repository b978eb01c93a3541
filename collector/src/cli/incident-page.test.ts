import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import type { SimilarJson } from '../api/incidents/similar-schemas.ts'
import { incidentPage } from './incident-page.ts'
import { createPaint } from './paint.ts'
import { width } from './text.ts'

type PageJson = IncidentJson & { readonly at: string }

const NOW = Date.UTC(2026, 10, 17, 10) * 1_000

const POD = { kind: 'Pod', namespace: 'shop', name: 'web-1' }
const WEB = { kind: 'Deployment', namespace: 'shop', name: 'web' }

function problem(overrides: Partial<IncidentJson['problems'][number]> = {}): IncidentJson['problems'][number] {
  return {
    id: 'p-1',
    cluster: 'lab',
    object: POD,
    workload: WEB,
    node: 'worker-1',
    reason: 'FailedMount',
    class: 'FailedMount',
    thing: null,
    state: 'open',
    unseen: false,
    since: '2026-11-17T08:58:06Z',
    endedBy: null,
    severity: 'high',
    firstObserved: '2026-11-17T08:58:06Z',
    lastObserved: '2026-11-17T09:00:47Z',
    occurrences: 37,
    isLowerBound: false,
    objects: { open: 1, all: 1 },
    note: 'MountVolume.SetUp failed: timed out',
    observations: ['a'],
    ...overrides,
  }
}

function evidence(from: string, to: string, rule: string, words: string, lagSeconds = 0) {
  return { from, to, rule, words, trust: 'likely' as const, lagSeconds, observations: ['a'] }
}

function cause(overrides: Partial<IncidentJson['causes'][number]> = {}): IncidentJson['causes'][number] {
  return {
    rank: 1,
    confidence: 'likely',
    object: { kind: 'StorageClass', namespace: '', name: 'fast' },
    thing: null,
    class: 'StorageFailing',
    reason: 'FailedMount',
    words: 'Volumes of class fast hang',
    explains: 3,
    evidence: [evidence('StorageClass fast', 'Pod shop/web-1: FailedMount', 'says', 'timed out')],
    ...overrides,
  }
}

function incident(overrides: Partial<PageJson> = {}): PageJson {
  return {
    at: '2026-11-17T09:10:00Z',
    id: 'i-abcdefghijkl',
    cluster: 'lab',
    title: 'Volumes of class fast hang: web',
    state: 'open',
    planned: false,
    severity: 'high',
    worstSeverity: 'high',
    chronic: false,
    opened: '2026-11-17T08:58:02.5Z',
    lastObserved: '2026-11-17T09:00:47Z',
    ended: null,
    reopened: null,
    problems: [problem()],
    moreProblems: 0,
    causes: [cause()],
    unknownBecause: null,
    triggers: [],
    changes: [],
    checks: [],
    similar: [],
    ...overrides,
  }
}

const NEVER_BEFORE: SimilarJson = {
  at: '2026-11-17T09:10:00Z',
  id: 'i-abcdefghijkl',
  opened: '2026-11-17T08:58:02.5Z',
  title: 'Volumes of class fast hang: web',
  total: 0,
  returned: 0,
  cursor: null,
  timezone: 'UTC',
  hours: new Array<number>(24).fill(0),
  weekdays: new Array<number>(7).fill(0),
  ordinary: { query: null, words: 'scaling in shop', spanSeconds: 900, now: null, known: 0, peaks: 0 },
  similar: [],
  notices: [],
}

function pageOf(overrides: Partial<PageJson> = {}, columns = 80, similar: SimilarJson | null = NEVER_BEFORE) {
  const output = { isTerminal: true, columns, line: () => Promise.resolve() } as never
  return incidentPage(incident(overrides), similar, {
    output,
    paint: createPaint(false, true),
    now: NOW,
    isWide: false,
  })
}

/** The lines below a heading. */
function section(page: readonly string[], heading: string): readonly string[] {
  const from = page.indexOf(heading)
  const to = page.indexOf('', from)
  return page.slice(from + 1, to < 0 ? undefined : to)
}

describe('the page of an incident', () => {
  it('tells the story in a few sentences before anything else', () => {
    const trigger = {
      reason: 'ScalingReplicaSet',
      object: WEB,
      at: '2026-11-17T08:58:01Z',
      words: 'up',
      observation: 'b',
    }
    const page = pageOf({ triggers: [trigger] }, 400)
    expect(page[3]).toBe(
      'One kind of trouble, the worst high, at shop/web from 08:58:02 to 09:00:47, when the last of it was seen. ' +
        'The cause is likely: Volumes of class fast hang. Before it began, web changed (ScalingReplicaSet). ' +
        'It was not like this before, as far as is known.',
    )
  })

  it('says that the cause is unknown, and why, and names none', () => {
    const page = pageOf({ causes: [], unknownBecause: 'No event tells what it comes from.' })
    expect(section(page, 'WHY')).toEqual(['Cause unknown: No event tells what it comes from.'])
    expect(page.slice(3, 6).join(' ')).toContain('The cause is unknown: No event tells')
  })

  it('shows two causes that are as likely with the same rank, and says so', () => {
    const page = pageOf({ causes: [cause(), cause({ words: 'Node worker-1 is lost' })] }, 400)
    expect(section(page, 'WHY').filter((line) => /^\d/.test(line))).toEqual([
      '1. likely: Volumes of class fast hang (explains 3 problems)',
      '1. likely: Node worker-1 is lost (explains 3 problems)',
    ])
    expect(page[3]).toContain('Two causes are as likely as each other, one of them: Volumes of class fast hang.')
  })

  it('draws what a cause led to as a tree, in which each trouble stands once', () => {
    const led = [
      evidence('Pod shop/web-1: FailedMount', 'Pod shop/web-2: LivenessProbeFailed', 'fewer-pods', 'fewer pods', 58),
      evidence('Pod shop/web-2: LivenessProbeFailed', 'Pod shop/web-2: CrashLoopBackOff', 'liveness', 'restarted', 7),
      evidence('Pod shop/web-1: FailedMount', 'Pod shop/web-2: CrashLoopBackOff', 'fewer-pods', 'fewer pods', 65),
    ]
    const says = ['web-1', 'web-3'].map((name) => evidence('x', `Pod shop/${name}: FailedMount`, 'says', 'timed out'))
    expect(section(pageOf({ causes: [cause({ evidence: [...says, ...led] })] }), 'WHY')).toEqual([
      '1. likely: Volumes of class fast hang (explains 3 problems)',
      '   └─ FailedMount (Pod shop/web-1 and others): timed out',
      '      └─ 58 s later LivenessProbeFailed (Pod shop/web-2): fewer pods',
      '         └─ 7 s later CrashLoopBackOff (Pod shop/web-2): restarted',
    ])
  })

  it('tells of the thing itself before what others say of it', () => {
    const said = [
      evidence('Node n', 'Pod shop/web-1: NodeNotReady', 'says', 'Node is not ready'),
      evidence('Node n', 'Node n: NodeNotReady', 'says', 'the kubelet is silent'),
    ]
    const object = { kind: 'Node', namespace: '', name: 'n' }
    expect(section(pageOf({ causes: [cause({ object, evidence: said })] }), 'WHY').slice(1)).toEqual([
      '   ├─ NodeNotReady (Node n): the kubelet is silent',
      '   └─ NodeNotReady (Pod shop/web-1): Node is not ready',
    ])
  })

  it('draws evidence that goes in a circle once', () => {
    const circle = [
      evidence('Pod shop/a: A', 'Pod shop/b: B', 'x', 'first', 1),
      evidence('Pod shop/b: B', 'Pod shop/a: A', 'x', 'second', 1),
    ]
    const said = evidence('x', 'Pod shop/a: A', 'says', 'note')
    expect(section(pageOf({ causes: [cause({ evidence: [said, ...circle] })] }), 'WHY')).toHaveLength(3)
  })

  it('has the timeline in the order in which it happened, a change before what it led to', () => {
    const trigger = { reason: 'Scaled', object: WEB, at: '2026-11-17T08:58:05.25Z', words: 'to 8', observation: 'b' }
    const over = problem({
      state: 'over',
      endedBy: { how: 'cleared', observation: 'c', at: '2026-11-17T09:01:19Z' },
    })
    const later = problem({ class: 'BackOff', firstObserved: '2026-11-17T08:58:05.5Z' })
    const page = pageOf({ triggers: [trigger], problems: [over, later], ended: '2026-11-17T09:01:19Z' })
    expect(section(page, 'TIMELINE')).toEqual([
      '08:58:05  changed: Scaled Deployment shop/web: to 8',
      '08:58:05  begins: BackOff shop/web (1 pod)',
      '08:58:06  begins: FailedMount shop/web (1 pod)',
      '09:00:47  last seen: FailedMount shop/web (1 pod)',
      '09:01:19  over (FailedMount cleared)',
    ])
  })

  it('tells what to check', () => {
    const page = pageOf({ checks: [{ reason: 'FailedMount', words: 'Look at the CSI driver.' }] })
    expect(section(page, 'WHAT TO CHECK')).toEqual(['FailedMount: Look at the CSI driver.'])
  })

  it('falls back on what the incident says where a collector cannot tell what was before', () => {
    const similar = [{ id: 'i-zzzzzzzzzzzz', at: '2026-11-13T08:58:02Z', score: 1, words: 'the same' }]
    expect(section(pageOf({ similar }, 80, null), 'WAS IT LIKE THIS BEFORE')).toEqual([
      '2026-11-13T08:58:02Z  i-zzzzzzzzzzzz  the same',
    ])
  })

  it('fits the terminal, and lets nothing through that would steer it, whatever the notes say', () => {
    const text = fc
      .array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 60 })
      .map((words) => words.join(' '))
    fc.assert(
      fc.property(text, fc.integer({ min: 80, max: 130 }), (note, columns) => {
        const says = evidence('x', 'Pod shop/web-1: FailedMount', 'says', note)
        const page = pageOf(
          {
            title: note,
            problems: [problem({ note })],
            causes: [cause({ words: note, evidence: [says] })],
            checks: [{ reason: 'FailedMount', words: note }],
          },
          columns,
        )
        expect(page.filter((line) => /[\p{Cc}\u2028\u2029]/u.test(line))).toEqual([])
        expect(page.filter((line) => width(line) > columns)).toEqual([])
      }),
    )
  })
})
