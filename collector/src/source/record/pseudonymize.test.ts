import { describe, expect, it } from 'vitest'
import { Pseudonymizer } from './pseudonymize.ts'

const event = {
  metadata: {
    name: 'payments-7d9f8b6c5d-x2x4z.18ae773b82737275',
    namespace: 'shop',
    uid: '11111111-1111-4111-8111-111111111111',
    annotations: { owner: 'ada@corp.example' },
    managedFields: [{ manager: 'kubelet' }],
  },
  regarding: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'payments-7d9f8b6c5d-x2x4z',
    uid: '22222222-2222-4222-8222-222222222222',
    fieldPath: 'spec.containers{payments}',
  },
  reason: 'Failed',
  reportingController: 'kubelet',
  reportingInstance: 'worker-1.corp.example',
  deprecatedSource: { component: 'kubelet', host: 'worker-1.corp.example' },
  note: 'Failed to pull image "registry.corp.example/shop/payments:1.4.2": dial tcp 10.20.30.40:443: i/o timeout after 5m0s (payments-7d9f8b6c5d-x2x4z)',
}

describe('Pseudonymizer', () => {
  const renamed = new Pseudonymizer('key').event(event)
  const text = JSON.stringify(renamed)

  it('leaves no name, address or annotation anywhere', () => {
    for (const secret of ['payments', 'shop', 'corp', 'worker', '10.20.30.40', 'ada@', 'managedFields'])
      expect(text).not.toContain(secret)
  })

  it('keeps what says what happened', () => {
    for (const kept of [
      'Failed to pull image',
      'i/o timeout after 5m0s',
      '"kubelet"',
      '22222222-2222-4222-8222-222222222222',
    ]) {
      expect(text.replaceAll('\\"', '"')).toContain(kept)
    }
  })

  it('gives a name the same pseudonym in fields and notes, and keeps generated suffixes', () => {
    const { name } = renamed['regarding'] as { name: string }
    expect(name).toMatch(/^n[0-9a-f]{8}-7d9f8b6c5d-x2x4z$/)
    expect(renamed['note']).toContain(`(${name})`)
    expect((renamed['metadata'] as { name: string }).name).toBe(`${name}.18ae773b82737275`)
  })

  it('gives other keys other pseudonyms', () => {
    expect(new Pseudonymizer('other').name('payments')).not.toBe(new Pseudonymizer('key').name('payments'))
  })

  it('finds a plain word in a note once it is known as a name', () => {
    const pseudonymizer = new Pseudonymizer('key')
    expect(pseudonymizer.text('secret payments not found')).toContain('payments')
    pseudonymizer.name('payments')
    expect(pseudonymizer.text('secret payments not found')).not.toContain('payments')
  })

  it('reads events of the core group too', () => {
    const core = {
      metadata: { name: 'a-b.1' },
      involvedObject: { name: 'payments' },
      source: { host: 'worker-1' },
      message: 'payments failed',
    }
    const result = JSON.stringify(new Pseudonymizer('key').event(core))
    expect(result).not.toMatch(/payments|worker/)
  })

  it('survives values of any type', () => {
    for (const odd of [null, 7, 'x', [], {}]) {
      expect(() =>
        new Pseudonymizer('key').event({ metadata: odd, regarding: odd, note: odd, source: odd }),
      ).not.toThrow()
    }
  })
})
