import { readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request, type Dispatcher } from 'undici'
import { endpointNamed, type Asked, type EndpointName } from '../api/endpoints.ts'
import { parseJson } from '../event/json.ts'
import type { ProblemDetails } from '../api/problem-details.ts'
import { InvalidQueryError, QuerySyntaxError } from '../query/invalid-query.ts'
import type { Notice } from '../api/notices.ts'
import type { Answers, Exported } from './asking.ts'
import { CollectorProblemError, CommandError, UsageError } from './failures.ts'

/** How long a collector may take to accept a connection. */
const CONNECT_MS = 5_000

/** A part of a recording is sent so often to a collector that asks to wait, and waited for at most so long each time. */
const MOST_ATTEMPTS = 60
const LONGEST_WAIT_S = 60

/** Answers of a running collector over HTTP. */
export class HttpAnswers implements Answers {
  readonly isRunning = true
  readonly #url: string
  readonly #token: string | null
  readonly #agent = new Agent({ connect: { timeout: CONNECT_MS } })

  private constructor(url: string, token: string | null) {
    this.#url = url
    this.#token = token
  }

  /** @throws UsageError `url` is none. @throws CommandError the token file cannot be read. */
  static async open(url: string, tokenFile: string | null, allowShared = false): Promise<HttpAnswers> {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UsageError([`--url: "${url}" is not the address of a collector. Use for example http://127.0.0.1:8085`])
    }
    const base = url.replace(/\/(api\/v1)?\/?$/, '')
    return new HttpAnswers(base, tokenFile === null ? null : await readTokenFile(tokenFile, allowShared))
  }

  async ask(name: EndpointName, { path, parameters }: Asked, signal: AbortSignal): Promise<unknown> {
    const address = endpointNamed(name).path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(path[key] ?? ''))
    const { methods } = endpointNamed(name)
    const { status, body } = methods.includes('get')
      ? await this.#answerOf(`/api/v1${address}?${searchOf(parameters)}`, signal)
      : await this.#answerOf(`/api/v1${address}`, signal, JSON.stringify(parameters))
    if (status === 200) return body
    throw failureOf(body as ProblemDetails)
  }

  async export(parameters: Asked['parameters'], signal: AbortSignal): Promise<Exported> {
    const { statusCode, headers, body } = await this.#request(`/api/v1/export?${searchOf(parameters)}`, signal)
    if (statusCode !== 200) throw failureOf(parseJson(await body.text()) as ProblemDetails)
    const notices = JSON.parse(String(headers['eventloom-notices'] ?? '[]')) as readonly Notice[]
    return { notices, pieces: body.setEncoding('utf8') }
  }

  /** Asks what changes something, under `/api/v1`. */
  async change(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    sent: object | undefined,
    signal: AbortSignal,
  ): Promise<unknown> {
    const body = sent === undefined ? undefined : JSON.stringify(sent)
    const answer = await this.#request(`/api/v1${path}`, signal, body, method)
    const said = parseJson(await answer.body.text())
    if (answer.statusCode === 200) return said
    throw failureOf(said as ProblemDetails)
  }

  /** Sends a part of a recording. Where the collector asks to wait, it is waited for. */
  async send(part: object, signal: AbortSignal): Promise<unknown> {
    const body = JSON.stringify(part)
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#request('/api/v1/recordings', signal, body)
      const said = (await answer.body
        .json()
        .catch((cause: unknown) => Promise.reject(this.#noAnswer(cause, signal) as Error))) as object
      if (answer.statusCode === 200) return said
      const seconds = Number(answer.headers['retry-after'])
      if (!(seconds >= 0) || attempt === MOST_ATTEMPTS) throw failureOf(said as ProblemDetails)
      await delay(Math.min(seconds, LONGEST_WAIT_S) * 1_000, undefined, { signal })
    }
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }

  async #answerOf(
    address: string,
    signal: AbortSignal,
    sent?: string,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const { statusCode, body } = await this.#request(address, signal, sent)
    try {
      return { status: statusCode, body: parseJson(await body.text()) }
    } catch (cause) {
      throw this.#noAnswer(cause, signal)
    }
  }

  async #request(
    address: string,
    signal: AbortSignal,
    sent?: string,
    method = sent === undefined ? 'GET' : 'POST',
  ): Promise<Dispatcher.ResponseData> {
    const headers = {
      ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const what = { method: method, ...(sent === undefined ? {} : { body: sent }) }
    try {
      return await request(this.#url + address, { ...what, headers, signal, dispatcher: this.#agent })
    } catch (cause) {
      throw this.#noAnswer(cause, signal)
    }
  }

  #noAnswer(cause: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return cause
    const { code } = cause as NodeJS.ErrnoException
    const why = cause instanceof SyntaxError ? 'what answers is not a collector' : (code ?? 'no answer')
    return new CommandError(
      `No collector answers at ${this.#url} (${why}). Start one with "eventloom run", or read files with --data DIR.`,
      { cause },
    )
  }
}

/** What a collector answered instead, as the same question to files would fail. */
function failureOf(details: ProblemDetails): Error {
  if (details.problems === undefined) return new CollectorProblemError(details)
  const text = details.problems.find(({ text: query }) => query !== undefined)?.text
  return text === undefined ? new InvalidQueryError(details.problems) : new QuerySyntaxError(text, details.problems)
}

function searchOf(parameters: unknown): string {
  const entries = Object.entries(parameters as Record<string, unknown>).filter(([, value]) => value !== undefined)
  return new URLSearchParams(Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))).toString()
}

const READABLE_BY_ALL = 0o004

async function readTokenFile(file: string, allowShared: boolean): Promise<string> {
  let token: string
  let mode: number
  try {
    token = (await readFile(file, 'utf8')).trim()
    mode = (await stat(file)).mode
  } catch (cause) {
    throw new CommandError(
      `The token file ${file} cannot be read. The collector needs its token; give --token-file FILE.`,
      { cause },
    )
  }
  if (allowShared || (mode & READABLE_BY_ALL) === 0) return token
  throw new CommandError(
    `Every user of this machine can read the token file ${file}. Close it: chmod o-r ${file}. Or set api.allowSharedTokenFile: true ($EVENTLOOM_API_ALLOW_SHARED_TOKEN_FILE).`,
  )
}
