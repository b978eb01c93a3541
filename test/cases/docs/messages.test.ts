import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, textOf } from '../../support/doc-commands.ts'

/** Shorter pieces between two `…` say nothing. */
const SHORTEST = 8

describe('the messages in docs/troubleshooting.md', () => {
  it('are those that the program says', () => {
    const files = globSync('collector/src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'))
    const source = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
    const pieces = messages().flatMap((message) => message.split('…').map((piece) => piece.trim()))
    const long = pieces.filter((piece) => piece.length >= SHORTEST)
    expect(long.length).toBeGreaterThan(30)
    expect(long.filter((piece) => !source.includes(piece))).toEqual([])
  })
})

/** What stands in code in the first column, below the heading of the messages. A number or name in it is written `…`. */
function messages(): readonly string[] {
  const [, below = ''] = textOf('docs/troubleshooting.md').split('## What Eventloom says')
  const cells = [...below.matchAll(/^\| (.*?) \| /gm)].map(([, cell = '']) => cell)
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message))
}
