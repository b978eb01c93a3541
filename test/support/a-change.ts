import { SECOND } from '../../collector/src/clock.ts'
import type { Change, ChangeBody } from '../../collector/src/event/change.ts'
import { NOON } from './an-observation.ts'

/** Somebody's change of `ConfigMap shop/flags`, so many seconds after noon, but for what is given. */
export function aChange(
  seconds: number,
  { object, ...given }: Partial<Omit<ChangeBody, 'object'>> & { readonly object?: string } = {},
): Change {
  // prettier-ignore
  const [kind = '', path = ''] = (object ?? 'ConfigMap shop/flags').split(' ')
  const [namespace = '', name = ''] = path.includes('/') ? path.split('/') : ['', path]
  const at = NOON + seconds * SECOND
  const body: ChangeBody = {
    cluster: 'lab',
    source: 'live',
    object: { kind, namespace, name, uid: `uid of ${path}`, apiVersion: 'v1' },
    owner: { kind: '', name: '' },
    what: 'changed',
    manager: 'kubectl-edit',
    fields: ['data.flags'],
    moreFields: 0,
    fieldsKnown: 'exact',
    timeFrom: 'server',
    received: at,
    ...given,
  }
  return { id: `c-${body.cluster}-${kind}-${path}-${body.what}-${body.manager}-${String(seconds)}`, at, body }
}
