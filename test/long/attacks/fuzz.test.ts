import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { questions, type Question } from '../../support/arbitrary-questions.ts'
import { POD_BYTES, startAttacked, type Attacked } from '../../support/attacked-collector.ts'

const ROWS = 300_000
const seconds = Number(process.env['EVENTLOOM_FUZZ_SECONDS'] ?? 60)
const seed = Number(process.env['EVENTLOOM_SEED'] ?? 20_261_125)

/** An answer, or a refusal that says what to do. 431 is Node's word for a long address, 504 that of a question that took all its time. */
const EXPECTED = [200, 400, 404, 413, 422, 429, 431, 503, 504]
/** 30 seconds for the answer, and some for sending it. */
const LONGEST_MS = 40_000
/** The shipped liveness probe waits so long: provisioning/kubernetes/deployment.yaml. */
const PROBE_MS = 5_000
const TOGETHER = 4

/** What somebody asks who means no harm. */
const ORDINARY = [
  '/api/v1/events?limit=10',
  '/api/v1/aggregate?groupBy=severity&from=2026-01-30',
  '/api/v1/problems?limit=10',
]

let collector: Attacked
beforeAll(async () => (collector = await startAttacked(ROWS)), 300_000)
afterAll(() => collector.end(), 60_000)

it(
  `whatever is asked for ${seconds} seconds, it is answered or refused, and so is everybody else (seed ${seed})`,
  async () => {
    const seen = {
      questions: 0,
      ordinary: 0,
      answered: 0,
      slowestMs: 0,
      slowestHealthMs: 0,
      mostBytes: 0,
      statuses: {} as Record<number, number>,
    }
    const asked = fc.asyncProperty(fc.array(questions, { minLength: 1, maxLength: TOGETHER }), async (together) => {
      const [others] = await Promise.all([Promise.all(ORDINARY.map(status)), ...together.map(holds)])
      seen.ordinary += others.length
      seen.answered += others.filter((each) => each === 200).length
      const [bytes, health] = [collector.mostResident(), collector.slowestHealth()]
      seen.mostBytes = Math.max(seen.mostBytes, bytes)
      seen.slowestHealthMs = Math.max(seen.slowestHealthMs, health)
      expect(bytes).toBeLessThan(POD_BYTES)
      expect(health).toBeLessThan(PROBE_MS)
    })
    const holds = async (question: Question) => {
      const { status, ms, text } = await answerTo(question)
      seen.questions += 1
      seen.slowestMs = Math.max(seen.slowestMs, ms)
      expect(ms).toBeLessThan(LONGEST_MS)
      for (const each of statusesOf(question, status, text)) {
        seen.statuses[each] = (seen.statuses[each] ?? 0) + 1
        expect(EXPECTED, text.slice(0, 500)).toContain(each)
      }
    }
    try {
      await fc.assert(asked, {
        seed,
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: seconds * 1_000,
        endOnFailure: true,
      })
    } finally {
      console.log(`seed ${seed}: ${JSON.stringify(seen)}`)
    }
    expect(seen.answered / seen.ordinary).toBeGreaterThanOrEqual(0.9)
    expect(await status('/healthz')).toBe(200)
  },
  (seconds + 120) * 1_000,
)

async function status(path: string): Promise<number> {
  return (await collector.ask(path)).status
}

/** Most that is read of an answer: an export has no end that anybody waits for. */
const MOST_READ = 32_000_000

async function answerTo({ path, body }: Question) {
  const begun = performance.now()
  const sent =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(collector.url + path, sent)
  const pieces: Uint8Array[] = []
  let read = 0
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    read += piece.length
    if (read > MOST_READ) break
  }
  return { status: response.status, text: Buffer.concat(pieces).toString(), ms: performance.now() - begun }
}

/** Each query of a dashboard has an answer of its own in one that went well. */
function statusesOf({ path }: Question, status: number, text: string): readonly number[] {
  if (status !== 200 || path !== '/api/v1/grafana/query') return [status]
  const { results } = JSON.parse(text) as { readonly results: Readonly<Record<string, { readonly status: number }>> }
  return Object.values(results).map((each) => each.status)
}
