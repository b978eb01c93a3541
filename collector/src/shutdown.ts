/** Teardown steps, run last-in first-out, so that shutdown mirrors construction. */
export class Shutdown {
  readonly #steps: { readonly name: string; readonly run: () => Promise<void> }[] = []

  onStop(name: string, run: () => Promise<void>): void {
    this.#steps.push({ name, run })
  }

  /** Runs every step even if one fails, once; throws an AggregateError naming those that did. */
  async stop(): Promise<void> {
    const failures: Error[] = []
    for (const { name, run } of this.#steps.splice(0).reverse()) {
      await run().catch((cause: unknown) => failures.push(new Error(`stop ${name}`, { cause })))
    }
    if (failures.length > 0) throw new AggregateError(failures, 'shutdown')
  }
}
