/** Longest piece of work without a turn for others, ms: /healthz waits as long, and so does ingest. */
const SLICE_MS = 5

/** What `work` makes of each, in order, with turns for others in between: there may be thousands. */
export async function mapInSlices<From, To>(all: readonly From[], work: (each: From) => To): Promise<To[]> {
  const done: To[] = []
  let begun = performance.now()
  for (const each of all) {
    if (performance.now() - begun > SLICE_MS) {
      await new Promise(setImmediate)
      begun = performance.now()
    }
    done.push(work(each))
  }
  return done
}
