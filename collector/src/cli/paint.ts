/** Colours of severities and of what steps back, as ANSI codes. */
const CODES: Readonly<Record<string, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  info: '2',
  dim: '2',
  bold: '1',
}

export type Paint = (style: string, text: string) => string

/** Colours on a terminal only, and not where NO_COLOR or --no-color asks for none (no-color.org). */
export function createPaint(isTerminal: boolean, noColor: boolean): Paint {
  if (!isTerminal || noColor) return (_style, text) => text
  return (style, text) => (CODES[style] === undefined ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`)
}
