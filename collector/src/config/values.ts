import { z } from 'zod'
import type { EpochMicros } from '../clock.ts'
import { parseAge, parseBytes } from './quantities.ts'

/** A length of time in text, µs when parsed. */
export function duration(): z.ZodType<EpochMicros, string> {
  const described = { title: 'a duration', examples: ['7d', '36h', '1h30m'] }
  return z
    .string()
    .meta(described)
    .transform((text, context) => {
      const micros = parseAge(text)
      if (micros !== null && micros > 0) return micros
      context.addIssue({ code: 'custom', input: text })
      return z.NEVER
    })
    .meta(described)
}

/** A size as text with a unit, or a bare number of bytes; bytes when parsed. */
export function bytes(atLeast: number): z.ZodType<number, string | number> {
  const least = atLeast >= 1e6 ? `${atLeast / 1e6}MB` : `${atLeast}B`
  const described = { title: `a size of at least ${least}`, examples: ['10GB', '512MiB'] }
  return z
    .union([z.string(), z.number()])
    .meta(described)
    .transform((value, context) => {
      const size = typeof value === 'number' ? value : parseBytes(value)
      if (size !== null && Number.isSafeInteger(size) && size >= atLeast) return size
      context.addIssue({ code: 'custom', input: value })
      return z.NEVER
    })
    .meta(described)
}

export function port(): z.ZodType<number, number> {
  return z
    .int()
    .min(0)
    .max(65_535)
    .meta({ title: 'a port from 0 to 65535 (0: any free one)', examples: [8085] })
}

export function wholeNumber(from: number, to: number): z.ZodType<number, number> {
  return z
    .int()
    .min(from)
    .max(to)
    .meta({ title: `a whole number from ${from} to ${to}` })
}

/** Text without line breaks or control characters: names, paths, addresses. */
export function line(title: string, ...examples: string[]): z.ZodType<string, string> {
  return z
    .string()
    .regex(/^[^\p{Cc}]+$/u)
    .max(4_096)
    .meta({ title, examples })
}

export function flag(): z.ZodType<boolean, boolean> {
  return z.boolean().meta({ title: 'true or false' })
}
