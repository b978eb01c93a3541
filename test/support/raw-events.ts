import fc from 'fast-check'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'

/** Overrides of a builder: a key set to undefined is left out of the event. */
type Overrides = Readonly<Record<string, unknown>>

const POD_UID = '22222222-2222-4222-8222-222222222222'

/** Variant A (single) and B (repeated): what the older recorder writes, as `events.k8s.io/v1` shows it. */
export function aLegacyEvent(overrides: Overrides = {}): RawEvent {
  return withOverrides(
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: 'payments-0.18ae773b82737275',
        namespace: 'shop',
        uid: '11111111-1111-4111-8111-111111111111',
        resourceVersion: '4101',
        creationTimestamp: '2026-05-11T12:00:00Z',
        managedFields: [
          {
            manager: 'kubelet',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-05-11T12:05:00Z',
            fieldsV1: { 'f:count': {} },
          },
        ],
      },
      eventTime: null,
      reportingController: 'kubelet',
      reportingInstance: 'worker-1',
      reason: 'BackOff',
      regarding: {
        kind: 'Pod',
        namespace: 'shop',
        name: 'payments-0',
        uid: POD_UID,
        apiVersion: 'v1',
        fieldPath: 'spec.containers{payments}',
      },
      note: 'Back-off restarting failed container payments in pod payments-0_shop',
      type: 'Warning',
      deprecatedSource: { component: 'kubelet', host: 'worker-1' },
      deprecatedFirstTimestamp: '2026-05-11T12:00:00Z',
      deprecatedLastTimestamp: '2026-05-11T12:05:00Z',
      deprecatedCount: 7,
    },
    overrides,
  )
}

/** Variant D: what the newer recorder writes once. With `series` it is variant E. */
export function aNewEvent(overrides: Overrides = {}): RawEvent {
  return withOverrides(
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: 'payments-1.18ae82b13bb6a935',
        namespace: 'shop',
        uid: '33333333-3333-4333-8333-333333333333',
        resourceVersion: '4202',
        creationTimestamp: '2026-05-11T12:30:00Z',
      },
      eventTime: '2026-05-11T12:30:00.408032Z',
      reportingController: 'default-scheduler',
      reportingInstance: 'default-scheduler-cp-1',
      action: 'Binding',
      reason: 'Scheduled',
      regarding: { kind: 'Pod', namespace: 'shop', name: 'payments-1', uid: POD_UID, apiVersion: 'v1' },
      note: 'Successfully assigned shop/payments-1 to worker-4',
      type: 'Normal',
      deprecatedSource: {},
      deprecatedFirstTimestamp: null,
      deprecatedLastTimestamp: null,
    },
    overrides,
  )
}

const CORE_NAMES: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
}

/** The same event with the field names of `core/v1`. */
export function inCoreSpelling(event: RawEvent): RawEvent {
  const entries = Object.entries(event).map(([key, value]) => [CORE_NAMES[key] ?? key, value] as const)
  return Object.fromEntries([...entries, ['apiVersion', 'v1']])
}

function withOverrides(event: Record<string, unknown>, overrides: Overrides): RawEvent {
  return Object.fromEntries(Object.entries({ ...event, ...overrides }).filter(([, value]) => value !== undefined))
}

const times = fc
  .tuple(
    fc.integer({ min: 1_400_000_000, max: 1_900_000_000 }),
    fc.constantFrom('Z', '.000001Z', '.408032Z', '.9Z', '+02:00'),
  )
  .map(([seconds, suffix]) => `${new Date(seconds * 1_000).toISOString().slice(0, 19)}${suffix}`)
const wholeTimes = times.map((time) => `${time.slice(0, 19)}Z`)
const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)

const references = fc.record(
  {
    kind: fc.constantFrom('Pod', 'Node', 'Deployment', 'PersistentVolumeClaim'),
    namespace: names,
    name: names,
    uid: fc.uuid(),
    apiVersion: fc.constantFrom('v1', 'apps/v1'),
    resourceVersion: fc.integer({ min: 1 }).map(String),
    fieldPath: fc.constantFrom('spec.containers{web}', 'spec.initContainers{setup}', 'spec'),
  },
  { requiredKeys: ['kind', 'name'] },
)

const metadata = fc.record(
  {
    name: names,
    namespace: names,
    uid: fc.uuid(),
    resourceVersion: fc.integer({ min: 1 }).map(String),
    creationTimestamp: wholeTimes,
    labels: fc.dictionary(names, names, { maxKeys: 3 }),
    annotations: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
    managedFields: fc.array(fc.record({ manager: names, time: wholeTimes }), { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'creationTimestamp'] },
)

const common = {
  metadata,
  regarding: references,
  reason: fc.constantFrom('BackOff', 'Scheduled', 'FailedMount', '', 'odd reason.'),
  note: fc.oneof(
    fc.string(),
    fc.string().map((text) => `(combined from similar events): ${text}`),
  ),
  type: fc.constantFrom('Normal', 'Warning', 'Error'),
}
const noTimes = {
  eventTime: fc.constant(null),
  deprecatedFirstTimestamp: fc.constant(null),
  deprecatedLastTimestamp: fc.constant(null),
}
const series = fc.record({ count: fc.integer({ min: 2, max: 90_000 }), lastObservedTime: times })

/** Variants A, B, C and H: the older recorder's. */
export const legacyEvents: fc.Arbitrary<RawEvent> = fc.record(
  {
    ...common,
    eventTime: fc.constant(null),
    reportingController: fc.constantFrom('kubelet', 'replicaset-controller', ''),
    reportingInstance: names,
    deprecatedSource: fc.record(
      { component: fc.constantFrom('kubelet', 'node-controller'), host: names },
      { requiredKeys: [] },
    ),
    deprecatedFirstTimestamp: wholeTimes,
    deprecatedLastTimestamp: wholeTimes,
    deprecatedCount: fc.integer({ min: 1, max: 90_000 }),
  },
  { requiredKeys: ['metadata', 'regarding', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'eventTime'] },
)

/** Variants D and E: the newer recorder's. */
export const newEvents: fc.Arbitrary<RawEvent> = fc.record(
  {
    ...common,
    ...noTimes,
    eventTime: times,
    reportingController: names,
    reportingInstance: names,
    action: fc.constantFrom('Binding', 'Scheduling', ''),
    related: references,
    deprecatedSource: fc.constant({}),
    series,
  },
  {
    requiredKeys: [
      'metadata',
      'regarding',
      'eventTime',
      'deprecatedSource',
      'deprecatedFirstTimestamp',
      'deprecatedLastTimestamp',
    ],
  },
)

/** Variants F (both kinds of fields), G (no times at all) and I (zero times). */
export const oddEvents: fc.Arbitrary<RawEvent> = fc.record(
  {
    ...common,
    eventTime: fc.oneof(times, fc.constantFrom(null, 'null', '0001-01-01T00:00:00Z')),
    deprecatedFirstTimestamp: fc.oneof(times, fc.constantFrom(null, 'null', '0001-01-01T00:00:00Z')),
    deprecatedLastTimestamp: fc.oneof(times, fc.constantFrom(null, 'null', '', '1970-01-01T00:00:00Z')),
    deprecatedCount: fc.integer({ min: 0, max: 3 }),
    deprecatedSource: fc.record({ component: names }),
    series,
  },
  { requiredKeys: ['metadata'] },
)

/** Events as Kubernetes writes them, in the spelling of either API group, with or without apiVersion and kind. */
export const wellTypedEvents: fc.Arbitrary<RawEvent> = fc
  .tuple(fc.oneof(legacyEvents, newEvents, oddEvents), fc.boolean(), fc.boolean())
  .map(([event, isCore, isListItem]) => {
    const typed = isCore ? inCoreSpelling(event) : { apiVersion: 'events.k8s.io/v1', kind: 'Event', ...event }
    return isListItem ? withOverrides(typed, { apiVersion: undefined, kind: undefined }) : { kind: 'Event', ...typed }
  })

const NASTY_TEXTS = [
  '',
  'null',
  '\0',
  'a\0b',
  '\u2028',
  '\ud800',
  'a\udc00b',
  '😀',
  '__proto__',
  'constructor',
  '"\\\n\t',
  '-0',
  '~',
  '~absent',
  'a/b~c',
]
const NASTY_NUMBERS = [0, -0, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, Infinity, -Infinity, NaN]

const nastyKeys = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS, 'password', 'name', 'kind', 'items', 'metadata'),
  fc.string({ maxLength: 6 }),
)

/** Any value JSON can carry, and some that only sloppy readers produce. */
export const nastyValues: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(...NASTY_TEXTS, ...NASTY_NUMBERS, null, true, false),
    fc.string({ unit: 'binary', maxLength: 12 }),
    times,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(nastyKeys, tie('value')), { maxLength: 3 }).map(fromEntries),
  ),
})).value

function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries)
}

const EVENT_FIELDS = [
  ...[
    'apiVersion',
    'kind',
    'metadata',
    'eventTime',
    'series',
    'reportingController',
    'reportingComponent',
    'reportingInstance',
  ],
  ...[
    'action',
    'reason',
    'regarding',
    'involvedObject',
    'related',
    'note',
    'message',
    'type',
    'deprecatedSource',
    'source',
  ],
  ...[
    'deprecatedFirstTimestamp',
    'firstTimestamp',
    'deprecatedLastTimestamp',
    'lastTimestamp',
    'deprecatedCount',
    'count',
  ],
]
const METADATA_FIELDS = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'labels',
  'annotations',
  'managedFields',
  'selfLink',
]

/** Well-typed events with up to four fields, of the event or of its metadata, replaced by nasty values. */
export const nastyEvents: fc.Arbitrary<RawEvent> = fc
  .tuple(
    wellTypedEvents,
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...EVENT_FIELDS), nastyKeys), nastyValues), { maxLength: 3 }),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...METADATA_FIELDS), nastyKeys), nastyValues), { maxLength: 2 }),
  )
  .map(([event, fields, ofMetadata]) => {
    const metadataEntries = Object.entries(event['metadata'] as Record<string, unknown>)
    return fromEntries([
      ...Object.entries(event),
      ['metadata', fromEntries([...metadataEntries, ...ofMetadata])],
      ...fields,
    ])
  })
