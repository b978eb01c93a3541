import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../clock.ts'

/** What a long-running command may use of the terminal. */
export interface Screen {
  readonly output: Output
  readonly terminal: Terminal
  readonly isJson: boolean
  readonly paint: (style: string, text: string) => string
}

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** Everything of the outside that the command line touches. Only `main.ts` knows the real one. */
export interface Terminal {
  /** What a command reads that talks to a program. */
  readonly stdin: Readable
  readonly stdout: TerminalStream
  readonly stderr: TerminalStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal
  readonly version: string
}

/** Whoever read standard output has left (`| head`). The command ends, quietly. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
  readonly code = 'OUTPUT_CLOSED'
}

/** Standard output with back-pressure. */
export class Output {
  readonly #stream: TerminalStream
  #failure: Error | null = null

  constructor(stream: TerminalStream) {
    this.#stream = stream
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' ? new OutputClosedError() : error
    })
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  /** Columns to stay within; unbounded where no terminal shows it. */
  get columns(): number {
    return this.isTerminal ? this.#stream.columns || 80 : Infinity
  }

  /**
   * Resolves when more may be written.
   *
   * @throws OutputClosedError nobody reads any more.
   */
  async write(text: string): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    await new Promise<void>((resolve) => {
      if (this.#stream.write(text)) resolve()
      else {
        const done = () => {
          this.#stream.off('drain', done).off('close', done).off('error', done)
          resolve()
        }
        this.#stream.on('drain', done).on('close', done).on('error', done)
      }
    })
    if (this.#failure !== null) throw this.#failure as Error
  }

  async line(text = ''): Promise<void> {
    await this.write(`${text}\n`)
  }

  /** Resolves when all is handed over: a process that ends earlier would cut it. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve())
    })
    if (this.#failure !== null) throw this.#failure
  }
}
