import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Lab } from './lab.ts'

const PATH = '/apis/events.k8s.io/v1'

interface EventObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string }
}

/** Writes events to a real API server as reporters do: creates them, and patches their series. */
export class EventWriter {
  readonly #lab: Pick<Lab, 'server' | 'tokens'>
  readonly #agent: Agent
  readonly #namespace: string
  #serial = 0

  constructor(lab: Pick<Lab, 'server' | 'tokens' | 'caFile'>, namespace = 'default') {
    this.#lab = lab
    this.#namespace = namespace
    this.#agent = new Agent({ connect: { ca: readFileSync(lab.caFile) }, connections: 32 })
  }

  /** Creates an event about a pod of its own. Answers its name. */
  async create(overrides: Readonly<Record<string, unknown>> = {}): Promise<string> {
    this.#serial += 1
    const name = `load-${this.#serial}.${Date.now().toString(16)}`
    await this.#send('POST', `${PATH}/namespaces/${this.#namespace}/events`, this.#body(name, overrides))
    return name
  }

  /** One more occurrence, as the newer recorder reports it. */
  async repeat(name: string, count: number): Promise<void> {
    const series = { count, lastObservedTime: new Date().toISOString().replace('Z', '000Z') }
    await this.#send('PATCH', `${PATH}/namespaces/${this.#namespace}/events/${name}`, { series })
  }

  /** All events that the server holds. */
  async list(): Promise<readonly EventObject[]> {
    const items: EventObject[] = []
    let next = ''
    do {
      const page = (await this.#send('GET', `${PATH}/events?limit=1000${next}`)) as {
        items: EventObject[]
        metadata: { continue?: string }
      }
      items.push(...page.items)
      next = page.metadata.continue === undefined ? '' : `&continue=${encodeURIComponent(page.metadata.continue)}`
    } while (next !== '')
    return items
  }

  /** Creates and repeats events at about this rate until `signal` aborts. Answers how many requests succeeded. */
  async load(perSecond: number, signal: AbortSignal): Promise<number> {
    const names: { name: string; count: number }[] = []
    const started = performance.now()
    let done = 0
    const worker = async () => {
      while (!signal.aborted) {
        const behind = done - ((performance.now() - started) / 1000) * perSecond
        if (behind > 0) await delay((behind / perSecond) * 1000)
        done += 1
        const again = names[Math.floor(Math.random() * names.length * 2)]
        try {
          if (again === undefined) {
            const name = await this.create()
            if (names.length < 200) names.push({ name, count: 1 })
            else names[Math.floor(Math.random() * names.length)] = { name, count: 1 }
          } else await this.repeat(again.name, (again.count += 1))
        } catch (error) {
          // The server may be down on purpose; what it did not take is not part of the comparison.
          if (!signal.aborted) await delay(100)
          else throw error
        }
      }
    }
    await Promise.allSettled(Array.from({ length: 8 }, worker))
    return done
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }

  #body(name: string, overrides: Readonly<Record<string, unknown>>): object {
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace: this.#namespace },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      reportingController: 'example.com/load',
      reportingInstance: 'load-1',
      action: 'Restarting',
      reason: 'BackOff',
      type: 'Warning',
      note: `Back-off restarting failed container ${name}`,
      regarding: { kind: 'Pod', namespace: this.#namespace, name: name.split('.')[0], apiVersion: 'v1' },
      ...overrides,
    }
  }

  async #send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown> {
    const { statusCode, body: answer } = await request(this.#lab.server + path, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#lab.tokens['admin']}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 200)}`)
    return JSON.parse(text)
  }
}
