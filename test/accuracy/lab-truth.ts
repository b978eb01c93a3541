import { instantOf, millisOf, writtenAt } from './draw/instants.ts'
import { fieldsOf, listOf, textOf, type Fact, type Fields, type Line } from './draw/piece.ts'
import { matchesName, type Edge, type Named, type Outage } from './outage.ts'

/** What `lab run` writes beside a recording, as far as it is read here. */
export interface LabTruth {
  readonly scenario: string
  readonly settled: string
  readonly ended: string
  readonly rootCause?: { readonly object: Named; readonly reason?: string }
  readonly explains: readonly LabEffect[]
  readonly edges?: readonly Edge[]
  readonly noise?: readonly LabEffect[]
  readonly faults?: readonly { readonly at: string; readonly until?: string }[]
}

interface LabEffect extends Named {
  readonly reason: string
}

/** What somebody does on purpose: there is nothing to blame. */
const PLANNED = 'NodeNotSchedulable'

/** What a run of the lab holds, and when one would have asked: while it lasts. Null where nothing was broken. */
export function outageOfLab(
  truth: LabTruth,
  lines: readonly Line[],
  facts: readonly Fact[],
  withFacts: boolean,
): { readonly outage: Outage; readonly at: string } | null {
  const { rootCause, explains, edges = null, faults = [] } = truth
  if (rootCause === undefined) return null
  const struck = millisOf(faults[0]?.at ?? truth.settled)
  const times = lines.filter((line) => explains.some((each) => isEffect(each, line))).map(writtenAt)
  const last = Math.max(...times)
  const ends = faults.flatMap(({ until }) => (until === undefined ? [] : [millisOf(until)]))
  const at = Math.min(...(times.length === 0 ? [millisOf(truth.ended)] : [last]), ...ends)
  const { object, reason } = rootCause
  const isVisible = reason !== undefined && reason !== PLANNED
  const began = Math.min(...times.filter((time) => time >= struck - 1_000), at)
  return {
    at: instantOf(at),
    outage: {
      object,
      // Only facts lead from a claim to its class. From events alone, the claim is as far as one gets.
      alternatives: !withFacts && object.kind === 'StorageClass' ? claimsOf(explains, facts) : [],
      fault: truth.scenario,
      isVisible,
      effects: explains,
      edges,
      began: isVisible && times.length > 0 ? instantOf(began) : null,
    },
  }
}

/** The claims of the pods that suffer. */
function claimsOf(explains: readonly LabEffect[], facts: readonly Fact[]): readonly Named[] {
  const pods = facts.filter((fact) => explains.some((each) => matchesName(each, foundOf(fact))))
  return pods.flatMap(({ namespace, claims }) =>
    listOf(claims).map((claim) => ({
      kind: 'PersistentVolumeClaim',
      namespace: textOf(namespace),
      name: textOf(claim),
    })),
  )
}

function foundOf({ kind, namespace, name }: Fields): { kind: string; namespace: string; name: string } {
  return { kind: textOf(kind), namespace: textOf(namespace), name: textOf(name) }
}

function isEffect(wanted: LabEffect, { object }: Line): boolean {
  return object['reason'] === wanted.reason && matchesName(wanted, foundOf(fieldsOf(object['regarding'])))
}
