import type { Silence, Told, Waiting } from '../event/outbox.ts'

/**
 * What each receiver has still to be told, and what it was told: it survives this process. Whoever adds a change does so in the
 * transaction that makes it true; what is added twice under one key waits once.
 *
 * @throws BufferWriteError from what writes: the disk is full or fails, and nothing of it is kept.
 */
export interface Outbox {
  /** Oldest first, at most `limit`. */
  waiting(receiver: string, limit: number): readonly Waiting[]
  waitingCount(receiver: string): number
  told(receiver: string): readonly Told[]
  /** The receiver was told: the changes wait no longer, and this is what it knows of their alerts now. All of it or nothing. */
  delivered(receiver: string, sequences: readonly number[], told: readonly Told[]): void
  /** Changes that the receiver need not be told of. */
  drop(receiver: string, sequences: readonly number[]): void
  /** Drops the oldest beyond `most`; answers how many. */
  dropOldest(receiver: string, most: number): number
  /** What the receiver was told of these alerts matters no more. */
  forget(receiver: string, fingerprints: readonly string[]): void
  silences(): readonly Silence[]
}
