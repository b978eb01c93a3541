import { keyOf } from '../event/object-reference.ts'
import type { LeadLink } from './lead-rule.ts'
import type { Suspect } from './suspect.ts'

/** Words of a note that are looked up as names, at most. */
const MOST_WORDS = 60

/** Names that were made of another one are this deep at most. */
const MOST_PARTS = 8

/** Under which keys the cause's end of a link is found. */
export function keysOfCause({ body }: Suspect, link: LeadLink): readonly string[] {
  const { cluster, object, workload } = body
  const { kind, namespace, name } = object
  switch (link) {
    case 'object':
      return [keyOf([cluster, kind, namespace, name])]
    case 'workload':
      return workload.name === '' ? [] : [keyOf([cluster, namespace, workload.name])]
    case 'service':
      return [keyOf([cluster, namespace, workload.name === '' ? name : workload.name])]
    case 'node':
      return ofNode(body)
    case 'claim':
      return kind === 'PersistentVolumeClaim' ? [keyOf([cluster, namespace])] : []
    case 'named':
    case 'mentioned':
      return [keyOf([cluster, namespace, name])]
    case 'maker':
      return madeOf(name).map((each) => keyOf([cluster, namespace, each]))
    case 'preemptor':
      return object.uid === '' ? [] : [keyOf([cluster, object.uid])]
    case 'namespace':
    case 'caller':
      return namespace === '' ? [] : [keyOf([cluster, namespace])]
    case 'cluster':
      return [cluster]
  }
}

/** Under which keys the causes of an effect are looked for. */
export function keysOfEffect({ body }: Suspect, link: LeadLink): readonly string[] {
  const { cluster, object, workload, metadata, note } = body
  const { kind, namespace, name } = object
  switch (link) {
    case 'object':
      return [keyOf([cluster, kind, namespace, name])]
    case 'workload':
      return workload.name === '' ? [] : [keyOf([cluster, namespace, workload.name])]
    case 'node':
      return ofNode(body)
    case 'claim':
    case 'namespace':
    case 'caller':
      return namespace === '' ? [] : [keyOf([cluster, namespace])]
    case 'named':
      return namesWanted(metadata).map((each) => keyOf([cluster, namespace, each]))
    case 'mentioned':
      return mentioned(note).flatMap(([where, word]) => [
        keyOf([cluster, where ?? namespace, word]),
        keyOf([cluster, '', word]),
      ])
    case 'maker':
      return [keyOf([cluster, namespace, name])]
    case 'service': {
      const called = /https?:\/\/([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})\.svc/.exec(note)
      const [, service = '', where = ''] = called ?? []
      return called === null ? [] : [service, service.replace(/-(?:webhook|service|svc)$/, '')].map((each) => keyOf([cluster, where, each])) // prettier-ignore
    }
    case 'preemptor':
      return metadata['preemptor'] === undefined ? [] : [keyOf([cluster, metadata['preemptor']])]
    case 'cluster':
      return [cluster]
  }
}

function ofNode({ cluster, object, node }: Suspect['body']): readonly string[] {
  const name = object.kind === 'Node' ? object.name : node
  return name === '' ? [] : [keyOf([cluster, name])]
}

/** What makes a Secret is usually called as it is, or as it is without `-tls`. */
function namesWanted({ secret = '', configMap = '' }: Readonly<Record<string, string>>): readonly string[] {
  return [secret, secret.replace(/-(?:tls|cert)$/, ''), configMap].filter((each) => each !== '')
}

/** `web-1-3021-77`: also made for `web-1-3021`, `web-1` and `web`. */
function madeOf(name: string): readonly string[] {
  const parts = name.split('-')
  const most = Math.min(parts.length - 1, MOST_PARTS)
  return Array.from({ length: most }, (_, dropped) => parts.slice(0, parts.length - 1 - dropped).join('-'))
}

/** Words that can be names, with the namespace that stands before a slash. */
function mentioned(note: string): readonly (readonly [namespace: string | null, name: string])[] {
  const words = note.matchAll(/(?:([a-z0-9][a-z0-9-]{0,62})\/)?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)/g)
  return [...words.take(MOST_WORDS)].map(([, where, word = '']) => [where ?? null, word])
}
