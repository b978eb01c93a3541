/**
 * Several endless iterables as one. Each source waits until its last item was taken, so that back-pressure reaches all of
 * them and a busy one cannot starve the rest. When the consumer leaves, or a source throws, all are stopped.
 */
export async function* mergeBatches<T>(
  sources: readonly ((signal: AbortSignal) => AsyncIterable<T>)[],
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const table = new Table<T>()
  const pumps = sources.map((source) => pump(source(stop.signal), table, stop.signal))
  const finished = Promise.all(pumps).then(
    () => table.finish(),
    (error: unknown) => table.fail(error),
  )
  let offered: Offer<T> | null = null
  try {
    for (;;) {
      offered = await table.next()
      if (offered === null) return
      yield offered.item
      offered.taken()
    }
  } finally {
    offered?.taken()
    signal.removeEventListener('abort', abort)
    stop.abort()
    table.release()
    await finished
  }
}

interface Offer<T> {
  readonly item: T
  readonly taken: () => void
}

/** Where sources lay down their items, one each at most. */
class Table<T> {
  readonly #offers: Offer<T>[] = []
  #wake: () => void = () => undefined
  #end: { readonly error?: unknown } | null = null

  offer(item: T): Promise<void> {
    return new Promise((taken) => {
      this.#offers.push({ item, taken })
      this.#wake()
    })
  }

  async next(): Promise<Offer<T> | null> {
    for (;;) {
      const offered = this.#offers.shift()
      if (offered !== undefined) return offered
      if (this.#end !== null && 'error' in this.#end) throw this.#end.error
      if (this.#end !== null) return null
      await new Promise<void>((wake) => (this.#wake = wake))
    }
  }

  finish(): void {
    this.#end = {}
    this.#wake()
  }

  fail(error: unknown): void {
    this.#end = { error }
    this.#wake()
  }

  /** Lets sources go on that wait for an item to be taken. */
  release(): void {
    for (const { taken } of this.#offers.splice(0)) taken()
  }
}

async function pump<T>(source: AsyncIterable<T>, table: Table<T>, signal: AbortSignal): Promise<void> {
  for await (const item of source) {
    if (signal.aborted) return
    await table.offer(item)
    if (signal.aborted) return
  }
}
