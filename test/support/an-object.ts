import type { EpochMicros } from '../../collector/src/clock.ts'

/** What an object's metadata says, for tests. Times in µs. */
export interface Written {
  readonly name: string
  readonly uid?: string
  readonly version: number
  readonly generation?: number
  readonly created?: EpochMicros
  readonly deletion?: EpochMicros
  readonly owners?: readonly object[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly writes?: readonly {
    readonly manager: string
    readonly operation?: string
    readonly subresource?: string
    readonly time: EpochMicros | null
    readonly fields: object
  }[]
}

/** The object as an API server sends it, metadata only. */
export function anObjectOf({
  name,
  uid = `uid-of-${name}`,
  version,
  generation,
  created,
  deletion,
  owners,
  annotations,
  writes,
}: Written) {
  // prettier-ignore
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {
      name,
      namespace: 'shop',
      uid,
      resourceVersion: String(version),
      ...(generation === undefined ? {} : { generation }),
      ...(created === undefined ? {} : { creationTimestamp: timeText(created) }),
      ...(deletion === undefined ? {} : { deletionTimestamp: timeText(deletion), deletionGracePeriodSeconds: 0 }),
      ...(owners === undefined ? {} : { ownerReferences: owners }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(writes === undefined
        ? {}
        : {
            managedFields: writes.map(({ manager, operation = 'Update', subresource, time, fields }) => ({
              manager,
              operation,
              ...(subresource === undefined ? {} : { subresource }),
              ...(time === null ? {} : { time: timeText(time) }),
              fieldsType: 'FieldsV1',
              fieldsV1: fields,
            })),
          }),
    },
  }
}

function timeText(time: EpochMicros): string {
  return new Date(time / 1_000).toISOString().replace(/\.\d+Z$/, 'Z')
}
