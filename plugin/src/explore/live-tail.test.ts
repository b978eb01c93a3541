import { toDataFrame, type DataQueryRequest } from '@grafana/data'
import type { GrafanaLiveSrv } from '@grafana/runtime'
import { NEVER } from 'rxjs'
import type { EventloomQuery } from '../query/query'
import { liveTail, tailPath, tailText, withBound } from './live-tail'

const query: EventloomQuery = {
  refId: 'A',
  schemaVersion: 1,
  queryType: 'events',
  filter: { text: 'type:Warning', terms: [] },
}

it('is one stream for one question, whatever else a query holds, and another for another', () => {
  expect(tailText({ ...query, refId: 'B', limit: 5, order: 'oldest', key: 'x' })).toBe(tailText(query))
  expect(tailText({ ...query, filter: { text: 'type:Normal' } })).not.toBe(tailText(query))
  expect(tailText({ ...query, adHoc: [{ key: 'namespace', operator: '=', values: ['shop'] }] })).not.toBe(
    tailText(query),
  )
})

it('has a path that a channel of Grafana takes', () => {
  expect(tailPath(tailText(query))).toMatch(/^tail\/[0-9a-f]{40}$/)
})

it('follows the rows of events alone, of queries that are not hidden', () => {
  const getDataStream = jest.fn(() => NEVER)
  const targets = [
    query,
    { ...query, refId: 'B', hide: true },
    { ...query, refId: 'C', queryType: 'aggregate' as const },
  ]
  liveTail({ getDataStream } as unknown as GrafanaLiveSrv, 'eventloom', { targets } as DataQueryRequest<EventloomQuery>)
  expect(getDataStream).toHaveBeenCalledTimes(1)
  const path = tailPath(tailText(query))
  expect(getDataStream).toHaveBeenCalledWith(
    expect.objectContaining({ addr: expect.objectContaining({ stream: 'eventloom', path }) }),
  )
})

it('says when older rows no longer stay on the page', () => {
  const frame = (rows: number) =>
    toDataFrame({
      meta: { custom: { limit: 5 } },
      fields: [{ name: 'body', values: new Array<string>(rows).fill('a') }],
    })
  const few = frame(999)
  expect(withBound(few)).toBe(few)
  const { meta } = withBound(frame(1_000))
  expect(meta?.custom).toEqual({ limit: 5, error: expect.stringContaining('Only the newest 1000 rows') })
  expect(meta?.notices).toHaveLength(1)
})
