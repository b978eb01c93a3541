import fc from 'fast-check'
import { ENDPOINTS } from '../../collector/src/api/endpoints.ts'
import { grafanaQuestions } from './arbitrary-panels.ts'
import {
  FIELD_NAMES,
  fieldLists,
  flags,
  metrics,
  mostly,
  ends,
  queryTexts,
  starts,
  values,
  whole,
  windows,
  zones,
  wildText,
} from './arbitrary-words.ts'

/** A request, good or bad. */
export interface Question {
  readonly path: string
  readonly body?: unknown
}

/** What Node lets an address have is 16 KB with all headers; longer questions go into bodies. */
const LONGEST_ADDRESS = 12_000

/** What each parameter of the API may be given; of a closed list also what is not in it. */
const PARAMETERS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  query: queryTexts,
  from: starts,
  to: ends,
  at: ends,
  view: mostly(['events', 'observations'], values),
  order: mostly(['newest', 'oldest'], values),
  limit: whole(10_000),
  cursor: mostly([undefined], fc.constantFrom('W10', 'AAAA', '%00'), wildText),
  groupBy: fieldLists.map(String),
  key: fieldLists.map(String),
  window: windows,
  timezone: zones,
  metrics: fc.array(metrics, { maxLength: 12 }).map(String),
  orderBy: metrics,
  top: whole(1_000),
  zeroFill: flags,
  minOccurrences: whole(1_000_000),
  minRatePerMinute: mostly<unknown>([0, 1, 0.001], fc.constantFrom(-1, 1e308, 'x')),
  samples: whole(20),
  trait: fc.array(mostly(['burst', 'novel', 'silent', 'periodic', 'recurring'], values), { maxLength: 5 }).map(String),
  prefix: values,
  all: flags,
  each: flags,
  severity: fc.array(mostly(['high', 'medium', 'info'], values), { maxLength: 3 }).map(String),
}

/** A question to one address of the API, with a handful of its parameters. */
const endpointQuestions = fc.oneof(
  ...ENDPOINTS.map(({ path, request, methods }) =>
    fc
      .record({
        place: mostly(FIELD_NAMES, values).map((name) => encodeURIComponent(name === '' ? 'x' : name)),
        asked: someOf(Object.keys(request.shape)),
        isPost: fc.boolean(),
      })
      .map(({ place, asked, isPost }): Question => {
        const address = `/api/v1${path.replace(/:\w+/, place)}`
        if (methods.includes('post') && (isPost || !methods.includes('get'))) return { path: address, body: asked }
        return { path: `${address}?${parametersOf(asked)}` }
      }),
  ),
  someOf(['query', 'from', 'to', 'severity']).map((asked): Question => ({
    path: `/api/v1/export?${parametersOf(asked)}`,
  })),
)

function someOf(names: readonly string[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const model = Object.fromEntries(names.map((name) => [name, PARAMETERS[name] ?? values]))
  return fc.record(model, { requiredKeys: [] })
}

function parametersOf(asked: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== null)
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return text.length <= LONGEST_ADDRESS ? text : text.slice(0, LONGEST_ADDRESS).replace(/%.?$/, '')
}

/** Any question that the API takes, with extreme parameters among sensible ones, so that most get past the first check. */
export const questions: fc.Arbitrary<Question> = fc.oneof(
  endpointQuestions,
  grafanaQuestions.map(({ path, body }): Question => ({ path: `/api/v1/grafana/${path}`, body })),
)
