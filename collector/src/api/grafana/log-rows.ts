import { describeObject } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import type { AskedQuery } from './asked-query.ts'
import { withLinks, type Column } from './frame.ts'
import { withHead } from './heads.ts'
import { levelOf } from './level.ts'
import type { Link } from './link.ts'
import { aroundLink, queryLink, sameAs, workloadLink } from './links.ts'
import { ofRow } from './row-value.ts'
import { rowLabels } from './row-labels.ts'

/** Observations as columns of a `log-lines` frame. Row details show of the columns those that have a link. */
export function logColumns(rows: readonly Observation[], asked?: Pick<AskedQuery, 'query'>): readonly Column[] {
  const { labels, types } = rowLabels(rows)
  return [
    { kind: 'time', name: 'timestamp', values: rows.map(({ lastObserved }) => lastObserved) },
    { kind: 'string', name: 'body', values: rows.map(bodyOf) },
    { kind: 'string', name: 'severity', values: rows.map(({ severity }) => levelOf(severity)) },
    { kind: 'string', name: 'id', values: rows.map(({ id }) => id) },
    { kind: 'json', name: 'labels', values: labels },
    { kind: 'json', name: 'labelTypes', values: types },
    ...(asked === undefined ? [] : linkedColumns(rows, asked)),
  ]
}

/** What a row is about, with links to what else happened there. */
function linkedColumns(rows: readonly Observation[], asked: Pick<AskedQuery, 'query'>): readonly Column[] {
  const column = (name: string, read: (row: Observation) => string): Column => {
    const values = rows.map(read)
    // A link of nothing would be shown too.
    const links = values.some((value) => value !== '') ? linksOf(name, asked) : []
    return withLinks(withHead({ kind: 'string', name, values }), links)
  }
  return [
    column('cluster', ({ cluster }) => cluster),
    column('namespace', ({ namespace }) => namespace),
    column('regarding.kind', ({ regarding }) => regarding.kind),
    column('regarding.name', ({ regarding }) => regarding.name),
    column('owner.name', ({ owner }) => owner.name),
    column('node', ({ node }) => node),
  ]
}

const OBJECT = { cluster: 'cluster', namespace: 'namespace', 'regarding.kind': 'regarding.kind', 'regarding.name': 'regarding.name' } // prettier-ignore
const WORKLOAD = { cluster: 'cluster', namespace: 'namespace', 'owner.name': 'owner.name' }

/** The filter of the query does not go along: what else happened to an object is what it left out. */
function linksOf(name: string, { query }: Pick<AskedQuery, 'query'>): readonly Link[] {
  const asked = { query: { ...query, filter: { text: '', terms: [] }, adHoc: [] } }
  switch (name) {
    case 'regarding.name':
      return [
        ...queryLink(asked, 'Events of this object', sameAs(OBJECT)),
        ...queryLink(asked, 'What broke here', sameAs(OBJECT), { queryType: 'incidents', withOver: true }),
        ...aroundLink(asked, sameAs({ cluster: 'cluster', namespace: 'namespace' }), 'timestamp', 'timestamp'),
      ]
    case 'owner.name': {
      const variables = { cluster: ofRow('cluster'), namespace: ofRow('namespace'), workload: ofRow('owner.name') }
      return [...queryLink(asked, 'Events of this workload', sameAs(WORKLOAD)), ...workloadLink(asked, variables)]
    }
    case 'node':
      return queryLink(asked, 'Events on this node', sameAs({ cluster: 'cluster', node: 'node' }))
    default:
      return []
  }
}

/** `Pod shop/web-0 BackOff ×12: Back-off pulling image`: what it is about comes first, so that a long note hides neither. */
export function bodyOf(row: Observation): string {
  const { reason, count, countIsLowerBound } = row
  const times = count > 1 ? ` ×${count}${countIsLowerBound ? ' or more' : ''}` : ''
  return `${describeObject(row.regarding)} ${reason}${times}: ${markedNote(row)}`
}

/** Bytes that the API server lets a note have; reporters cut a longer one. */
const MOST_NOTE_BYTES = 1_024

/** A note, and where its end is missing a word about it. */
export function markedNote({ note, flags, rest }: Pick<Observation, 'note' | 'flags' | 'rest'>): string {
  const length = rest?.['~noteLength']
  if (flags.includes('noteTruncated'))
    return `${note} … [cut: the note has ${typeof length === 'number' ? length : 'more'} bytes, see normalize.maxNoteBytes]`
  // Three bytes less may be all that fits before a character.
  return Buffer.byteLength(note) > MOST_NOTE_BYTES - 4
    ? `${note} [at the limit of Kubernetes: the end may be missing]`
    : note
}
