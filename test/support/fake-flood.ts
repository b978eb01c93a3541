import type { ServerResponse } from 'node:http'

export interface FloodOptions {
  /** Versions a watch sends, each of another event. */
  readonly events: number
  /** Size of a line, about. */
  readonly bytes?: number
  /** Absent: as fast as the reader takes them. */
  readonly eventsPerSecond?: number
  /** Live events that a list returns. */
  readonly listed?: number
}

/** Serves invented events from a template: a few digits are written into a copy for each, so that the server costs little. */
export interface Flood {
  list(query: URLSearchParams, response: ServerResponse): void
  watch(query: URLSearchParams, response: ServerResponse): void
}

const FIRST_VERSION = 1_000_000_000
const LINES_PER_WRITE = 256
const TICK_MS = 10

/** By its number an event happened so many to the second, the last one when the server was made. */
const EVENTS_PER_SECOND = 5_000
const TIME = 'TTTTTTTTTTTTTTTTTTTT'

const REASONS = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'BackOff', 'Unhealthy', 'FailedMount']

export function createFlood({ events, bytes = 1_000, eventsPerSecond, listed = 0 }: FloodOptions): Flood {
  const listVersion = FIRST_VERSION + listed
  const firstSecond = Math.floor(Date.now() / 1_000 - (listed + events) / EVENTS_PER_SECOND)
  const line = new Template((object) => `{"type":"ADDED","object":${object}}\n`, bytes, firstSecond)
  const item = new Template((object) => `${object},`, bytes, firstSecond)
  return {
    list(query, response) {
      const start = Number(query.get('continue') ?? 0)
      const limit = Number(query.get('limit') ?? listed)
      const end = Math.min(listed, start + limit)
      const token = end < listed ? `,"continue":"${end}"` : ''
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write(
        `{"kind":"EventList","apiVersion":"events.k8s.io/v1","metadata":{"resourceVersion":"${listVersion}"${token}},"items":[`,
      )
      // Key order is not version order: the items go backwards.
      if (end > start) response.write(item.render(listed - end, end - start).subarray(0, -1))
      response.end(']}')
    },
    watch(query, response) {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.flushHeaders()
      const next = Math.max(Number(query.get('resourceVersion')) - FIRST_VERSION, listed)
      const last = listed + events
      if (eventsPerSecond === undefined) pour(response, line, next, last)
      else drip(response, line, next, last, eventsPerSecond)
    },
  }
}

/** As fast as the other side reads. */
function pour(response: ServerResponse, line: Template, first: number, last: number): void {
  let next = first
  const more = () => {
    while (next < last && !response.destroyed) {
      const count = Math.min(LINES_PER_WRITE, last - next)
      const hasRoom = response.write(line.render(next, count))
      next += count
      if (!hasRoom) return void response.once('drain', more)
    }
  }
  more()
}

function drip(response: ServerResponse, line: Template, first: number, last: number, perSecond: number): void {
  const started = performance.now()
  let next = first
  const timer = setInterval(() => {
    const due = Math.min(last, first + Math.floor(((performance.now() - started) / 1_000) * perSecond))
    while (next < due) {
      const count = Math.min(LINES_PER_WRITE, due - next)
      response.write(line.render(next, count))
      next += count
    }
    if (next >= last) clearInterval(timer)
  }, TICK_MS)
  response.on('close', () => clearInterval(timer))
}

/** Digits that differ from event to event stand for themselves; everything else of a line is fixed. */
class Template {
  readonly #variants: Buffer[]
  readonly #places: {
    readonly version: number
    readonly uid: number
    readonly name: number
    readonly pod: number
    readonly times: readonly number[]
  }[]
  readonly #firstSecond: number
  /** The second written last, and its text. */
  #second = 0
  #text = ''

  /** @param firstSecond epoch second of the first event. */
  constructor(wrap: (object: string) => string, bytes: number, firstSecond: number) {
    this.#firstSecond = firstSecond
    const variants = REASONS.map((reason) => wrap(object(reason, 0)))
    const fill = Math.max(0, bytes - Math.max(...variants.map((text) => text.length)))
    const texts = REASONS.map((reason) => wrap(object(reason, fill)))
    // All lines of one length, so that a block of lines is a plain copy.
    const length = Math.max(...texts.map((text) => text.length))
    this.#variants = texts.map((text) => Buffer.from(text.replace('~', '.'.repeat(length - text.length + 1))))
    this.#places = this.#variants.map((line) => ({
      version: line.indexOf('VVVVVVVVVV'),
      uid: line.indexOf('UUUUUUUUUUUU'),
      name: line.indexOf('NNNNNNNNNN'),
      pod: line.indexOf('PPPPP'),
      times: [...line.toString('latin1').matchAll(new RegExp(TIME, 'g'))].map(({ index }) => index),
    }))
  }

  /** Events number `first` to `first + count - 1`. */
  render(first: number, count: number): Buffer {
    const length = this.#variants[0]?.length ?? 0
    const block = Buffer.allocUnsafe(length * count)
    for (let index = 0; index < count; index++) {
      const variant = (first + index) % this.#variants.length
      const line = this.#variants[variant]
      const places = this.#places[variant]
      if (line === undefined || places === undefined) continue
      const offset = index * length
      line.copy(block, offset)
      digits(block, offset + places.version, 10, FIRST_VERSION + 1 + first + index)
      digits(block, offset + places.uid, 12, first + index)
      digits(block, offset + places.name, 10, first + index)
      digits(block, offset + places.pod, 5, (first + index) % 20_000)
      for (const place of places.times) block.write(this.#timeOf(first + index), offset + place, 'latin1')
    }
    return block
  }

  #timeOf(number: number): string {
    const second = this.#firstSecond + Math.floor(number / EVENTS_PER_SECOND)
    if (second !== this.#second) this.#text = new Date(second * 1_000).toISOString().replace(/\.\d+Z$/, 'Z')
    this.#second = second
    return this.#text
  }
}

function digits(block: Buffer, offset: number, width: number, value: number): void {
  let left = value
  for (let place = offset + width - 1; place >= offset; place--) {
    block[place] = 48 + (left % 10)
    left = Math.floor(left / 10)
  }
}

function object(reason: string, fill: number): string {
  const isWarning = ['BackOff', 'Unhealthy', 'FailedMount'].includes(reason)
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: {
      name: `payments-NNNNNNNNNN.18ae773b82737275`,
      namespace: 'shop',
      uid: '00000000-0000-4000-8000-UUUUUUUUUUUU',
      resourceVersion: 'VVVVVVVVVV',
      creationTimestamp: TIME,
      managedFields: [
        {
          manager: 'kubelet',
          operation: 'Update',
          apiVersion: 'v1',
          time: TIME,
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:count': {},
            'f:firstTimestamp': {},
            'f:involvedObject': {},
            'f:lastTimestamp': {},
            'f:message': {},
          },
        },
      ],
    },
    eventTime: null,
    reportingController: 'kubelet',
    reportingInstance: 'worker-1',
    reason,
    regarding: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'payments-PPPPP',
      apiVersion: 'v1',
      fieldPath: 'spec.containers{payments}',
    },
    note: `invented event about payments ${'x'.repeat(Math.max(0, fill))}~`,
    type: isWarning ? 'Warning' : 'Normal',
    deprecatedSource: { component: 'kubelet', host: 'worker-1' },
    deprecatedFirstTimestamp: TIME,
    deprecatedLastTimestamp: TIME,
    deprecatedCount: 1,
  })
}
