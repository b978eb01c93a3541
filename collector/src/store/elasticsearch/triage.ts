/** One item of a bulk answer, as far as it is read. */
export interface BulkItem {
  readonly status: number
  readonly error?: {
    readonly type?: string
    readonly reason?: string
    readonly caused_by?: { readonly reason?: string }
  }
}

export type Verdict =
  | { readonly kind: 'created' }
  /** A document of that id, or a newer version of it, is there already. */
  | { readonly kind: 'exists' }
  /** Its index, or the alias of it, is gone: make it and send again. */
  | { readonly kind: 'no index' }
  /** Send again later; `isPressure`: with less at once. */
  | { readonly kind: 'later'; readonly isPressure: boolean; readonly detail: string }
  /** Never: the document does not fit. `cause` is a bounded word. */
  | { readonly kind: 'refused'; readonly cause: string; readonly detail: string }

/** Longest detail kept of a refusal: Elasticsearch quotes the document. */
const DETAIL_CHARACTERS = 500

/**
 * What to do about one item. Only what is certain to fail for ever is refused: a document that waits can be sent after an
 * administrator has mended the cluster, a refused one waits for a person.
 */
export function triage({ status, error }: BulkItem): Verdict {
  if (status >= 200 && status < 300) return { kind: 'created' }
  // Or, of a deletion: nothing of that id is there.
  if (status === 409 || (status === 404 && error === undefined)) return { kind: 'exists' }
  const { type = 'unknown', reason = 'no reason given' } = error ?? {}
  const inner = error?.caused_by?.reason
  const detail = (inner === undefined ? reason : `${reason}: ${inner}`).slice(0, DETAIL_CHARACTERS)
  if (status === 404) return { kind: 'no index' }
  const isOfDocument = DOCUMENT_FAULTS.has(type) && !PIPELINE_MISSING.test(reason)
  if (status === 400 && isOfDocument) return { kind: 'refused', cause: type, detail }
  return { kind: 'later', isPressure: status === 429, detail: `${type}: ${detail}` }
}

/** What Elasticsearch says of a document that does not fit the mapping. Other 400s are of the index: closed, for example. */
const DOCUMENT_FAULTS: ReadonlySet<string> = new Set([
  'document_parsing_exception',
  'illegal_argument_exception',
  'mapper_parsing_exception',
  'parsing_exception',
  'strict_dynamic_mapping_exception',
  'x_content_parse_exception',
])

/** Said of every document, in the words for one: an administrator makes the pipeline, or takes it out of the settings. */
const PIPELINE_MISSING = /^pipeline with id \[.*\] does not exist/
