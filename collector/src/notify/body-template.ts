import type { Message } from './message.ts'
import { changeJson, plainText, textOf } from './text.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What a body may have filled in. A text that is nothing but one place becomes its value, whatever that is. */
const PLACES: Readonly<Record<string, (message: Message) => Json>> = {
  id: ({ id }) => id,
  status: (message) => textOf(message).status,
  severity: (message) => textOf(message).severity,
  title: (message) => textOf(message).title,
  text: plainText,
  firing: ({ firing }) => firing.length,
  isRepeat: ({ isRepeat }) => isRepeat,
  labels: ({ group }) => group.labels,
  changes: ({ changes }) => changes.map((change) => changeJson(change) as Json),
}

const PLACE = /\{\{\s*\$(?:labels\.([A-Za-z_]\w*)|(\w+))\s*\}\}/g

/** What is wrong with a body, in words; empty when nothing is. */
export function mistakesIn(body: Json): readonly string[] {
  return [...textsOf(body)].flatMap((text) => {
    const places = [...text.matchAll(PLACE)]
    const wrong = places.flatMap(([whole, , name]) =>
      name === undefined || Object.hasOwn(PLACES, name) ? [] : [whole],
    )
    const rest = text.replaceAll(PLACE, '')
    return [
      ...wrong.map((place) => `${place} cannot be filled in.`),
      ...(rest.includes('{{') ? [`"${text.slice(0, 60)}" holds "{{" that begins no place.`] : []),
    ]
  })
}

export const PLACE_NAMES: readonly string[] = [...Object.keys(PLACES), 'labels.NAME'].map((name) => `{{ $${name} }}`)

/** The body of a message. Values are filled into its texts, so that it is JSON whatever they hold. */
export function fillBody(body: Json, message: Message): Json {
  if (typeof body === 'string') return filled(body, message)
  if (body === null || typeof body !== 'object') return body
  if (isList(body)) return body.map((item) => fillBody(item, message))
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, fillBody(value, message)]))
}

function filled(text: string, message: Message): Json {
  const [first] = text.matchAll(PLACE)
  if (first?.[0] === text) return valueOf(first, message)
  return text.replaceAll(PLACE, (...match) => {
    const value = valueOf(match, message)
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

function valueOf([, label, name = '']: readonly (string | undefined)[], message: Message): Json {
  if (label !== undefined) return message.group.labels[label] ?? ''
  return PLACES[name]?.(message) ?? ''
}

function* textsOf(body: Json): Generator<string> {
  if (typeof body === 'string') yield body
  else if (body !== null && typeof body === 'object') for (const item of Object.values(body)) yield* textsOf(item)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
