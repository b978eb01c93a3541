/** What the store's two sides say to each other: the one that thinks (main thread) and the one that holds the file. */

/** One SQL statement with the values of `$1`, `$2`, … Values are never written into the SQL. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

export type Parameter = string | number | boolean | null

/** Columns of a result, each with one cell per row. 64- and 128-bit integers arrive as numbers, UUIDs as text. */
export interface Result {
  readonly columns: readonly (readonly ResultCell[])[]
  readonly rowCount: number
}

export type ResultCell = string | number | boolean | null | readonly ResultCell[]

export interface EngineSettings {
  readonly file: string
  readonly memoryLimitBytes: number
  readonly threads: number
}

export type Request = { readonly id: number } & (
  | { readonly kind: 'open'; readonly settings: EngineSettings; readonly schema: readonly string[] }
  /** A snapshot is named by the request that opened it. All its reads see the file as it was then. */
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'read'; readonly snapshot: number; readonly statements: readonly Statement[] }
  | { readonly kind: 'release'; readonly snapshot: number }
  | { readonly kind: 'interrupt'; readonly snapshot: number }
  /**
   * The writer's statements run in the order in which they were sent; `begin` … `commit` or `rollback` are among
   * them.
   */
  | { readonly kind: 'write'; readonly statement: Statement }
  /** Ends the thread once everything sent before is answered; with a checkpoint, unless the file is damaged. */
  | { readonly kind: 'close'; readonly checkpoint: boolean }
)

/**
 * All but `other` are told apart by DuckDB's message, in the one place that sees it. `memory`: the limit does not allow it;
 * `mistake`: the statement is wrong.
 */
export type FailureKind = 'locked' | 'corrupt' | 'interrupted' | 'invalidated' | 'memory' | 'mistake' | 'other'

export type Response = { readonly id: number } & (
  { readonly results: readonly Result[] } | { readonly failure: FailureKind; readonly message: string }
)
