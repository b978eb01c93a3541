import { describe, expect, it } from 'vitest'
import { triage } from './triage.ts'

const error = (type: string) => ({ type, reason: 'why' })

describe('triage', () => {
  const items = [
    { status: 201, kind: 'created' },
    { status: 200, kind: 'created' },
    { status: 409, type: 'version_conflict_engine_exception', kind: 'exists' },
    { status: 404, type: 'index_not_found_exception', kind: 'no index' },
    { status: 429, type: 'es_rejected_execution_exception', kind: 'later' },
    { status: 429, type: 'circuit_breaking_exception', kind: 'later' },
    { status: 503, type: 'unavailable_shards_exception', kind: 'later' },
    { status: 403, type: 'cluster_block_exception', kind: 'later' },
    { status: 403, type: 'security_exception', kind: 'later' },
    { status: 400, type: 'index_closed_exception', kind: 'later' },
    { status: 500, type: 'anything', kind: 'later' },
    { status: 400, type: 'document_parsing_exception', kind: 'refused' },
    { status: 400, type: 'illegal_argument_exception', kind: 'refused' },
  ]
  it.each(items)('takes $status $type for: $kind', ({ status, type, kind }) => {
    const verdict = triage(type === undefined ? { status } : { status, error: error(type) })
    expect(verdict.kind).toBe(kind)
  })

  it('waits for a pipeline that is not there, which is not the fault of the document', () => {
    const reason = 'pipeline with id [site] does not exist'
    expect(triage({ status: 400, error: { type: 'illegal_argument_exception', reason } }).kind).toBe('later')
  })

  it('sends less at once only when the server has too much to do', () => {
    expect(triage({ status: 429, error: error('x') })).toMatchObject({ isPressure: true })
    expect(triage({ status: 503, error: error('x') })).toMatchObject({ isPressure: false })
  })

  it('says why, with the inner reason, in bounded words', () => {
    const cause = { type: 'document_parsing_exception', reason: 'field [a]', caused_by: { reason: 'x'.repeat(9_000) } }
    const verdict = triage({ status: 400, error: cause })
    expect(verdict).toMatchObject({
      cause: 'document_parsing_exception',
      detail: expect.stringMatching(/^field \[a\]: x+$/) as unknown,
    })
    expect(verdict.kind === 'refused' ? verdict.detail.length : 0).toBe(500)
  })
})
