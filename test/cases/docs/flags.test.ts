import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, textOf } from '../../support/doc-commands.ts'

/** Of every command, of vitest, of kubectl (what to grant), and of examples of credentials. */
const OTHERS = [
  '--help',
  '--version',
  '--project',
  '--verb',
  '--resource',
  '--role',
  '--clusterrole',
  '--user',
  '--serviceaccount',
  '--api-key',
  '--client-secret',
]

describe('the flags that messages name', () => {
  it('are flags of a command', () => {
    const known = new Set([...textOf('docs/cli.md').matchAll(/`(?:-\w, )?(--[a-z-]+)/g)].map(([, flag]) => flag))
    const sources = globSync('collector/src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'))
    const named = sources.flatMap((file) =>
      flagsOf(readFileSync(join(ROOT, file), 'utf8')).map((flag) => [file, flag] as const),
    )
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter(([, flag]) => !known.has(flag) && !OTHERS.includes(flag))).toEqual([])
  })
})

function flagsOf(source: string): readonly string[] {
  return [...source.matchAll(/(?:^|[\s'"(`])(--[a-z][a-z-]+)/gm)].map(([, flag = '']) => flag)
}
