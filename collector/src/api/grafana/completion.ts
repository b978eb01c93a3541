import { z } from 'zod'
import type { EpochMicros } from '../../clock.ts'
import { FIELDS, isListable, resolveField } from '../../query/fields.ts'
import type { EventReader } from '../../store/store.ts'

const MOST_ITEMS = 50

export const completeRequest = z.object({
  text: z.string('must be the text in the editor').max(32_768),
  position: z.number().int().min(0),
  timeRange: z.object({ from: z.number().min(0), to: z.number().min(0) }),
})

/** Something to put in place of what is written from `from` to `to`. */
export interface Completion {
  readonly from: number
  readonly to: number
  readonly items: readonly {
    readonly label: string
    readonly insert: string
    readonly kind: 'field' | 'value' | 'operator'
    readonly detail?: string
    readonly occurrences?: number
  }[]
}

const OPERATORS = [
  ['AND', 'both conditions hold'],
  ['OR', 'one of them holds'],
  ['NOT', 'the next condition does not hold'],
] as const

/** POST /grafana/complete: names of fields, or after a colon the values that the range holds. */
export async function completeAnswer(
  reader: EventReader,
  { text, position, timeRange }: z.output<typeof completeRequest>,
  signal: AbortSignal,
): Promise<Completion> {
  const to = Math.min(position, text.length)
  const word = /[^\s()]*$/.exec(text.slice(0, to))?.[0] ?? ''
  const colon = word.indexOf(':')
  if (colon < 0) return { from: to - word.length, to, items: names(word.replace(/^[+!-]/, '')) }
  const field = resolveField(word.slice(0, colon).replace(/^[+!-]/, ''))
  const written = word.slice(colon + 1).replace(/^"/, '').replaceAll('\\', '') // prettier-ignore
  const from = to - (word.length - colon - 1)
  if (field === null || !isListable(field)) return { from, to, items: [] }
  const range: { from: EpochMicros; to: EpochMicros } = { from: Math.floor(timeRange.from) * 1_000, to: Math.ceil(timeRange.to) * 1_000 } // prettier-ignore
  const question = { ...range, filter: { op: 'all' as const }, field: field.name, prefix: written, limit: MOST_ITEMS, order: 'newest' as const } // prettier-ignore
  const values = await reader.values(question, signal)
  return { from, to, items: values.map(({ value, occurrences }) => ({ label: value, insert: quoted(value), kind: 'value', occurrences })) } // prettier-ignore
}

function names(start: string): Completion['items'] {
  const wanted = start.toLowerCase()
  const fields = FIELDS.filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)))
    .map(({ name, type, meaning }) => ({ label: name, insert: type === 'map' ? `${name}.` : `${name}:`, kind: 'field' as const, detail: meaning })) // prettier-ignore
  const operators = OPERATORS.filter(([label]) => label.toLowerCase().startsWith(wanted)).map(([label, detail]) => ({ label, insert: `${label} `, kind: 'operator' as const, detail })) // prettier-ignore
  return [...fields, ...operators].slice(0, MOST_ITEMS)
}

/** A value as Lucene text takes it whole: in quotes unless it is plain. */
function quoted(value: string): string {
  return /^[\p{L}\p{N}_./-]+$/u.test(value) && !/^(AND|OR|NOT)$|^-/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"` // prettier-ignore
}
