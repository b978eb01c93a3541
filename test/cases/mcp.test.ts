import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IncidentsJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import type { SimilarJson } from '../../collector/src/api/incidents/similar-schemas.ts'
import { COMMAND } from '../support/cli.ts'
import { commandLine } from '../support/command-line.ts'

const SHOP = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')

let data = ''
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-mcp-'))
  await commandLine(['replay', SHOP, '--data', data])
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** An assistant that started `eventloom mcp`, with everything that was not of the protocol. */
async function assistant() {
  const wrong: Error[] = []
  const client = new Client({ name: 'test', version: '1' })
  client.onerror = (error) => void wrong.push(error)
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [COMMAND, 'mcp', '--data', data] }))
  const ask = async <Answer>(name: string, parameters: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: parameters })
    const [first] = content as readonly { readonly text: string }[]
    if (isError === true) throw new Error(first?.text)
    return JSON.parse(first?.text ?? '') as Answer
  }
  return { client, ask, wrong }
}

describe('eventloom mcp', () => {
  it('answers what broke, why, and whether it was like this before, as a person would ask', async () => {
    const { client, ask, wrong } = await assistant()
    const { incidents } = await ask<IncidentsJson>('incidents', { at: '2026-11-17T09:02:00Z' })
    const id = incidents[0]?.id ?? ''
    expect(incidents[0]?.causes[0]?.class).toBe('StorageFailing')
    const similar = await ask<SimilarJson>('similar', { id })
    expect([similar.total, similar.ordinary.peaks]).toEqual([2, 2])
    const range = { from: '2026-11-17T08:55:00Z', to: '2026-11-17T09:05:00Z', query: 'owner.name:payments' }
    const { entries } = await ask<{ readonly entries: readonly { readonly what: string; readonly words: string }[] }>(
      'timeline',
      range,
    )
    expect(entries.findIndex(({ words }) => words.startsWith('FailedAttachVolume'))).toBeLessThan(
      entries.findIndex(({ words }) => words.startsWith('CrashLoopBackOff')),
    )
    expect(new Set(entries.map(({ what }) => what))).toEqual(new Set(['begins', 'over', 'changed']))
    await expect(ask('query', { query: 'reasn:x' })).rejects.toThrow('reasn')
    await client.close()
    expect(wrong).toEqual([])
  })

  it('ends when nobody asks any more, and has said nothing', async () => {
    const child = spawn(process.execPath, [COMMAND, 'mcp', '--data', data], { stdio: 'pipe' })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    child.stdin.end()
    expect(await once(child, 'close')).toEqual([0, null])
    expect(await said).toEqual(['', ''])
  })

  it('says on standard error what is wrong with its flags', async () => {
    const { code, stdout, stderr } = await commandLine(['mcp', '--url', 'http://127.0.0.1:1', '--data', data])
    expect([code, stdout, stderr.includes('exclude each other')]).toEqual([2, '', true])
  })
})
