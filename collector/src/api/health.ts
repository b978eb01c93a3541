import { Router, type Response } from 'express'

/** How the collector is doing. */
export interface Health {
  /** False when only a restart helps. A cluster or store that is away is no reason. */
  readonly live: boolean
  /** True when it reads what it should and can answer. */
  readonly ready: boolean
  /** What is wrong now, for people: `cluster prod`, `may not list events.k8s.io/events …`. */
  readonly problems: readonly { readonly component: string; readonly text: string }[]
  /** What is watched beside events; of each cluster where that is wanted. */
  readonly objects?: readonly ObjectsHealth[]
}

/** Kinds of objects of a cluster that are watched beside events, and those that are not, for want of rights. */
export interface ObjectsHealth {
  readonly cluster: string
  readonly watched: readonly string[]
  readonly off: readonly string[]
  /** Why the first of those is not, in words; null while all are watched. */
  readonly because: string | null
  /** Commands that grant what is missing. */
  readonly grant: string | null
}

/** `/healthz` and `/readyz`: 200 or 503. Problems name clusters, so probes without token do not show them. */
export function healthRoutes(health: () => Health, { withProblems }: { readonly withProblems: boolean }): Router {
  const send = (response: Response, isGood: boolean, { ready, problems }: Health) => {
    const status = isGood ? (ready ? 'ok' : 'not ready') : 'failed'
    response.status(isGood ? 200 : 503).json(withProblems ? { status, ready, problems } : { status })
  }
  return Router()
    .get('/healthz', (_request, response) => {
      const now = health()
      send(response, now.live, now)
    })
    .get('/readyz', (_request, response) => {
      const now = health()
      const status = now.ready ? 'ok' : 'not ready'
      response
        .status(now.ready ? 200 : 503)
        .json(withProblems ? { status, live: now.live, ready: now.ready, problems: now.problems } : { status })
    })
}
