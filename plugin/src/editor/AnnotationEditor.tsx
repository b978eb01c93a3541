import { isLater, readQuery } from '../query/query'
import { LaterVersion, type Props } from './QueryEditor'
import { QueryForm } from './QueryForm'

/** The editor of a dashboard's annotations: which events become marks, and what their tags say. */
export function AnnotationEditor({ query: stored, onChange, onRunQuery, datasource, range }: Props) {
  const query = readQuery({ ...stored, queryType: 'annotations' })
  if (isLater(query)) return <LaterVersion version={query.laterVersion} />
  return (
    <QueryForm
      query={query}
      types={['annotations']}
      resources={datasource.resources}
      range={range}
      onChange={onChange}
      onRunQuery={onRunQuery}
    />
  )
}
