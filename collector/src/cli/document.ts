import { stringify } from 'yaml'
import type { Output } from './terminal.ts'

/** What a reading command prints: for people, or as data. */
export type Format = 'table' | 'wide' | 'json' | 'yaml'

/** What `-o` takes; without it a table is printed. */
export const OUTPUTS = ['json', 'yaml', 'wide'] as const

/** The format that flags ask for; null when `-o` names none. */
export function formatOf({ output, json, wide }: { readonly output?: string; readonly json?: true; readonly wide?: true }): Format | null {
  if (output === undefined) return json === true ? 'json' : wide === true ? 'wide' : 'table'
  return OUTPUTS.find((each) => each === output) ?? null
} // prettier-ignore

/**
 * Prints an answer as data. JSON has a line for each entry of a list, so that lines can be counted and cut, and long lists go out no
 * faster than somebody reads.
 */
export async function printDocument(output: Output, format: 'json' | 'yaml', body: object): Promise<void> {
  if (format === 'yaml') return output.write(stringify(body, { lineWidth: 0, aliasDuplicateObjects: false }))
  let before = '{\n'
  for (const [name, value] of Object.entries(body).filter(([, each]) => each !== undefined)) {
    await output.write(`${before}"${name}": `)
    before = ',\n'
    if (Array.isArray(value) && value.length > 0) await printList(output, value)
    else await output.write(JSON.stringify(value))
  }
  await output.line(before === '{\n' ? '{}' : '\n}')
}

async function printList(output: Output, values: readonly unknown[]): Promise<void> {
  let before = '[\n'
  for (const value of values) {
    await output.write(before + JSON.stringify(value))
    before = ',\n'
  }
  await output.write('\n]')
}
