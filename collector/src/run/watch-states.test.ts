import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../clock.ts'
import type { StreamState } from '../source/source.ts'
import { WatchStates } from './watch-states.ts'

const NOW = 10 * HOUR

function stream(overrides: Partial<StreamState>): StreamState {
  return {
    stream: 'prod/apis/events.k8s.io/v1/events',
    phase: 'watch',
    isCurrent: true,
    lastActivity: NOW - SECOND,
    resourceVersion: '1',
    lastError: null,
    isForbidden: false,
    listedItems: 0,
    listsCutOff: 0,
    requests: 1,
    failures: 0,
    emptyWatches: 0,
    ...overrides,
  }
}

const METRICS = {
  watchIs: () => undefined,
  clusterIs: () => undefined,
  watchWasEmpty: () => undefined,
  listCutOff: () => undefined,
}

const QUIET = { warn: () => undefined, info: () => undefined }

function statesWith(...streams: readonly (readonly [string, Partial<StreamState>])[]): WatchStates {
  const states = new WatchStates(
    () => NOW,
    () => NOW,
    METRICS,
    QUIET,
  )
  for (const [cluster, state] of streams) states.update(cluster, stream({ stream: `${cluster}/events`, ...state }))
  return states
}

it('counts each list that is cut off once', () => {
  const cut: string[] = []
  const metrics = { ...METRICS, listCutOff: (name: string) => cut.push(name) }
  const states = new WatchStates(
    () => NOW,
    () => NOW,
    metrics,
    QUIET,
  )
  for (const listsCutOff of [0, 1, 1, 2, 2]) states.update('prod', stream({ listsCutOff }))
  expect(cut).toEqual(['prod', 'prod'])
})

describe('time that passes in clusters', () => {
  it('goes by the time that is agreed on, not by a clock that is ahead', () => {
    const ahead = NOW + 17_520 * HOUR
    const states = new WatchStates(
      () => ahead,
      () => NOW,
      METRICS,
      QUIET,
    )
    states.update('prod', stream({ lastActivity: ahead - SECOND }))
    expect(states.passages()).toEqual([{ cluster: 'prod', until: NOW - 2 * MINUTE, isWatched: true }])
  })

  it('goes on in a cluster that is followed, whatever becomes of another one', () => {
    const gone = { lastError: 'nothing listens there', lastActivity: NOW - 5 * MINUTE }
    expect(statesWith(['prod', gone], ['other', {}]).passages()).toEqual([
      { cluster: 'prod', until: NOW - 5 * MINUTE, isWatched: false },
      { cluster: 'other', until: NOW - 2 * MINUTE, isWatched: true },
    ])
  })

  it('stands still where one of several streams is not followed', () => {
    const lost = { stream: 'prod/b', isCurrent: false, lastActivity: NOW - 3 * MINUTE }
    expect(statesWith(['prod', { stream: 'prod/a' }], ['prod', lost]).passages()).toEqual([
      { cluster: 'prod', until: NOW - 3 * MINUTE, isWatched: false },
    ])
  })

  it('stands still where nothing was heard for longer than any watch lives', () => {
    expect(statesWith(['prod', { lastActivity: NOW - 7 * MINUTE }]).passages()).toEqual([
      { cluster: 'prod', until: NOW - 7 * MINUTE, isWatched: false },
    ])
  })
})

describe('what a stream is told about', () => {
  function world() {
    const said: string[] = []
    const seen: string[] = []
    const metrics = {
      ...METRICS,
      watchIs: (_cluster: string, _stream: string, state: string) => void seen.push(state),
      watchWasEmpty: () => void seen.push('empty'),
    }
    const logger = { warn: (text: string) => void said.push(text), info: (text: string) => void said.push(text) }
    const states = new WatchStates(
      () => NOW,
      () => NOW,
      metrics,
      logger,
    )
    return {
      said,
      seen,
      tell: (state: Partial<StreamState>) => states.update('prod', stream({ stream: 's', ...state })),
    }
  }
  const forbidden = { isCurrent: false, isForbidden: true, lastError: 'forbidden: cannot list' }

  it('is told to the log once, however often it is tried, and once when it works again', () => {
    const { said, tell } = world()
    for (let attempt = 0; attempt < 3; attempt++) {
      tell({ phase: 'identify', isCurrent: false })
      tell({ phase: 'list', ...forbidden })
      tell({ phase: 'pause', ...forbidden })
    }
    expect(said).toEqual(['cluster prod, s: forbidden: cannot list'])
    tell({ phase: 'list', isCurrent: false })
    tell({ phase: 'watch' })
    tell({ phase: 'watch' })
    expect(said.slice(1)).toEqual(['cluster prod, s: is watched again'])
    tell({ phase: 'list', ...forbidden })
    expect(said).toHaveLength(3)
  })

  it('is a state of its own while something has to be granted', () => {
    const { seen, tell } = world()
    tell({ phase: 'list', isCurrent: false })
    tell({ phase: 'list', ...forbidden })
    tell({ phase: 'pause', ...forbidden })
    expect(seen).toEqual(['listing', 'forbidden', 'forbidden'])
  })

  it('counts each watch without a line once', () => {
    const { seen, tell } = world()
    tell({ phase: 'watch', emptyWatches: 1 })
    tell({ phase: 'watch', emptyWatches: 1 })
    tell({ phase: 'watch', emptyWatches: 3 })
    expect(seen.filter((each) => each === 'empty')).toHaveLength(3)
  })
})
