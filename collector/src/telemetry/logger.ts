import { pino } from 'pino'
import { readableLine } from './readable-line.ts'
import { scrub } from './scrub.ts'

export type LogFields = Readonly<Record<string, unknown>>

/**
 * What the collector says about itself. Levels by who must act: `debug` nobody, `info` nobody, `warn` somebody some day
 * (nothing is lost), `error` somebody now (data is or will be lost). Fields are scrubbed: notes and secrets never show.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to each line. */
  with(fields: LogFields): Logger
}

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** `auto` is text on a terminal and JSON Lines elsewhere. */
  readonly format: 'auto' | 'json' | 'text'
  readonly isTerminal: boolean
  /** Takes one line with its line break: standard error. */
  readonly write: (line: string) => void
}

export function createLogger({ level, format, isTerminal, write }: LoggerOptions): Logger {
  const isText = format === 'text' || (format === 'auto' && isTerminal)
  const destination = { write: (line: string) => write(isText ? readableLine(line) : line) }
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return wrap(pino(options, destination), {})
}

function wrap(lines: pino.Logger, always: LogFields): Logger {
  const say = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) => {
    lines[level](scrub({ ...always, ...fields }), scrub(message) as string)
  }
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    with: (fields) => wrap(lines, { ...always, ...fields }),
  }
}
