import type { LiveAlerts } from '../alert/alert.ts'
import type { Commit } from '../buffer/buffer.ts'
import type { StoreRecord } from '../event/record.ts'

/** What alert rules know and tell, until a commit has taken it: of one rule and cluster the newest. */
export class OpenAlerts {
  #open: NonNullable<Commit['alerts']> = NONE

  get open(): NonNullable<Commit['alerts']> {
    return this.#open
  }

  get isEmpty(): boolean {
    return this.#open.rows.length === 0 && this.#open.messages.length === 0
  }

  /** Takes what is new from the stage; answers its records. */
  takeFrom(stage: Pick<LiveAlerts, 'take'> | undefined): readonly StoreRecord[] {
    if (stage === undefined) return []
    const { rows, messages, records } = stage.take()
    const newest = new Map([...this.#open.rows, ...rows].map((row) => [JSON.stringify([row.rule, row.cluster]), row]))
    this.#open = { rows: [...newest.values()], messages: [...this.#open.messages, ...messages] }
    return records
  }

  committed(): void {
    this.#open = NONE
  }
}

const NONE = { rows: [], messages: [] } as const
