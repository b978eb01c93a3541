import { ofObject, SAID_ONCE, type ExpectedLife } from './life.ts'

const ISSUED = { reasons: ['Issuing'], note: ['has been successfully issued'] } as const

/** A certificate that failed is tried again after an hour and more. */
export const UNTIL_ISSUED: ExpectedLife = {
  ...SAID_ONCE,
  end: 'told',
  clearedBy: [
    { by: 'object', ...ISSUED },
    { by: 'workload', ...ISSUED },
  ],
}

/** A request waits or has failed; the next request of the same certificate may succeed. */
export const REQUEST_WAITS: ExpectedLife = {
  ...SAID_ONCE,
  end: 'told',
  clearedBy: [ofObject('CertificateIssued', 'OrderCreated'), { by: 'workload', ...ISSUED }],
}
