/** A text with places to fill in, as Prometheus writes them: `{{ $labels.namespace }}`, `{{ $value }}`. */
export type Template = readonly TemplatePart[]

export type TemplatePart =
  { readonly text: string } | { readonly label: string; readonly at: number } | { readonly value: true }

/** What is wrong with a template, and at which character. */
export interface TemplateMistake {
  readonly at: number
  readonly what: string
  readonly fix: string
}

/** Longest text that a template makes. */
const MOST_CHARACTERS = 2_000

const PLACE = /^\s*(?:\$labels\.([A-Za-z_]\w*)|index\s+\$labels\s+"([^"]+)"|(\$value))\s*$/

/** Reads a template, in one pass over the text. */
export function parseTemplate(source: string): {
  readonly parts: Template
  readonly mistakes: readonly TemplateMistake[]
} {
  const parts: TemplatePart[] = []
  const mistakes: TemplateMistake[] = []
  let from = 0
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', from)) {
    if (open > from) parts.push({ text: source.slice(from, open) })
    const close = source.indexOf('}}', open)
    if (close < 0) {
      mistakes.push({ at: open, what: '"{{" is not closed.', fix: 'Write for example {{ $labels.namespace }}.' })
      return { parts, mistakes }
    }
    const inside = source.slice(open + 2, close)
    const [, dotted, indexed, value] = PLACE.exec(inside) ?? []
    const label = dotted ?? indexed
    if (label !== undefined) parts.push({ label, at: open })
    else if (value !== undefined) parts.push({ value: true })
    else {
      const fix = 'Use {{ $labels.NAME }} or {{ $value }}.'
      mistakes.push({ at: open, what: `"{{${inside}}}" cannot be filled in.`, fix })
    }
    from = close + 2
  }
  if (from < source.length) parts.push({ text: source.slice(from) })
  return { parts, mistakes }
}

/** The text with its places filled in; a label that is not there leaves nothing. */
export function fillIn(template: Template, labels: Readonly<Record<string, string>>, value: string): string {
  let text = ''
  for (const part of template) {
    if ('text' in part) text += part.text
    else text += 'value' in part ? value : (labels[part.label] ?? '')
    if (text.length > MOST_CHARACTERS) return `${text.slice(0, MOST_CHARACTERS - 1)}…`
  }
  return text
}
