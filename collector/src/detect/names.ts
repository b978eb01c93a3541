import type { Classification, NormalizedEvent, Placement } from '../event/observation.ts'

/** What the event itself gives a name: its object, owner, node and container, and what extraction found in the note. */
export type Named = Pick<NormalizedEvent, 'note' | 'container' | 'node' | 'regarding'> &
  Pick<Placement, 'owner'> &
  Pick<Classification, 'metadata'>

/** Words before a name: `quota: compute`, `storage class fast`, `PriorityClass with name gold`. Without marks, in lower case. */
const NAMING = new Set(
  (
    'account certificate claim class configmap cronjob daemonset deployment gatewayclass group ingress ingressclass ' +
    'issuer job metric name named node object persistentvolume persistentvolumeclaim pod policy priorityclass pv pvc ' +
    'quota replicaset resourcequota runtimeclass secret service serviceaccount set statefulset storageclass volume webhook'
  ).split(' '),
)

const BEFORE_NODE = new Set(['node', 'host', 'on', 'to', 'from'])
const PLAIN_WORD = /^[A-Za-z]+$/

/** A name; that of a metric may have its selector behind it: `queue_depth(nil`, `queue_depth(&LabelSelector<json>`. */
const NAME = /^[A-Za-z][\w./:-]*[A-Za-z0-9](?:\((?:nil|&\S*))?$/

/**
 * Whether a word of the note, without the marks around it, is a name. One that could be a word of the language ("web",
 * "default", "memory") is one only where the word before it says so.
 *
 * @param previous the word before, masked, with its marks
 */
export function isName(event: Named, core: string, previous: string | undefined): boolean {
  if (core === '') return false
  const { regarding, owner, node, container } = event
  if (isBefore(CONTAINER, previous) && (core === container || isValue(event.metadata, core))) return true
  if (PLAIN_WORD.test(core)) {
    if (core === node && isBefore(BEFORE_NODE, previous)) return true
    const isExtracted = isValue(event.metadata, core)
    // The event's own field says the name, and the note has it where a rule found one.
    if (isExtracted && (core === regarding.name || core === node)) return true
    if (core !== regarding.name && core !== owner.name && !isExtracted) return false
    return isBefore(NAMING, previous) || bare(previous) === regarding.kind.toLowerCase()
  }
  if (core === regarding.name || core === owner.name || core === node) return true
  if (isPlaced(core, regarding.name)) return true
  return isBefore(NAMING, previous) && NAME.test(core)
}

/** Whether it is `namespace/name`. Of a recording that was moved, the namespace may be another one than that of the object. */
function isPlaced(core: string, name: string): boolean {
  const at = core.length - name.length - 1
  return at > 0 && core[at] === '/' && core.endsWith(name) && core.indexOf('/') === at
}

const CONTAINER = new Set(['container', 'containers'])

function isBefore(words: ReadonlySet<string>, previous: string | undefined): boolean {
  return words.has(bare(previous))
}

function bare(word: string | undefined): string {
  return word === undefined || word.length > 40 || word.includes('<')
    ? ''
    : word.replace(/[^A-Za-z]/g, '').toLowerCase()
}

function isValue(metadata: Named['metadata'], core: string): boolean {
  for (const key in metadata) if (metadata[key] === core) return true
  return false
}
