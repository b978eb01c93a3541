import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queryOf } from './ask.ts'
import { failureOfStatus } from './failure.ts'
import { proxyFor } from './proxy.ts'
import { fieldSelectorText, pathOf } from './scope.ts'

describe('queryOf', () => {
  it('sends a resourceVersion only when it is a decimal number', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('undefined', 'null', 'NaN', '', '0', '1', '01', '-1', '1e3')),
        (version) => {
          const isNumber = /^(0|[1-9]\d*)$/.test(version) && version.length <= 20
          if (isNumber) expect(queryOf('', { resourceVersion: version })['resourceVersion']).toBe(version)
          else expect(() => queryOf('', { resourceVersion: version })).toThrow('no resourceVersion')
        },
      ),
    )
  })

  it('leaves out what is not asked for', () => {
    expect(queryOf('', { limit: 1 })).toEqual({ limit: '1' })
    expect(queryOf('type=Warning', { resourceVersion: '7', timeoutSeconds: 250 })).toEqual({
      watch: 'true',
      timeoutSeconds: '250',
      resourceVersion: '7',
      fieldSelector: 'type=Warning',
    })
  })
})

describe('fieldSelectorText', () => {
  it('is the same for the same terms in any order', () => {
    expect(fieldSelectorText({ type: ['Warning'], reason: ['!Pulled', '!Created'] })).toBe(
      'type=Warning,reason!=Created,reason!=Pulled',
    )
    expect(fieldSelectorText({ reason: ['!Created', '!Pulled'], type: ['Warning'] })).toBe(
      'type=Warning,reason!=Created,reason!=Pulled',
    )
  })

  it('escapes what would end a value', () => {
    expect(fieldSelectorText({ reason: ['a,b=c\\d'] })).toBe('reason=a\\,b\\=c\\\\d')
  })

  it('refuses terms that can never hold together', () => {
    expect(() => fieldSelectorText({ kind: ['Pod', 'Node'] })).toThrow('cannot be Pod and Node at once')
  })
})

describe('pathOf', () => {
  it('asks nothing at cluster scope for a namespace', () => {
    expect(pathOf({ namespace: 'shop' })).toBe('/apis/events.k8s.io/v1/namespaces/shop/events')
    expect(pathOf('all namespaces')).toBe('/apis/events.k8s.io/v1/events')
  })

  it('lets no namespace name lead elsewhere', () => {
    for (const namespace of ['', '../../secrets', 'a/b', 'A', 'x'.repeat(64)])
      expect(() => pathOf({ namespace })).toThrow('namespace')
  })
})

describe('proxyFor', () => {
  const https = 'https://api.corp.example:6443'
  const cases: { name: string; server?: string; proxyUrl?: string; environment: Record<string, string>; proxy: string | null }[] = [
    { name: 'no proxy by default', environment: {}, proxy: null },
    { name: 'HTTPS_PROXY for https', environment: { HTTPS_PROXY: 'http://proxy:3128' }, proxy: 'http://proxy:3128' },
    { name: 'lower case too', environment: { https_proxy: 'http://proxy:3128' }, proxy: 'http://proxy:3128' },
    { name: 'http when the scheme is left out', environment: { HTTPS_PROXY: 'proxy:3128' }, proxy: 'http://proxy:3128' },
    { name: 'not HTTP_PROXY for https', environment: { HTTP_PROXY: 'http://proxy:3128' }, proxy: null },
    { name: 'proxy-url before the environment', proxyUrl: 'socks5://jump:1080', environment: { HTTPS_PROXY: 'http://proxy' }, proxy: 'socks5://jump:1080' },
    { name: 'never for the machine itself', server: 'https://127.0.0.1:6443', environment: { HTTPS_PROXY: 'http://proxy' }, proxy: null },
    ...['*', 'api.corp.example', '.corp.example', '*.corp.example', 'corp.example', 'x, corp.example', 'api.corp.example:6443'].map((noProxy) => ({
      name: `not where NO_PROXY is ${noProxy}`, environment: { HTTPS_PROXY: 'http://proxy', NO_PROXY: noProxy }, proxy: null })),
    ...['orp.example', 'api.corp.example:443', '.api.corp.example'].map((noProxy) => ({
      name: `all the same where NO_PROXY is ${noProxy}`, environment: { HTTPS_PROXY: 'http://proxy', NO_PROXY: noProxy }, proxy: 'http://proxy' })),
    { name: 'not in an excepted network', server: 'https://10.1.2.3:6443', environment: { HTTPS_PROXY: 'http://proxy', NO_PROXY: '10.0.0.0/8' }, proxy: null },
    { name: 'outside of an excepted network', server: 'https://11.1.2.3:6443', environment: { HTTPS_PROXY: 'http://proxy', NO_PROXY: '10.0.0.0/8' }, proxy: 'http://proxy' },
  ] // prettier-ignore
  for (const { name, server = https, proxyUrl = null, environment, proxy } of cases) {
    it(name, () => expect(proxyFor(server, proxyUrl, environment)).toBe(proxy))
  }
})

describe('failureOfStatus', () => {
  it('names verb, resource, group, scope and the remedy when it is forbidden in a namespace', () => {
    const asked = { verb: 'watch', resource: 'events', group: 'events.k8s.io', namespace: 'shop' } as const
    const { kind, detail } = failureOfStatus(asked, 403, 'said so', null, 0)
    expect(kind).toBe('forbidden')
    expect(detail).toContain('cannot watch resource "events" in API group "events.k8s.io" in namespace "shop"')
    expect(detail).toContain('Role and RoleBinding in "shop"')
    expect(detail).toContain('said so')
  })

  const kinds: [number, string][] = [
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'forbidden'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
    [504, 'failed'],
  ]
  for (const [status, kind] of kinds) {
    it(`takes ${status} as ${kind}`, () => {
      const asked = { verb: 'list', resource: 'events', group: 'events.k8s.io', namespace: null } as const
      expect(failureOfStatus(asked, status, '', null, 0).kind).toBe(kind)
    })
  }
})
