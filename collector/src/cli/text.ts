import { oneLine } from '../event/one-line.ts'
import { DAY, HOUR, MINUTE, SECOND, type EpochMicros } from '../clock.ts'

export { oneLine } from '../event/one-line.ts'

const BARS = '▁▂▃▄▅▆▇█'

/** The same for a text that may have several lines: file names, and what servers say, are other people's text as well. */
export function cleanLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n')
}

/** `×42`, or `≥42` where there may have been more. */
export function times(count: number, isLowerBound: boolean): string {
  return `${isLowerBound ? '≥' : '×'}${grouped(count)}`
}

/** `41,207`. The same everywhere, whatever the machine's language. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** `2.4 MB`: units of a thousand, as settings have them. */
export function bytesText(bytes: number): string {
  const unit = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** unit).toPrecision(3))} ${['B', 'kB', 'MB', 'GB', 'TB'][unit] ?? 'B'}`
}

/** `42s`, `18m`, `3h`, `12d`: one unit, rounded down. */
export function span(micros: EpochMicros): string {
  const length = Math.max(0, micros)
  if (length < MINUTE) return `${Math.floor(length / SECOND)}s`
  if (length < HOUR) return `${Math.floor(length / MINUTE)}m`
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)}h`
  return `${Math.floor(length / DAY)}d`
}

/** `2m ago`, `in 5s`, `now`. */
export function relative(time: EpochMicros, now: EpochMicros): string {
  if (Math.abs(now - time) < SECOND) return 'now'
  return time > now ? `in ${span(time - now)}` : `${span(now - time)} ago`
}

/** One bar for each number, the highest full; none for zero. */
export function sparkline(numbers: readonly number[]): string {
  const highest = Math.max(...numbers, 0)
  return numbers
    .map((number) => (number <= 0 ? ' ' : (BARS[Math.min(7, Math.ceil((number / highest) * 8) - 1)] ?? ' ')))
    .join('')
}

/** Columns a text takes; East Asian characters and emoji take two. */
export function width(text: string): number {
  let columns = 0
  for (const character of text) columns += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1
  return columns
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const MARK = /\p{Mn}|\u200b|\u200d/u

/** The text in at most so many columns; what is too much at its end is `…`. */
export function cutEnd(text: string, columns: number): string {
  if (text.length <= columns && width(text) <= columns) return text
  return `${taken([...text], columns - 1).join('')}…`
}

/** The same, cut in its middle: names that begin alike are told apart by their ends. */
export function cutMiddle(text: string, columns: number): string {
  if (text.length <= columns && width(text) <= columns) return text
  const characters = [...text]
  const end = taken(characters.toReversed(), Math.floor((columns - 1) / 2)).toReversed()
  const rest = columns - 1 - width(end.join(''))
  return `${taken(characters, rest).join('')}…${end.join('')}`
}

/** As many of the first characters as fit. */
function taken(characters: readonly string[], columns: number): readonly string[] {
  let used = 0
  const end = characters.findIndex((character) => (used += width(character)) > columns)
  return end < 0 ? characters : characters.slice(0, end)
}

/** Words in lines of at most so many columns, the further ones indented; a word that is longer stays whole. */
export function wrapped(text: string, columns: number, indent: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || width(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = ' '.repeat(indent) + word
    }
  }
  return [...lines, line]
}
