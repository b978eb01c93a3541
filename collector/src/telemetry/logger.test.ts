import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerOptions } from './logger.ts'

function logged(say: (logger: ReturnType<typeof createLogger>) => void, options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  say(createLogger({ level: 'info', format: 'json', isTerminal: false, write: (line) => lines.push(line), ...options }))
  return lines
}

describe('the log', () => {
  it('is JSON Lines where no terminal reads it', () => {
    const [line] = logged((logger) => logger.warn('Watch ended', { cluster: 'lab' }), { format: 'auto' })
    expect(JSON.parse(line ?? '')).toMatchObject({ level: 'warn', message: 'Watch ended', cluster: 'lab' })
  })

  it('is readable on a terminal', () => {
    const [line] = logged((logger) => logger.warn('Watch ended', { cluster: 'lab', why: 'it was closed' }), {
      format: 'auto',
      isTerminal: true,
    })
    expect(line).toMatch(/^\d\d:\d\d:\d\d warn {2}Watch ended {2}cluster=lab {2}why="it was closed"\n$/)
  })

  it('says nothing below its level', () => {
    expect(logged((logger) => logger.debug('list page'))).toEqual([])
  })

  it('adds the fields of its logger to each line', () => {
    const [line] = logged((logger) => logger.with({ cluster: 'lab' }).info('Listed'))
    expect(JSON.parse(line ?? '')).toMatchObject({ cluster: 'lab' })
  })

  it('keeps a message on one line, whatever it holds', () => {
    const [line] = logged((logger) => logger.info('a\nERROR all is lost\u001b[2J', { name: 'x\ny' }), {
      format: 'text',
    })
    expect(line?.trimEnd().split('\n')).toHaveLength(1)
    expect(line).not.toContain('\u001b')
  })

  it('steers no terminal that shows its JSON', () => {
    const [line = ''] = logged((logger) => logger.info('a\u009b2J\u202eb', { name: '\u009bx' }))
    expect(line).not.toMatch(/[\u009b\u202e]/)
  })

  const CANARY = 'S3cr3t-canary'
  const hostile: readonly { readonly name: string; readonly fields: Record<string, unknown> }[] = [
    { name: 'a note', fields: { note: CANARY } },
    { name: 'a note deep inside', fields: { a: { b: [{ note: CANARY }] } } },
    { name: 'an observation', fields: { observation: { reason: 'X', note: CANARY } } },
    { name: 'a header', fields: { request: { headers: { authorization: CANARY } } } },
    { name: 'a token', fields: { token: CANARY } },
    { name: 'credentials of a URL', fields: { url: `https://bot:${CANARY}@git.example/x` } },
    { name: 'a bearer token in an error', fields: { error: new Error(`refused: Authorization: Bearer ${CANARY}`) } },
    {
      name: 'a parameter in the cause of an error',
      fields: { error: new Error('x', { cause: new Error(`GET /?token=${CANARY}`) }) },
    },
    { name: 'the input that V8 quotes', fields: { error: jsonError(`[${CANARY}]`) } },
    { name: 'what lies too deep to be looked at', fields: { a: { b: { c: { d: { e: { f: CANARY } } } } } } },
  ]

  it.each(hostile)('never shows $name', ({ fields }) => {
    for (const format of ['json', 'text'] as const) {
      expect(logged((logger) => logger.error('It failed', fields), { format }).join()).not.toContain('canary')
    }
  })

  it('never shows a secret in the message itself', () => {
    expect(logged((logger) => logger.error(`GET https://a:${CANARY}@b/ failed`)).join()).not.toContain('canary')
  })

  it('tells type, message, code and cause of an error, and no stack', () => {
    const error = Object.assign(new TypeError('fetch failed', { cause: new Error('refused') }), {
      code: 'ECONNREFUSED',
    })
    const [line] = logged((logger) => logger.error('No answer', { error }))
    expect((JSON.parse(line ?? '') as { error: unknown }).error).toEqual({
      type: 'TypeError',
      message: 'fetch failed',
      code: 'ECONNREFUSED',
      cause: { type: 'Error', message: 'refused' },
    })
  })
})

function jsonError(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}
