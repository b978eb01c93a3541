import { describe, expect, it } from 'vitest'
import { failureOfStatus, type ApiRequest } from './failure.ts'

const ALL: ApiRequest = { verb: 'list', resource: 'events', group: 'events.k8s.io', namespace: null }

describe('what the API server refuses', () => {
  const detail = (asked: ApiRequest, message: string) => failureOfStatus(asked, 403, message, null, 0).detail

  it('is said with the commands that grant it, to whom the server names', () => {
    const message =
      'events.events.k8s.io is forbidden: User "system:serviceaccount:monitoring:eventloom" cannot list resource "events"'
    expect(detail(ALL, message)).toContain(
      'For example: kubectl create clusterrole eventloom-events --verb=list,watch --resource=events.events.k8s.io && kubectl create clusterrolebinding eventloom-events --clusterrole=eventloom-events --serviceaccount=monitoring:eventloom',
    )
    const one = { ...ALL, namespace: 'shop' }
    expect(detail(one, 'User "alice@example.com" cannot watch')).toContain(
      'For example: kubectl create role eventloom-events --verb=list,watch --resource=events.events.k8s.io --namespace=shop && kubectl create rolebinding eventloom-events --role=eventloom-events --user=alice@example.com --namespace=shop',
    )
  })

  it('makes no command of a name that is none', () => {
    expect(detail(ALL, 'User "x; rm -rf /" cannot list')).toMatch(/--user=USER$/)
    expect(detail(ALL, '')).toMatch(/--user=USER$/)
  })
})
