import type { Output } from './terminal.ts'
import { cleanLines, oneLine } from './text.ts'

const CLEAR = '\r\u001b[K'

/** One line on standard error that changes while something long goes on. Nothing where no terminal shows it. */
export class Progress {
  readonly #errors: Output
  #isShown = false

  constructor(errors: Output) {
    this.#errors = errors
  }

  show(text: string): void {
    if (!this.#errors.isTerminal) return
    this.#isShown = true
    this.#write(`${CLEAR}${oneLine(text).slice(0, this.#errors.columns - 1)}`)
  }

  /** A line that stays. */
  tell(text: string): void {
    this.#write(`${this.#isShown ? CLEAR : ''}${cleanLines(text)}\n`)
    this.#isShown = false
  }

  end(): void {
    if (this.#isShown) this.#write(CLEAR)
    this.#isShown = false
  }

  /** A closed standard error is no reason to stop what is going on. */
  #write(text: string): void {
    this.#errors.write(text).catch(() => undefined)
  }
}
