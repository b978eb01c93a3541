import { plainNote } from '../event/note.ts'
import type { NormalizedEvent } from '../event/observation.ts'

/** What an event's note says about objects other than the one it is about (causality.md L4, L5, L7). */
export type Lesson =
  /** The event's object owns this one. */
  | { readonly teaches: 'child'; readonly kind: string; readonly name: string }
  /** The event's object, a pod, runs on this node. */
  | { readonly teaches: 'node'; readonly node: string }
  /** A pod of the event's namespace mounts this claim. */
  | { readonly teaches: 'claim'; readonly pod: string; readonly claim: string }
  /** The event's object, a claim, is of this class. */
  | { readonly teaches: 'class'; readonly storageClass: string }
  /** The event's object, a claim, got this volume. */
  | { readonly teaches: 'volume'; readonly volume: string }

interface NoteRule {
  readonly kind: string
  readonly pattern: RegExp
  readonly lessons: (groups: Readonly<Record<string, string>>) => readonly Lesson[]
}

const POD_OF_CONTROLLER: NoteRule = {
  kind: '*',
  pattern: /^(?:Created|Deleted) pod: (?<pod>\S+)$/,
  lessons: ({ pod }) => child('Pod', pod),
}
const POD_OF_STATEFUL_SET: NoteRule = {
  kind: 'StatefulSet',
  pattern: /(?:^|\b)(?:create|delete) (?:Claim (?<claim>\S+) )?Pod (?<pod>\S+) in StatefulSet /,
  lessons: ({ pod, claim }) =>
    claim === undefined || pod === undefined
      ? child('Pod', pod)
      : [...child('Pod', pod), { teaches: 'claim', pod, claim }],
}
const JOB_OF_CRON_JOB: NoteRule = {
  kind: 'CronJob',
  pattern: /^(?:Created job|Deleted job|Saw completed job:) (?<job>[^\s,]+)/,
  lessons: ({ job }) => child('Job', job),
}
const CLASS_OF_CLAIM: NoteRule = {
  kind: 'PersistentVolumeClaim',
  pattern: /storageclass(?:\.storage\.k8s\.io)? "(?<storageClass>[^"]+)"/i,
  lessons: ({ storageClass }) => (storageClass === undefined ? [] : [{ teaches: 'class', storageClass }]),
}

/** By reason, so that an event of another reason costs one look-up. Wordings: see the sources in causality.md. */
const NOTE_RULES: ReadonlyMap<string, readonly NoteRule[]> = new Map([
  ['SuccessfulCreate', [POD_OF_CONTROLLER, POD_OF_STATEFUL_SET, JOB_OF_CRON_JOB]],
  ['SuccessfulDelete', [POD_OF_CONTROLLER, POD_OF_STATEFUL_SET, JOB_OF_CRON_JOB]],
  ['FailedCreate', [POD_OF_STATEFUL_SET]],
  ['SawCompletedJob', [JOB_OF_CRON_JOB]],
  [
    'ScalingReplicaSet',
    [
      {
        kind: 'Deployment',
        pattern: /^Scaled (?:up|down) replica set (?<replicaSet>\S+)/,
        lessons: ({ replicaSet }) => child('ReplicaSet', replicaSet),
      },
    ],
  ],
  [
    'Scheduled',
    [
      {
        kind: 'Pod',
        pattern: /^Successfully assigned \S+ to (?<node>\S+)$/,
        lessons: ({ node }) => (node === undefined ? [] : [{ teaches: 'node', node }]),
      },
    ],
  ],
  ['ProvisioningFailed', [CLASS_OF_CLAIM]],
  [
    'ProvisioningSucceeded',
    [
      {
        kind: 'PersistentVolumeClaim',
        pattern: /provisioned volume (?<volume>\S+)/,
        lessons: ({ volume }) => (volume === undefined ? [] : [{ teaches: 'volume', volume }]),
      },
    ],
  ],
])

/** Controllers whose events tell of the pods they made. An event about anything else that says so is not believed. */
const POD_CONTROLLERS = new Set(['ReplicaSet', 'ReplicationController', 'DaemonSet', 'StatefulSet', 'Job'])

const NOTHING: readonly Lesson[] = []

/** What the note of `event` teaches; empty for almost all events. */
export function readNote({ reason, note, regarding }: NormalizedEvent): readonly Lesson[] {
  for (const { kind, pattern, lessons } of NOTE_RULES.get(reason) ?? NOTHING_TO_READ) {
    if (kind === '*' ? !POD_CONTROLLERS.has(regarding.kind) : kind !== regarding.kind) continue
    const groups = pattern.exec(plainNote(note))?.groups
    if (groups !== undefined) return lessons(groups)
  }
  return NOTHING
}

const NOTHING_TO_READ: readonly NoteRule[] = []

function child(kind: string, name: string | undefined): readonly Lesson[] {
  return name === undefined ? NOTHING : [{ teaches: 'child', kind, name }]
}
