import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import type { Observation } from '../event/observation.ts'
import { maskNote } from './mask.ts'

function masked(note: string, overrides: Partial<Observation> = {}): string {
  return maskNote(anObservation({ note, container: 'app', ...overrides })).join(' ')
}

const examples: readonly (readonly [note: string, template: string])[] = [
  ['Pulling image "registry.example.net/shop/api:1.9.3"', 'Pulling image "<text>"'],
  [
    'Back-off restarting failed container app in pod payments-0_shop(1add2929-f94b-5e05-a86b-84e05311d880)',
    'Back-off restarting failed container <name> in pod <pod>)',
  ],
  [
    'Container app failed liveness probe, will be restarted',
    'Container <name> failed liveness probe, will be restarted',
  ],
  [
    'Liveness probe failed: Get "http://10.42.0.9:9200/": dial tcp 10.42.0.9:9200: connect: connection refused',
    'Liveness probe failed: Get <url>: dial tcp <ip>: connect: connection refused',
  ],
  [
    'Liveness probe failed: Get http://10.42.0.9:9200/healthz: dial tcp: i/o timeout',
    'Liveness probe failed: Get <url>: dial tcp: i/o timeout',
  ],
  ['read tcp 10.0.0.1:443->[fd00::1]:8080: broken pipe', 'read tcp <ip> -> <ip>: broken pipe'],
  [
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    'Readiness probe failed: HTTP probe failed with statuscode: <n>',
  ],
  ['Successfully assigned shop/payments-0 to worker-3', 'Successfully assigned <name> to <name>'],
  ['Created pod: api-7c9d8f6b5d-k2m4x', 'Created pod: <name>'],
  ['Created pod: api-bcdfg', 'Created pod: <name>'],
  ['Scaled up replica set api-7c9d8f6b5d from 0 to 1', 'Scaled up replica set <name> from <n> to <n>'],
  ['0/3 nodes are available: 3 Insufficient memory.', '<n>/<n> nodes are available: <n> Insufficient memory.'],
  ['had untolerated taint {node.kubernetes.io/not-ready: }', 'had untolerated taint <json>'],
  [
    'unmounted volumes=[data], unattached volumes=[ca data]: timed out',
    'unmounted volumes=<list>, unattached volumes=<list>: timed out',
  ],
  [
    'Successfully pulled image "x" in 1m9.812s (9.812s including waiting). Image size: 88120412 bytes.',
    'Successfully pulled image "<text>" in <duration> (<duration> including waiting). Image size: <n> bytes.',
  ],
  [
    'Reconciliation finished in 287.4ms, next run in 30m0s',
    'Reconciliation finished in <duration>, next run in <duration>',
  ],
  ['total-vm:2210448kB, anon-rss:911320kB', 'total-vm:<n>, anon-rss:<n>'],
  [
    'Memory cgroup out of memory: Kill process 2210 (java) score 1994',
    'Memory cgroup out of memory: Kill process <n> (java) score <n>',
  ],
  ['rpc error: code = NotFound desc = no such thing', 'rpc error: code = NotFound desc = no such thing'],
  ['error: {"code":403,"errors":[{"domain":"x","reason":"quota"}]} on create', 'error: <json> on create'],
  ["couldn't find key 'password' in secret", "couldn't find key '<text>' in secret"],
  ['pulled busybox@sha256:0123456789abcdef0123456789abcdef at 2026-05-11T12:00:00.123Z', 'pulled <digest> at <time>'],
  ['AccessDenied, RequestID: 4F2EABCXYZ, HostID abcdef', 'AccessDenied, RequestID: <id>, HostID abcdef'],
  ['request id: AbCdEf failed', 'request id: <id> failed'],
  ['volume pvc-4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10 is gone', 'volume <name> is gone'],
  ['volume 4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10 is gone', 'volume <uuid> is gone'],
  ['commit 4c1f0f5e8f0d4b7c9d553d6a2a5e7b10 applied', 'commit <hex> applied'],
  ['x509: certificate signed by unknown authority', 'x509: certificate signed by unknown authority'],
  ['cannot open /var/lib/kubelet/pods: no such file', 'cannot open <path>: no such file'],
  ['attach/detach controller is slow', 'attach/detach controller is slow'],
  ['lookup db.shop.svc.cluster.local: no such host', 'lookup <name>: no such host'],
  ['mail ops@example.net at 09:15:01', 'mail <name> at <time>'],
  ['token AbcdefGhijklMnopqrsTuvwxyzAbcdef refused', 'token <id> refused'],
  ['a <*> in the text', 'a <text> in the text'],
  ['two\nlines\tand   blanks', 'two lines and blanks'],
  ['(combined from similar events): Stopping container app', 'Stopping container <name>'],
  ['see `http://a.example/x`, (https://b.example/y?z=1) or ftp://c.', 'see <url>, (<url>) or <url>.'],
  [
    'exceeded quota: team-shop, requested: pods=1, used: pods=10, limited: pods=10',
    'exceeded quota: <name>, requested: <pairs>, used: <pairs>, limited: <pairs>',
  ],
  [
    'exceeded quota: q1, requested: limits.cpu=500m,pods=1,requests.example.net/card=2, used: limits.cpu=9,pods=10, limited: limits.cpu=10,pods=10',
    'exceeded quota: <name>, requested: <pairs>, used: <pairs>, limited: <pairs>',
  ],
  ['selector app=web, tier=front-end, hash=5c9f is odd', 'selector <pairs> is odd'],
  ['code=403 for a', 'code=<n> for a'],
  ['generation 18446744073709551615184467440737095516 of 1_000_000', 'generation <n> of <n>'],
  ['freed 4261550bytes of 4,261,550 or 4.26155e+06', 'freed <n> of <n> or <n>'],
  ['unable to get metric http_requests: none', 'unable to get metric <name>: none'],
  ['reason: external metric queue_depth(nil) above target', 'reason: external metric <name>) above target'],
  [
    'webhook policy-check refused claim shop/data-files of class fast-ssd',
    'webhook <name> refused claim <name> of class <name>',
  ],
  ['claim is bound, class is not, volume full', 'claim is bound, class is not, volume full'],
  ['', ''],
]

describe('a template keeps what is said and masks what differs', () => {
  for (const [note, template] of examples) {
    it(note === '' ? 'of an empty note: nothing' : note.slice(0, 100), () => {
      expect(masked(note)).toBe(template)
    })
  }

  it('masks the names that the event itself gives where they stand for the object', () => {
    const regarding = { ...anObservation().regarding, kind: 'Widget', name: 'failed' }
    const overrides = { regarding, node: 'main', owner: { kind: 'A', name: 'again' } }
    expect(masked('Widget failed: pod failed failed again on main, shop/failed on node main', overrides)).toBe(
      'Widget <name>: pod <name> failed again on <name>, <name> on node <name>',
    )
    expect(masked('the main reason of deployment again', overrides)).toBe('the main reason of deployment <name>')
  })

  it('masks names that are no words wherever they stand', () => {
    const regarding = { ...anObservation().regarding, name: 'web-shop' }
    expect(masked('Stopping web-shop, then web-shop', { regarding })).toBe('Stopping <name>, then <name>')
  })

  it('masks the object and the node where a rule found their names, whatever namespace stands before', () => {
    const regarding = { ...anObservation().regarding, kind: 'Pod', namespace: 'moved', name: 'sonobuoy' }
    const bound = { regarding, node: 'minikube', metadata: { pod: 'sonobuoy', node: 'minikube' } }
    const template = 'Successfully assigned <name> to <name>'
    expect(masked('Successfully assigned sonobuoy to minikube', bound)).toBe(template)
    expect(masked('Successfully assigned default/sonobuoy to minikube', bound)).toBe(template)
    expect(masked('the sonobuoy of minikube', { regarding, node: 'minikube', metadata: {} })).toBe(
      'the sonobuoy of minikube',
    )
  })

  it('masks what the note names, also where it looks like a word', () => {
    const note = 'exceeded quota: memory, requested: memory=1Gi, used: memory=2Gi, limited: memory=2Gi of memory'
    const metadata = { quota: 'memory', resource: 'memory' }
    expect(masked(note, { metadata })).toBe(
      'exceeded quota: <name>, requested: <pairs>, used: <pairs>, limited: <pairs> of memory',
    )
    expect(masked('unable to get metric latency: none', { metadata: { metric: 'latency' } })).toBe(
      'unable to get metric <name>: none',
    )
    expect(masked('Container cart was using 5Gi of the cart', { container: '', metadata: { container: 'cart' } })).toBe(
      'Container <name> was using <n> of the cart',
    )
    const gold = { priorityClass: 'gold' }
    expect(masked('no PriorityClass with name gold was found', { metadata: gold })).toBe(
      'no PriorityClass with name <name> was found',
    )
  })

  it('says the same of lists of pairs however long, whole or cut', () => {
    const key = fc.constantFrom(
      'pods',
      'limits.cpu',
      'requests.memory',
      'count/jobs.batch',
      'requests.example.net/card',
    )
    const pair = fc.tuple(key, fc.nat()).map(([name, amount]) => `${name}=${String(amount)}`)
    const list = fc.array(pair, { minLength: 1, maxLength: 300 }).map((pairs) => pairs.join(','))
    fc.assert(
      fc.property(list, list, list, (requested, used, limited) => {
        const note = `exceeded quota: team-a, requested: ${requested}, used: ${used}, limited: ${limited}`.slice(
          0,
          4_096,
        )
        const expected = 'exceeded quota: <name>, requested: <pairs>, used: <pairs>, limited: <pairs>'
        expect(expected.startsWith(masked(note))).toBe(true)
        if (note.length < 4_096) expect(masked(note)).toBe(expected)
      }),
    )
  })

  it('says the same of an address with and without quotes', () => {
    const address = fc.webUrl({ withQueryParameters: true }).filter((url) => !/["',;)]|[:.]$/.test(url))
    fc.assert(
      fc.property(address, (url) => {
        expect(masked(`Get ${url}: EOF`)).toBe(masked(`Get "${url}": EOF`))
      }),
    )
  })

  it('masks the container only where a container is meant', () => {
    expect(masked('Created container: app for the app', { container: 'app' })).toBe(
      'Created container: <name> for the app',
    )
  })
})

describe('whatever the note', () => {
  // All of Unicode takes fast-check seconds to prepare; what matters is what the masks look for.
  const unit = fc.constantFrom(...'azAZ09 "\'`{}[]()<>*:;,.!?/\\-_=+@#%\n\t\u0000\u2028é💥\ud800')

  it('masking ends soon, and equal notes give equal words', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 2_000 }), (note) => {
        const words = maskNote(anObservation({ note }))
        expect(words.length).toBeLessThanOrEqual(97)
        expect(words).toEqual(maskNote(anObservation({ note })))
        expect(words.every((word) => word !== '' && word !== '<*>')).toBe(true)
      }),
    )
  })

  const nasty = [
    '"'.repeat(65_536),
    '['.repeat(65_536),
    '{'.repeat(65_536),
    'a:'.repeat(32_768),
    'a-'.repeat(32_768),
    '1.'.repeat(32_768),
    "'a".repeat(32_768),
    '('.repeat(65_536),
    '0'.repeat(65_536) + 'x',
    'a=1,'.repeat(16_384),
    'a='.repeat(32_768),
    'a://'.repeat(16_384),
    '"a://'.repeat(16_384),
    `=${'a.'.repeat(32_768)}`,
  ]
  for (const note of nasty) {
    it(`64 kB of ${note.slice(0, 4)} take no longer than 50 ms`, () => {
      const event = anObservation({ note })
      const milliseconds = [1, 2, 3].map(() => {
        const began = performance.now()
        maskNote(event)
        return performance.now() - began
      })
      expect(Math.min(...milliseconds)).toBeLessThan(50)
    })
  }
})
