/** One thing that is wrong, where, and what to write instead. */
export interface ConfigProblem {
  /** `eventloom.yaml:12:3 store.retention.info`, or the name of a variable. */
  readonly place: string
  readonly what: string
  /** What to do, with an example; empty where `what` says it. */
  readonly fix: string
}

/** The configuration cannot be used. Holds every problem, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'WRONG_CONFIG'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ place, what, fix }) => `${place}: ${what} ${fix}`.trimEnd()).join('\n'))
    this.problems = problems
  }
}
