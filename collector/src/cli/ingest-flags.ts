import type { Context } from './context.ts'
import type { CommandFlag } from './flags.ts'
import { createPaint, type Paint } from './paint.ts'

/** Flags of commands that read what is new. */
export const INGEST_FLAGS: readonly CommandFlag[] = [
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
  ['json', null, 'JSON on standard output'],
  ['no-color', null, 'no colours'],
]

/** Their values, as commander gives them. */
export interface IngestOptions {
  readonly config?: string
  readonly data?: string
  readonly json?: true
  readonly color: boolean
}

export function paintFor({ color }: IngestOptions, { terminal, output }: Pick<Context, 'terminal' | 'output'>): Paint {
  return createPaint(output.isTerminal, !color || (terminal.environment['NO_COLOR'] ?? '') !== '')
}
