import { oneLine } from '../event/one-line.ts'

/** A JSON line of the log as people read it: `12:30:00 warn  message  key=value`. What is not JSON stays as it is. */
export function readableLine(line: string): string {
  try {
    const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>
    const rest = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`)
    const clock = String(time).slice(11, 19)
    return `${[`${clock} ${String(level).padEnd(5)} ${oneLine(String(message))}`, ...rest].join('  ')}\n`
  } catch {
    return line
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /\s/.test(text) && typeof value === 'string' ? JSON.stringify(text) : oneLine(text)
}
