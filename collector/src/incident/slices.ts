/** Some ms of work. */
const SLICE = 250

/** What `work` makes of each, with turns for others in between: there may be thousands. */
export async function mapInSlices<From, To>(all: readonly From[], work: (each: From) => To): Promise<To[]> {
  const done: To[] = []
  for (const [place, each] of all.entries()) {
    if (place > 0 && place % SLICE === 0) await new Promise(setImmediate)
    done.push(work(each))
  }
  return done
}
