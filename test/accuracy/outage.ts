export interface Named {
  readonly kind: string
  readonly namespace?: string | undefined
  /** `*` stands for any text. */
  readonly name: string
}

/** One thing that led to another. */
export interface Edge {
  readonly from: Named
  readonly to: Named
}

/** What is known of one fault of a recording. */
export interface Outage {
  /** What is to blame. Of kind `workload`: whatever kind of controller it is. Null where nothing is. */
  readonly object: Named | null
  /** As right, where the recording has no facts that lead to the object. */
  readonly alternatives: readonly Named[]
  /** The name of the fault in its set. */
  readonly fault: string | null
  /** Whether events can tell of it at all. */
  readonly isVisible: boolean
  readonly effects: readonly Named[]
  /** From what is to blame to each effect, and between effects. Null where the set does not know them. */
  readonly edges: readonly Edge[] | null
  /** RFC 3339, of its first symptom; null where it has none. */
  readonly began: string | null
}

export interface Found {
  readonly kind?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

export function matchesName(wanted: Named, found: Found): boolean {
  const pattern = new RegExp(
    `^${wanted.name
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
  )
  const isPlace = wanted.namespace === undefined || wanted.namespace === (found.namespace ?? '')
  return wanted.kind === found.kind && isPlace && pattern.test(found.name ?? '')
}
