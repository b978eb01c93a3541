import { oneLine } from '../event/one-line.ts'

/** Other people's text: it stands in elements and in attributes with double quotes. */
export function escapeHtml(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
