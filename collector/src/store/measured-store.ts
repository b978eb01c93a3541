import { StoreUnavailableError, type EventStore } from './store.ts'

/** Told of what goes on between the collector and its store. */
export interface StoreMeter {
  storeTook(operation: 'write' | 'read', seconds: number): void
  storeFailed(operation: 'write' | 'read'): void
  /** A request was larger than the server lets pass, and was sent in parts. */
  storeSplit(): void
}

/** The same store, whose writes and reads are timed. A scan lasts as long as its reader takes, so it is not. */
export function measured(store: EventStore, meter: StoreMeter): EventStore {
  const timed =
    <Asked extends unknown[], Answer>(operation: 'write' | 'read', ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      const begun = performance.now()
      try {
        const answer = await ask(...asked)
        meter.storeTook(operation, (performance.now() - begun) / 1_000)
        return answer
      } catch (error) {
        if (error instanceof StoreUnavailableError) meter.storeFailed(operation)
        throw error
      }
    }
  return {
    write: timed('write', (batch, signal) => store.write(batch, signal)),
    applied: timed('read', (bufferId) => store.applied(bufferId)),
    findStored: timed('read', (versions, signal) => store.findStored(versions, signal)),
    findChains: timed('read', (chains, signal) => store.findChains(chains, signal)),
    events: timed('read', (query, signal) => store.events(query, signal)),
    aggregate: timed('read', (query, signal) => store.aggregate(query, signal)),
    eventVolume: timed('read', (query, signal) => store.eventVolume(query, signal)),
    latest: timed('read', (query, signal) => store.latest(query, signal)),
    patterns: timed('read', (query, signal) => store.patterns(query, signal)),
    values: timed('read', (query, signal) => store.values(query, signal)),
    records: timed('read', (kind, range, signal) => store.records(kind, range, signal)),
    statistics: timed('read', (signal) => store.statistics(signal)),
    scan: (query, signal) => store.scan(query, signal),
    expire: (policy, now, signal) => store.expire(policy, now, signal),
    close: () => store.close(),
  }
}
