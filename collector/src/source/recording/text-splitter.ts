import { createSplitter, type Piece, type Splitter, type SplitterOptions } from './splitter.ts'
import { createYamlSplitter } from './yaml-splitter.ts'

/** The beginning of an input that tells how it is written. */
const HEAD_BYTES = 16_384

const JSON_FIRST = /^\s*[[{]/

/** Larger than any event can be in etcd. Reading YAML takes some hundred times as long as JSON, so hostile text must stay small. */
const MAX_YAML_BYTES = 2 * 1_048_576

/** Documents begin with three dashes, and every object of Kubernetes has one of these keys, at the margin or in a list there. */
const YAML_LINE = /^(?:---(?:\s|$)|%YAML |(?:- +)?"?(?:apiVersion|kind|items|metadata)"?:(?:\s|$))/m

/** The first line of `kubectl get events` and `kubectl events`; and lines that only `kubectl describe` writes. */
const TABLE_HEAD = /^\s*(?:NAMESPACE\s+)?(?:LAST|FIRST) ?SEEN\s.*\bREASON\b/
const DESCRIPTION_LINE = /^Name: {2,}\S|^ *Type +Reason +Age +From +Message *$/m

const FOR_PEOPLE =
  'this is what kubectl prints for people, without the fields that tell events apart. Use the output of: kubectl get events -A -o json'

/**
 * Splits JSON or YAML, told by its beginning, into objects. What is nothing known is taken for JSON, of which each line may be an
 * object; a table or a description that kubectl printed is one refusal that says what to do.
 */
export function createTextSplitter(options: SplitterOptions): Splitter {
  return new TextSplitter(options)
}

class TextSplitter implements Splitter {
  readonly #options: SplitterOptions
  #head: Buffer = Buffer.alloc(0)
  #splitter: Splitter | null = null

  constructor(options: SplitterOptions) {
    this.#options = options
  }

  push(chunk: Uint8Array): readonly Piece[] {
    if (this.#splitter !== null) return this.#splitter.push(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    return this.#head.length < HEAD_BYTES ? [] : this.#begin()
  }

  end(): readonly Piece[] {
    return this.#splitter === null ? [...this.#begin(), ...this.end()] : this.#splitter.end()
  }

  #begin(): readonly Piece[] {
    const head = this.#head
    this.#head = Buffer.alloc(0)
    this.#splitter = splitterFor(head.toString('utf8', 0, HEAD_BYTES), this.#options)
    return this.#splitter.push(head)
  }
}

function splitterFor(start: string, options: SplitterOptions): Splitter {
  const head = start.replace(/^\ufeff/, '')
  if (JSON_FIRST.test(head)) return createSplitter(options)
  if (TABLE_HEAD.test(head) || DESCRIPTION_LINE.test(head)) return FOR_PEOPLE_SPLITTER
  return YAML_LINE.test(head)
    ? createYamlSplitter({ maxBytes: Math.min(options.maxBytes, MAX_YAML_BYTES) })
    : createSplitter(options)
}

const FOR_PEOPLE_SPLITTER: Splitter = {
  push: () => [],
  end: () => [{ kind: 'refused', cause: 'malformed', detail: FOR_PEOPLE, line: 1 }],
}
