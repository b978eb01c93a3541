import { t } from '@grafana/i18n'
import { Text } from '@grafana/ui'
import { isLater, readQuery } from '../query/query'
import { LaterVersion, type Props } from './QueryEditor'
import { QueryForm } from './QueryForm'

/** The editor of a dashboard's annotations: which events become marks, and what their tags say. */
export function AnnotationEditor({ query: stored, onChange, onRunQuery, datasource, range }: Props) {
  const query = readQuery({ ...stored, queryType: 'annotations' })
  if (isLater(query)) return <LaterVersion version={query.laterVersion} />
  return (
    <>
      <QueryForm
        query={query}
        types={['annotations']}
        resources={datasource.resources}
        range={range}
        onChange={onChange}
        onRunQuery={onRunQuery}
      />
      <Text variant="bodySmall" color="secondary">
        {t(
          'annotations.no-ad-hoc',
          'Grafana keeps the ad hoc filters of a dashboard from annotations. To follow the dashboard, name its variables in the conditions, as in $namespace.',
        )}
      </Text>
    </>
  )
}
