/** An Event object as parsed from JSON, of either API group. Nothing about it may be believed before `normalize/`. */
export type RawEvent = Readonly<Record<string, unknown>>

/** Where a raw event was read, for messages: a stream of a cluster, or a line of a file. */
export interface Place {
  /** `cluster/path?selector` of a watch, the file's name, or `stdin`. */
  readonly stream: string
  /** 1-based line of a file; absent for a live stream. */
  readonly line?: number
}

/** What the source knows about the origin of an event; stored with each observation. */
export interface Origin {
  /** Configured name of the cluster. */
  readonly cluster: string
  /** uid of the kube-system namespace, or null where it is not readable. */
  readonly clusterUid: string | null
  /** `live`, `recording NAME` or `api`. */
  readonly source: string
}

/** Whether it was played from a recording: then its own time is all the time there is. */
export function isRecorded({ source }: Pick<Origin, 'source'>): boolean {
  return source.startsWith('recording ')
}
