import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, COMMAND, runCommand } from '../support/cli.ts'
import { COMPLETIONS, hasShell, type Complete } from '../support/shell-completion.ts'

const RECORDING = join(import.meta.dirname, '..', 'lab', 'recordings', 'crash-loop', 'events.jsonl.gz')
const SHELLS = ['bash', 'zsh', 'fish'] as const
const HERE = SHELLS.filter(hasShell)
for (const shell of SHELLS)
  if (!HERE.includes(shell)) console.log(`Not run: completion in ${shell}. Install ${shell}, then again.`)

const bin = mkdtempSync(join(tmpdir(), 'eventloom-completion-'))

beforeAll(async () => {
  const program = join(bin, 'eventloom')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`)
  chmodSync(program, 0o700)
  writeFileSync(join(bin, 'recorded.jsonl'), '')
  await ask(['replay', RECORDING, '--data', join(bin, 'stored')])
})
afterAll(() => rmSync(bin, { recursive: true }))

describe.each(HERE)('in a real %s', (shell) => {
  let complete: Complete
  beforeAll(async () => {
    const script = join(bin, `completion.${shell}`)
    writeFileSync(script, (await runCommand(['completion', shell])).stdout)
    complete = COMPLETIONS[shell]({ bin, script })
  })

  it('completes commands, those below one, and their flags', () => {
    expect(complete(['eventloom', 'ev'])).toEqual(['events'])
    expect(complete(['eventloom', 'rules', 'ch'])).toEqual(['check'])
    expect(complete(['eventloom', 'aggregate', '--group'])).toEqual(['--group-by'])
    // What the scripts call is offered to nobody.
    expect(complete(['eventloom', 'comple'])).toEqual(['completion'])
  })

  it('completes values that are known, also within a list', () => {
    expect(complete(['eventloom', 'events', '--severity', 'c'])).toEqual(['critical'])
    expect(complete(['eventloom', 'events', '--severity', 'high,c'])).toEqual(['high,critical'])
    expect(complete(['eventloom', 'problems', '--category', 'sto'])).toEqual(['storage'])
    expect(complete(['eventloom', 'events', '-o', 'y'])).toEqual(['yaml'])
    expect(complete(['eventloom', 'values', 'owner.n'])).toEqual(['owner.name'])
  })

  it('completes reasons and namespaces of the store', () => {
    expect(complete(['eventloom', 'events', '--data', 'stored', '--reason', 'BackO'])).toEqual(['BackOff'])
    expect(complete(['eventloom', 'problems', '--data', 'stored', '-n', 'sh'])).toEqual(['shop'])
    expect(complete(['eventloom', 'problems', '--data', 'nowhere', '-n', 'sh'])).toEqual([])
  })

  it('completes names of files', () => {
    expect(complete(['eventloom', 'replay', 'rec'])).toEqual(['recorded.jsonl'])
  })
})
