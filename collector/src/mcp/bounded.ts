/** Most bytes of one answer: about 15,000 tokens, so that an assistant can ask several questions. */
export const MOST_BYTES = 60_000

/** How many elements of each list are kept, one after another until the answer fits. */
const MOST_ELEMENTS = [500, 200, 100, 50, 30, 20, 10, 5, 3, 2, 1, 0]

/** Longer texts are cut; when even lists of one element are too long, at the second length. */
const MOST_TEXT = [600, 100]

/** Parts of an answer that say nothing to a reader, or that other parts say shorter. */
const LEFT_AWAY = new Set([
  'rest', 'topologyEvidence', 'templateId', 'patternIds', 'reportingInstance', 'clusterUid', 'uid', 'eventNamespace', 'resourceVersion',
  'received', 'deltaSince', 'countDelta', 'countUnplaced', 'countEstimated', 'apiVersion', 'correlationRule',
]) // prettier-ignore

/**
 * An answer as JSON of at most so many bytes. What is cut is said in `leftOut`, in words, with what to do; lists are cut at their ends,
 * and a cursor that would pass over what is cut is taken away.
 */
export function boundedJson(answer: object, most = MOST_BYTES): string {
  const [longText = 0, shortText = 0] = MOST_TEXT
  const attempts = [...MOST_ELEMENTS.map((elements) => [elements, longText] as const), [1, shortText] as const, [0, shortText] as const] // prettier-ignore
  for (const [elements, text] of attempts) {
    const leftOut = new Map<string, number>()
    const kept = cut(answer, '', { elements, text, leftOut }) as object
    const json = JSON.stringify(leftOut.size === 0 ? kept : { ...withoutCursor(kept), leftOut: sentencesOf(leftOut) })
    if (Buffer.byteLength(json) <= most) return json
  }
  return JSON.stringify({
    leftOut: ['The answer is too long to be told. Ask for a shorter range or a narrower query.'],
  })
}

interface Bounds {
  readonly elements: number
  readonly text: number
  /** Elements left out, by the path of their list. */
  readonly leftOut: Map<string, number>
}

function cut(value: unknown, path: string, bounds: Bounds): unknown {
  if (typeof value === 'string') return cutText(value, bounds.text)
  if (Array.isArray(value)) return cutList(value, path, bounds)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name, each]) => !LEFT_AWAY.has(name) && !isEmpty(each))
  return Object.fromEntries(
    entries.map(([name, each]) => [name, cut(each, path === '' ? name : `${path}.${name}`, bounds)]),
  )
}

function cutList(list: readonly unknown[], path: string, bounds: Bounds): readonly unknown[] {
  // Numbers of a calendar or a trend mean nothing when some are missing.
  const isCut = list.length > bounds.elements && list.some((each) => typeof each !== 'number')
  const kept = isCut ? list.slice(0, bounds.elements) : list
  if (isCut) bounds.leftOut.set(path, (bounds.leftOut.get(path) ?? 0) + list.length - kept.length)
  return kept.map((each) => cut(each, path, bounds))
}

/** By code points, so that no pair is torn. */
function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  return `${[...text.slice(0, most)].slice(0, -1).join('')}…`
}

/** What is not there needs no words. Lists stay: that they are empty is an answer. */
function isEmpty(value: unknown): boolean {
  return value === '' || value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0) // prettier-ignore
}

function withoutCursor(answer: object): object {
  return 'cursor' in answer ? { ...answer, cursor: null } : answer
}

function sentencesOf(leftOut: ReadonlyMap<string, number>): readonly string[] {
  const lists = [...leftOut].map(([path, count]) => `${String(count)} of ${path} are left out.`)
  return [
    ...lists,
    'To see them, ask with a lower limit and follow cursor, for a shorter range, or with a narrower query.',
  ]
}
