import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { eventloom, storeWith } from '../../../test/support/cli-session.ts'
import { parse } from 'yaml'
import { selectorQuery } from './selector.ts'

describe('a label selector', () => {
  const rows = [
    anObservation({ uid: 'a', id: 'a', reason: 'A', labels: { app: 'shop', 'app.kubernetes.io/name': 'pay-1' } }),
    anObservation({ uid: 'b', id: 'b', reason: 'B', objectLabels: { app: 'shop', tier: 'db' } }),
    anObservation({ uid: 'c', id: 'c', reason: 'C', objectLabels: { app: 'other' } }),
    anObservation({ uid: 'd', id: 'd', reason: 'D' }),
  ]

  it.each([
    ['app=shop', 'AB'],
    ['app==shop,tier!=db', 'A'],
    ['app in (shop, other)', 'ABC'],
    ['app notin (shop,other)', 'D'],
    ['app', 'ABC'],
    ['!app', 'D'],
    ['app.kubernetes.io/name=pay-1', 'A'],
  ])('selects as kubectl does: %s', async (selector, reasons) => {
    const { out } = await eventloom(['events', '-l', selector, '-o', 'json'], { reader: await storeWith(rows) })
    const { observations } = JSON.parse(out) as { observations: { reason: string }[] }
    expect(
      observations
        .map(({ reason }) => reason)
        .sort()
        .join(''),
    ).toBe(reasons)
  })

  it('narrows a query further', async () => {
    const { out } = await eventloom(['events', 'reason:A OR reason:C', '-l', 'app=shop', '-A'], {
      reader: await storeWith(rows),
    })
    expect(out.trimEnd().split('\n')).toHaveLength(1)
  })

  it.each(['', 'a=b=c', '!a=b', 'a in b', ',a'])('is none: %s', (text) => {
    expect(selectorQuery(text)).toBeNull()
  })
})

describe('-o', () => {
  it('yaml is the same answer as json, wide the same as --wide', async () => {
    const reader = await storeWith([anObservation({ note: 'two\nlines: "quoted"' })])
    const [json, yaml] = [
      await eventloom(['events', '-ojson'], { reader }),
      await eventloom(['events', '-o', 'yaml'], { reader }),
    ]
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out))
    const [wide, same] = [
      await eventloom(['events', '-o', 'wide'], { reader, isTerminal: true }),
      await eventloom(['events', '--wide'], { reader, isTerminal: true }),
    ]
    expect(wide.out).toBe(same.out)
    expect(wide.out).toContain('CORRELATION')
  })

  it.each([['-n', 'shop'], ['-nshop'], ['--namespace', 'shop'], ['--namespace=shop']])('namespaces are named as for kubectl: %s %s', async (...flags) => {
    const reader = await storeWith([anObservation({ namespace: 'shop' }), anObservation({ uid: 'x', id: 'x', namespace: 'other' })])
    const { out } = await eventloom(['events', ...flags], { reader })
    expect(out.trimEnd().split('\n')).toHaveLength(1)
  }) // prettier-ignore
})
