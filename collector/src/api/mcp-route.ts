import type { Express, Request as Asking, RequestHandler } from 'express'
import type { Clock } from '../clock.ts'
import type { AskEndpoint } from '../mcp/mcp.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { AnswerSource } from './endpoint.ts'
import { endpointNamed } from './endpoints.ts'
import { boundedBodies } from './bounded-bodies.ts'
import { oneAnswer, type Door } from './one-answer.ts'
import { explainedOf } from './problem-details.ts'

interface McpDependencies extends Pick<AnswerSource, 'reader' | 'accounts' | 'deadLetters' | 'health'> {
  readonly clock: Clock
  readonly version: string
  readonly logger: Logger
}

/** `/mcp`: the same questions for assistants, over the Model Context Protocol, behind the same door. */
export function addMcp(app: Express, door: Door, dependencies: McpDependencies): void {
  const { clock, version, logger, ...answering } = dependencies
  const explain = (error: unknown) =>
    explainedOf(error, (cause) => logger.error('A question of an assistant failed', { error: cause }))
  const handle: RequestHandler = (request, response) =>
    oneAnswer(response, door, async (signal) => {
      // Loaded by the first who asks: most collectors are never asked so.
      const { answerMcp } = await import('../mcp/mcp.ts')
      const source = () => ({ ...answering, now: clock() })
      const answer = await answerMcp(
        { ask: askWithin(door, source, signal), version, explain },
        webRequest(request),
        request.body,
      )
      const text = await answer.text()
      response.status(answer.status)
      for (const name of ['content-type', 'allow']) {
        const value = answer.headers.get(name)
        if (value !== null) response.set(name, value)
      }
      return text === '' ? [] : [text]
    })
  app.all('/mcp', boundedBodies(), handle)
}

/** Each question waits for room as any other, and leaves it when its answer is made: what is sent of it is small. */
function askWithin({ admission }: Door, source: () => AnswerSource, signal: AbortSignal): AskEndpoint {
  return async (name, asked, cancelled) => {
    const either = AbortSignal.any([signal, cancelled])
    let leave: () => void = () => undefined
    const admit = async (weight: number) => {
      leave = await admission.enter(weight, either)
    }
    try {
      return await endpointNamed(name).answer({ ...source(), admit }, asked, either)
    } finally {
      leave()
    }
  }
}

/** Only what the protocol looks at: the token is checked, and no concern of what answers. */
function webRequest({ method, headers }: Asking): Request {
  const kept = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'mcp-name']
  const entries = kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])] as const]))
  return new Request('http://collector/mcp', { method, headers: Object.fromEntries(entries) })
}
