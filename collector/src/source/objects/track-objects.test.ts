import { describe, expect, it } from 'vitest'
import { anObjectOf, type Written } from '../../../../test/support/an-object.ts'
import { HOUR, MINUTE, SECOND, type EpochMicros } from '../../clock.ts'
import { changeWords, fieldWords, type Change } from '../../event/change.ts'
import { CHANGE_BOUNDS, ChangeBudget } from './change-budget.ts'
import { WATCHED_KINDS, apiVersionOf, type WatchedKind } from '../../event/watched-kind.ts'
import { KnownNames } from './known-names.ts'
import { readObject } from './read-object.ts'
import { ObjectTracker, type Passed } from './track-objects.ts'

const NOW = Date.UTC(2026, 10, 17, 12) * 1_000

function kindOf(name: string): WatchedKind {
  const found = WATCHED_KINDS.find(({ kind }) => kind === name)
  if (found === undefined) throw new Error(`${name} is not watched`)
  return found
}

/** Follows objects of one kind as a stream of them would be. */
function following(kindName: string, most: { readonly names?: number; readonly objects?: number } = {}) {
  const kind = kindOf(kindName)
  const passed: Passed[] = []
  const tracker = new ObjectTracker({
    cluster: 'lab',
    kind,
    apiVersion: apiVersionOf(kind),
    known: new KnownNames(most.names),
    budget: new ChangeBudget(),
    onPassed: (how) => passed.push(how),
    ...(most.objects === undefined ? {} : { mostObjects: most.objects }),
  })
  const read = (written: Written) => {
    const object = readObject(anObjectOf(written), { kind: kindName, apiVersion: apiVersionOf(kind) })
    if (object === null) throw new Error('it has no name')
    return object
  }
  return {
    passed,
    tracker,
    list: (objects: readonly Written[], now: EpochMicros = NOW): readonly Change[] => {
      tracker.beginList()
      const seen = objects.flatMap((each) => tracker.see(read(each), now))
      return [...seen, ...tracker.endList(now).changes]
    },
    see: (written: Written, now: EpochMicros = NOW) => tracker.see(read(written), now),
    gone: (written: Written, now: EpochMicros = NOW) => tracker.delete(read(written), now),
  }
}

function told(changes: readonly Change[]): readonly string[] {
  return changes.map(({ at, body }) => {
    const fields = fieldWords(body)
    return `${String((at - NOW) / SECOND)} s: ${changeWords(body)}${fields === '' ? '' : `, ${fields}`}`
  })
}

const CREATED = {
  manager: 'kubectl-create',
  time: NOW - 5 * HOUR,
  fields: { 'f:data': { 'f:flags': {}, 'f:level': {} } },
}
const FLAGS = { name: 'flags', version: 1, created: NOW - 5 * HOUR, writes: [CREATED] }
const LEVEL_ONLY = { ...CREATED, fields: { 'f:data': { 'f:level': {} } } }
const edited = (time: EpochMicros, fields: object = { 'f:data': { 'f:flags': {} } }) => ({
  manager: 'kubectl-edit',
  time,
  fields,
})

describe('what is told of objects', () => {
  it('who changed which field, and when, by the word of the server', () => {
    const { list, see } = following('ConfigMap')
    expect(list([FLAGS])).toEqual([])
    const changes = see({ ...FLAGS, version: 2, writes: [LEVEL_ONLY, edited(NOW - 2 * SECOND)] })
    expect(told(changes)).toEqual(['-2 s: ConfigMap shop/flags was changed by kubectl-edit, data.flags'])
    expect(changes[0]?.body).toMatchObject({ timeFrom: 'server', fieldsKnown: 'exact', moreFields: 0 })
  })

  it('a second write of the same field by the same manager, which leaves the set as it was', () => {
    const { list, see } = following('ConfigMap')
    list([{ ...FLAGS, writes: [LEVEL_ONLY, edited(NOW - 2 * HOUR, { 'f:data': { 'f:flags': {}, 'f:level': {} } })] }])
    const again = edited(NOW, { 'f:data': { 'f:flags': {}, 'f:level': {} } })
    const changes = see({ ...FLAGS, version: 2, writes: [LEVEL_ONLY, again] })
    expect(told(changes)).toEqual([
      '0 s: ConfigMap shop/flags was changed by kubectl-edit, among data.flags, data.level',
    ])
  })

  it('fields that somebody removed who then owns none: by whom, nobody tells', () => {
    const { list, see } = following('ConfigMap')
    list([FLAGS])
    expect(told(see({ ...FLAGS, version: 2, writes: [LEVEL_ONLY] }))).toEqual([
      '0 s: ConfigMap shop/flags was changed, data.flags',
    ])
  })

  it('what is created, scaled and deleted', () => {
    const { list, see, gone } = following('Deployment')
    list([])
    const made = { manager: 'helm', time: NOW - SECOND, fields: { 'f:spec': { 'f:replicas': {} } } }
    const api = { name: 'api', version: 1, generation: 1, created: NOW - SECOND, writes: [made] }
    expect(told(see(api))).toEqual(['-1 s: Deployment shop/api was created by helm'])
    const scaled = { manager: 'kube-controller-manager', subresource: 'scale', time: NOW + SECOND, fields: { 'f:spec': { 'f:replicas': {} } } } // prettier-ignore
    expect(told(see({ ...api, version: 2, generation: 2, writes: [{ ...made, fields: {} }, scaled] }))).toEqual([
      '1 s: Deployment shop/api was scaled by kube-controller-manager, spec.replicas',
    ])
    expect(told(gone({ ...api, version: 3, writes: [] }, NOW + MINUTE))).toEqual([
      '60 s: Deployment shop/api was deleted',
    ])
  })

  it('each scaling, though the server notes no time of it', () => {
    const { list, see } = following('Deployment')
    const scale = { manager: 'kube-controller-manager', subresource: 'scale', time: null, fields: { 'f:spec': { 'f:replicas': {} } } } // prettier-ignore
    const api = { name: 'api', version: 1, generation: 3, created: NOW - 9 * HOUR, writes: [CREATED, scale] }
    list([api])
    expect(told(see({ ...api, version: 2, generation: 4 }, NOW + SECOND))).toEqual([
      '1 s: Deployment shop/api was scaled by kube-controller-manager, among spec.replicas',
    ])
    expect(see({ ...api, version: 3, generation: 4 }, NOW + 2 * SECOND)).toEqual([])
    const image = edited(NOW + 3 * SECOND, { 'f:spec': { 'f:template': {} } })
    const rolled = { ...api, version: 4, generation: 5, writes: [CREATED, scale, image] }
    expect(told(see(rolled, NOW + 3 * SECOND))).toEqual(['3 s: Deployment shop/api was changed by kubectl-edit, spec.template']) // prettier-ignore
  })

  it('a deletion once, when somebody asks for it: what holds it back may take long', () => {
    const { list, see, gone } = following('PersistentVolumeClaim')
    list([FLAGS])
    const going = { ...FLAGS, version: 2, deletion: NOW - SECOND }
    expect(told(see(going))).toEqual(['-1 s: PersistentVolumeClaim shop/flags was deleted'])
    expect(see({ ...going, version: 3 })).toEqual([])
    expect(gone({ ...going, version: 4 }, NOW + HOUR)).toEqual([])
  })

  it('without managers, that something changed where nothing else writes, or where the generation says so', () => {
    const configMaps = following('ConfigMap')
    configMaps.list([{ name: 'bare', version: 1 }])
    const [change] = configMaps.see({ name: 'bare', version: 2 }, NOW + SECOND)
    expect(change?.body).toMatchObject({ manager: '', fields: [], fieldsKnown: 'unknown', timeFrom: 'arrival' })
    const deployments = following('Deployment')
    deployments.list([{ name: 'bare', version: 1, generation: 1 }])
    expect(deployments.see({ name: 'bare', version: 2, generation: 1 })).toEqual([])
    expect(told(deployments.see({ name: 'bare', version: 3, generation: 2 }))).toEqual(['0 s: Deployment shop/bare was changed']) // prettier-ignore
    const nodes = following('Node')
    nodes.list([{ name: 'bare', version: 1 }])
    expect(nodes.see({ name: 'bare', version: 2 })).toEqual([])
  })

  it('narrows what an applier may have changed by the generation', () => {
    const { list, see } = following('Deployment')
    const fields = { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:paused': {} } }
    const applied = (time: EpochMicros) => ({ manager: 'argocd', operation: 'Apply', time, fields })
    const api = { name: 'api', version: 1, generation: 4, created: NOW - 9 * HOUR, writes: [applied(NOW - 2 * HOUR)] }
    list([api])
    expect(told(see({ ...api, version: 2, writes: [applied(NOW)] }))[0]).toContain('among metadata.labels.app')
    expect(told(see({ ...api, version: 3, generation: 5, writes: [applied(NOW + SECOND)] }))[0]).toContain('among spec.paused') // prettier-ignore
  })
})

describe('where it begins', () => {
  it('tells of nothing that was there, but of what the server says was written within the hour', () => {
    const recent = { ...FLAGS, name: 'recent', writes: [LEVEL_ONLY, edited(NOW - 10 * MINUTE)] }
    const old = { ...FLAGS, name: 'old', writes: [LEVEL_ONLY, edited(NOW - 2 * HOUR)] }
    expect(told(following('ConfigMap').list([FLAGS, recent, old]))).toEqual([
      '-600 s: ConfigMap shop/recent was changed by kubectl-edit, among data.flags',
    ])
  })

  it('tells the maker, and who wrote within the same second', () => {
    const made = { ...CREATED, time: NOW }
    const patched = { manager: 'kubectl-patch', time: NOW, fields: { 'f:data': { 'f:more': {} } } }
    const fresh = { ...FLAGS, created: NOW, writes: [made, patched] }
    expect(told(following('ConfigMap').list([fresh], NOW + SECOND)).toSorted()).toEqual([
      '0 s: ConfigMap shop/flags was changed by kubectl-patch, among data.more',
      '0 s: ConfigMap shop/flags was created by kubectl-create',
    ])
  })

  it('tells the same again after a restart, under the same id', () => {
    const first = following('ConfigMap')
    first.list([FLAGS])
    const changed = { ...FLAGS, version: 2, writes: [LEVEL_ONLY, edited(NOW)] }
    const [live] = first.see(changed)
    const [afterwards] = following('ConfigMap').list([changed], NOW + MINUTE)
    expect(afterwards?.id).toBe(live?.id)
    expect(afterwards?.at).toBe(live?.at)
  })

  it('a relist after 410 tells of nothing but what changed and what is gone', () => {
    const { list } = following('ConfigMap')
    list([FLAGS, { ...FLAGS, name: 'stays' }, { ...FLAGS, name: 'gone' }])
    const relisted = [
      { ...FLAGS, version: 9, writes: [LEVEL_ONLY, edited(NOW)] },
      { ...FLAGS, name: 'stays' },
    ]
    expect(told(list(relisted, NOW + MINUTE))).toEqual([
      '0 s: ConfigMap shop/flags was changed by kubectl-edit, data.flags',
      '60 s: ConfigMap shop/gone was deleted',
    ])
    expect(list(relisted, NOW + 2 * MINUTE)).toEqual([])
  })

  it('another uid under the name is another object, and its own creation', () => {
    const { list, see, gone } = following('ConfigMap')
    list([FLAGS])
    const again = { ...FLAGS, uid: 'another', version: 8, created: NOW, writes: [{ ...CREATED, time: NOW }] }
    expect(told(see(again))).toEqual(['0 s: ConfigMap shop/flags was created by kubectl-create'])
    expect(gone({ ...FLAGS, version: 9 })).toEqual([])
  })
})

describe('what is no news', () => {
  const silent = (kind: string, before: Written, after: Written) => {
    const { list, see, passed } = following(kind)
    list([before])
    return { changes: see(after), passed }
  }

  it('statuses, and what the cluster itself writes', () => {
    const status = { manager: 'my-operator', subresource: 'status', time: NOW, fields: { 'f:status': { 'f:ready': {} } } } // prettier-ignore
    const kubelet = { manager: 'kubelet', time: NOW, fields: { 'f:metadata': { 'f:annotations': { 'f:x': {} } } } }
    expect(silent('Job', FLAGS, { ...FLAGS, version: 2, writes: [CREATED, status] }).changes).toEqual([])
    expect(silent('Node', FLAGS, { ...FLAGS, version: 2, writes: [CREATED, kubelet] }).changes).toEqual([])
  })

  it('revisions and what kubectl notes of itself', () => {
    const noted = edited(NOW, { 'f:metadata': { 'f:annotations': { 'f:deployment.kubernetes.io/revision': {} } } })
    const { changes, passed } = silent('Deployment', FLAGS, { ...FLAGS, version: 2, writes: [CREATED, noted] })
    expect([changes, passed]).toEqual([[], ['routine']])
  })

  it('locks of elections, and copies in every namespace', () => {
    const lock = { ...FLAGS, annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }
    expect(silent('ConfigMap', lock, { ...lock, version: 2, writes: [LEVEL_ONLY, edited(NOW)] }).passed).toEqual(['routine']) // prettier-ignore
    const copy = { ...FLAGS, name: 'kube-root-ca.crt' }
    expect(silent('ConfigMap', copy, { ...copy, version: 2, writes: [LEVEL_ONLY, edited(NOW)] }).changes).toEqual([])
  })

  it('what comes and goes, and what its owner makes', () => {
    const { list, see, gone } = following('Pod')
    list([])
    expect(see({ ...FLAGS, created: NOW, writes: [{ ...CREATED, time: NOW }] })).toEqual([])
    expect(gone(FLAGS)).toEqual([])
    const jobs = following('Job')
    jobs.list([])
    const owners = [{ kind: 'CronJob', name: 'nightly', uid: 'u', controller: true }]
    expect(jobs.see({ ...FLAGS, created: NOW, owners, writes: [{ ...CREATED, time: NOW }] })).toEqual([])
    expect(jobs.list([])).toEqual([])
  })

  it('is bounded for one object, for what is alike, and for a cluster', () => {
    const { list, see, passed } = following('ConfigMap')
    list([FLAGS])
    const write = (name: string, version: number) =>
      see({ ...FLAGS, name, version, writes: [LEVEL_ONLY, edited(NOW + version * SECOND)] })
    const often = Array.from({ length: 50 }, (_, index) => write('flags', 2 + index)).flat()
    expect(often).toHaveLength(CHANGE_BOUNDS.ofObject)
    expect(passed.filter((how) => how === 'too many')).toHaveLength(50 - CHANGE_BOUNDS.ofObject)
    for (let index = 0; index < 200; index += 1) see({ ...FLAGS, name: `many-${String(index)}` })
    const many = Array.from({ length: 200 }, (_, index) => write(`many-${String(index)}`, 2)).flat()
    expect(many).toHaveLength(CHANGE_BOUNDS.alike - CHANGE_BOUNDS.ofObject)
    expect(see({ ...FLAGS, version: 99, writes: [LEVEL_ONLY, edited(NOW + 99 * SECOND)] }, NOW + 2 * HOUR)).toHaveLength(1) // prettier-ignore
  })

  it('objects beyond the bound are not remembered, and tell of nothing', () => {
    const { list, see, tracker } = following('ConfigMap', { objects: 1 })
    list([FLAGS, { ...FLAGS, name: 'other' }])
    expect(tracker.size).toBe(1)
    expect(see({ ...FLAGS, name: 'other', version: 2, writes: [LEVEL_ONLY] })).toEqual([])
  })

  it('a set that was forgotten is told as what it may be', () => {
    const { list, see } = following('ConfigMap', { names: 2 })
    list([FLAGS, { ...FLAGS, name: 'b', writes: [{ ...CREATED, fields: { 'f:data': { 'f:x': {}, 'f:y': {} } } }] }])
    const again = { ...CREATED, time: NOW }
    expect(told(see({ ...FLAGS, version: 2, writes: [again] }))[0]).toContain('among data.flags, data.level')
  })
})

describe('bad objects', () => {
  it('are read as far as they make sense', () => {
    const of = { kind: 'ConfigMap', apiVersion: 'v1' }
    for (const raw of [{}, { metadata: null }, { metadata: [] }, { metadata: { name: 7 } }])
      expect(readObject(raw, of)).toBeNull()
    const odd = {
      metadata: {
        name: 'odd',
        generation: 'many',
        creationTimestamp: 'yesterday',
        deletionTimestamp: 12,
        ownerReferences: [null, 'me', { kind: 1 }],
        labels: ['a'],
        annotations: 'none',
        managedFields: [null, { manager: {}, time: 'late', fieldsV1: 'f' }],
      },
    }
    expect(readObject(odd, of)).toMatchObject({ name: 'odd', generation: null, created: null, deletion: null })
  })

  it('forget a megabyte of annotations', () => {
    const { list, tracker } = following('ConfigMap')
    list([{ ...FLAGS, annotations: { big: 'x'.repeat(1_048_576) } }])
    expect(tracker.size).toBe(1)
  })

  it('with a time that cannot be are told with that of their arrival', () => {
    const { list, see } = following('ConfigMap')
    list([FLAGS])
    const [change] = see({ ...FLAGS, version: 2, writes: [LEVEL_ONLY, edited(NOW + 500 * HOUR)] })
    expect(change).toMatchObject({ at: NOW, body: { timeFrom: 'arrival' } })
  })
})
