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
    listedItems: 0,
    listsCutOff: 0,
    requests: 1,
    failures: 0,
    ...overrides,
  }
}

function statesWith(...streams: readonly (readonly [string, Partial<StreamState>])[]): WatchStates {
  const states = new WatchStates(
    () => NOW,
    () => NOW,
    { watchIs: () => undefined, clusterIs: () => undefined, listCutOff: () => undefined },
  )
  for (const [cluster, state] of streams) states.update(cluster, stream({ stream: `${cluster}/events`, ...state }))
  return states
}

describe('time that passes in clusters', () => {
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
