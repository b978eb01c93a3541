import type { Actions } from './actions.ts'
import type { Output, Terminal } from './terminal.ts'

/** What commands work with. */
export interface Context {
  readonly actions: Actions
  readonly terminal: Terminal
  /** Standard output. */
  readonly output: Output
  /** Standard error. */
  readonly errors: Output
  /** Sets the exit code of a command that came to its end. */
  readonly exit: (code: number) => void
}
